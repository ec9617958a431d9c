/** Tells which of many waiting items a signal ends: one listener for each signal, however many items share it. */

export class Aborts<T extends object> {
  readonly #onAbort: (item: T, reason: unknown) => void;
  // The listener stays as long as its signal: most signals that come once come again, and listeners are costly to add.
  readonly #items = new WeakMap<AbortSignal, Set<T>>();

  constructor(onAbort: (item: T, reason: unknown) => void) {
    this.#onAbort = onAbort;
  }

  add(signal: AbortSignal, item: T): void {
    const known = this.#items.get(signal);
    if (known !== undefined) {
      known.add(item);
      return;
    }
    const items = new Set([item]);
    this.#items.set(signal, items);
    const listener = (): void => {
      for (const each of items) this.#onAbort(each, signal.reason);
      items.clear();
    };
    signal.addEventListener('abort', listener, { once: true });
  }

  delete(signal: AbortSignal, item: T): void {
    this.#items.get(signal)?.delete(item);
  }
}
