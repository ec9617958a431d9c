/** Tells which of many waiting items a signal ends: one listener for each signal, however many items share it. */

/** What waits on one signal. Mostly it is one item, for which a set would be a waste. */
interface Waiting<T> {
  one: T | undefined;
  more: Set<T> | undefined;
}

export class Aborts<T extends object> {
  readonly #onAbort: (item: T, reason: unknown) => void;
  // The listener stays as long as its signal: most signals that come once come again, and listeners are costly to add.
  readonly #waiting = new WeakMap<AbortSignal, Waiting<T>>();

  constructor(onAbort: (item: T, reason: unknown) => void) {
    this.#onAbort = onAbort;
  }

  add(signal: AbortSignal, item: T): void {
    const known = this.#waiting.get(signal);
    if (known === undefined) return this.#listen(signal, item);
    if (known.one === undefined && known.more === undefined) known.one = item;
    else (known.more ??= new Set()).add(item);
  }

  delete(signal: AbortSignal, item: T): void {
    const known = this.#waiting.get(signal);
    if (known === undefined) return;
    if (known.one === item) known.one = undefined;
    else known.more?.delete(item);
  }

  #listen(signal: AbortSignal, item: T): void {
    const waiting: Waiting<T> = { one: item, more: undefined };
    this.#waiting.set(signal, waiting);
    const listener = (): void => {
      const { one, more } = waiting;
      waiting.one = undefined;
      waiting.more = undefined;
      if (one !== undefined) this.#onAbort(one, signal.reason);
      for (const each of more ?? []) this.#onAbort(each, signal.reason);
    };
    signal.addEventListener('abort', listener, { once: true });
  }
}
