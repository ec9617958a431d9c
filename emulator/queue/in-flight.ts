/** Counts what is under way. While there is anything, the process stays alive; an idle emulator lets it go. */

/** Longest time that a timer can have. The timer does nothing; only whether it is referenced counts. */
const FOREVER_MS = 2_147_483_647;

export class InFlight implements Disposable {
  readonly #anchor: NodeJS.Timeout = setInterval(() => {}, FOREVER_MS).unref();
  #count = 0;
  #idleWaiters: (() => void)[] = [];

  enter(): void {
    this.#count += 1;
    if (this.#count === 1) this.#anchor.ref();
  }

  leave(): void {
    this.#count -= 1;
    if (this.#count > 0) return;
    this.#anchor.unref();
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const resolve of waiters) resolve();
  }

  /** Keeps the process alive until `promise` settles. */
  async hold<T>(promise: Promise<T>): Promise<T> {
    this.enter();
    try {
      return await promise;
    } finally {
      this.leave();
    }
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    return this.#count === 0 ? Promise.resolve() : new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  [Symbol.dispose](): void {
    clearInterval(this.#anchor);
  }
}
