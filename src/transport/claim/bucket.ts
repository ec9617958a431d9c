/** Where requests and replies lie that are too large for Lambda. Types only. */

/** What a presigned URL allows. */
export type ObjectMethod = 'GET' | 'PUT' | 'DELETE';

/** A bucket, as far as one can hand out URLs for single objects of it. */
export interface PayloadBucket extends AsyncDisposable {
  /** For messages. */
  readonly name: string;
  /** The function finds the objects at the very URLs that are good here. */
  readonly isLocal: boolean;
  /** A URL with which anybody may do this with this object, for half an hour. */
  sign(method: ObjectMethod, key: string): string | Promise<string>;
}
