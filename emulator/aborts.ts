/** Tells which of many waiting items a signal ends: one listener for each signal, however many items share it. */

export class Aborts<T extends object> {
  readonly #onAbort: (item: T, reason: unknown) => void;
  readonly #items = new Map<AbortSignal, { readonly items: Set<T>; readonly listener: () => void }>();

  constructor(onAbort: (item: T, reason: unknown) => void) {
    this.#onAbort = onAbort;
  }

  add(signal: AbortSignal, item: T): void {
    const known = this.#items.get(signal);
    if (known !== undefined) {
      known.items.add(item);
      return;
    }
    const items = new Set([item]);
    const listener = (): void => {
      this.#items.delete(signal);
      for (const each of items) this.#onAbort(each, signal.reason);
    };
    this.#items.set(signal, { items, listener });
    signal.addEventListener('abort', listener, { once: true });
  }

  delete(signal: AbortSignal, item: T): void {
    const known = this.#items.get(signal);
    if (known === undefined || !known.items.delete(item) || known.items.size > 0) return;
    this.#items.delete(signal);
    signal.removeEventListener('abort', known.listener);
  }
}
