/** Keeps the process alive while a pool has calls that have not ended, and not a moment longer. */

// The longest time that a timer takes; it is never waited for.
const FAR_AWAY_MS = 2 ** 31 - 1;

export class KeepAlive {
  #timer: NodeJS.Timeout | undefined;

  hold(): void {
    this.#timer ??= setInterval(() => {}, FAR_AWAY_MS);
  }

  release(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
