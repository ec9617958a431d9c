/** One file of a bundle, before it is written. Types only. */

export interface BundleFile {
  readonly contents: string | Uint8Array;
  /** SHA-256 of the contents. */
  readonly hash: string;
}
