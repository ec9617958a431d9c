/** Ends the wait for a pending call when its chunk must be answered. One timer for a whole chunk, and only if one waits. */

export class Watchdog {
  readonly #untilEndMs: () => number;
  readonly #reason: () => unknown;
  #timer: NodeJS.Timeout | undefined;
  #giveUp: (() => void) | undefined;

  /**
   * @param untilEndMs Milliseconds to the end, asked for when the first call waits.
   * @param reason What a call that waits at the end rejects with.
   */
  constructor(untilEndMs: () => number, reason: () => unknown) {
    this.#untilEndMs = untilEndMs;
    this.#reason = reason;
  }

  /** Settles as `promise` does, or rejects at the end. One at a time. */
  guard(promise: Promise<unknown>): Promise<unknown> {
    // It keeps the process alive: a call that waits for nothing that could ever happen must not end the whole chunk.
    this.#timer ??= setTimeout(() => this.#giveUp?.(), this.#untilEndMs());
    return new Promise((resolve, reject) => {
      this.#giveUp = () => reject(this.#reason());
      promise.then(resolve, reject);
    });
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#giveUp = undefined;
  }
}
