/** Keeps the process alive while a pool has calls that have not ended, and not a moment longer. */

/** Node's timers count to 2^31 - 1 milliseconds, which is 24 days; more would fire at once. */
export const LONGEST_TIMER_MS: number = 2 ** 31 - 1;

export class KeepAlive {
  #timer: NodeJS.Timeout | undefined;

  hold(): void {
    this.#timer ??= setInterval(() => {}, LONGEST_TIMER_MS);
  }

  release(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
