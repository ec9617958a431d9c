/** Where an emulator gets its code from. Types only: the emulator knows no more of bundling than this. */

/**
 * One generation of code: a folder that looks like an unpacked Lambda deployment package.
 * Dispose of it once no environment runs it any more; until then its files stay, as modules may be loaded late.
 */
export interface CodeBundle extends AsyncDisposable {
  /** Absolute path of the folder. */
  readonly directory: string;
  /** Handler as Lambda writes it: `index.handler`. */
  readonly handler: string;
  /** Content hash: two bundles with the same hash hold the same code. */
  readonly hash: string;
}

/** What happened to the code. */
export type CodeChange =
  /**
   * A newer good bundle, which the listener owns and disposes of. After a failure every repair is told, also when it
   * brings back the code that runs already, which `hash` shows: then the failure is over and nothing else changes.
   */
  | {
      readonly type: 'built';
      readonly bundle: CodeBundle;
      readonly durationMs: number;
      /** What was changed, relative to the working directory. */
      readonly files: readonly string[];
    }
  /**
   * The last good bundle goes on. Told once for each distinct error. `error.code` is BUILD_FAILED; its message has file,
   * line and code frame.
   */
  | { readonly type: 'failed'; readonly error: Error };

export interface CodeSource extends AsyncDisposable {
  /**
   * The newest good bundle; builds at the first call, and again at each while there is no good one. The caller owns it
   * and disposes of it.
   * @throws {LambdaPoolError} BUILD_FAILED when there has never been a good one.
   */
  current(): Promise<CodeBundle>;
  /**
   * Told of each change after the first `current()` settled; each listener gets a bundle of its own. A source that
   * never changes never calls.
   */
  onChange(listener: (change: CodeChange) => void): Disposable;
}
