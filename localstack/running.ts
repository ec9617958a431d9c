/** A LocalStack that runs, started by us or found. Types only. */

/** A LocalStack that answers at `endpoint`. */
export interface RunningLocalStack {
  /** `http://127.0.0.1:32768`: all services, as LocalStack has them. */
  readonly endpoint: string;
  readonly region: string;
}

/** One that was started here. */
export interface StartedLocalStack extends RunningLocalStack, AsyncDisposable {
  readonly image: string;
  /** What its containers are marked with in Docker, those of its functions too: `name=value`. */
  readonly label: string;
  /** Ends it, and the containers that it runs Lambda functions in. */
  stop(): Promise<void>;
}
