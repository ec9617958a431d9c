/** The items of a map, taken from any iterable a few at a time. Its errors come back as data. */
import { invalidOption } from '../shared/options.ts';

// An array is an iterable: named by itself, it lets the compiler point at the item that does not fit.
/** Items of `map` and its kin. */
export type Items<T> = readonly T[] | Iterable<T> | AsyncIterable<T>;

/** What was taken. */
export interface Batch {
  readonly items: readonly unknown[];
  /** The source has no more items, or failed. */
  readonly isLast: boolean;
  /** What the source threw; `items` came before that. */
  readonly failure?: { readonly error: unknown };
}

/** Where items come from. One `take` at a time. */
export interface Source {
  /**
   * At most `count` items; fewer if `isEnough`, which an asynchronous source asks after each. A promise only if the source
   * is asynchronous; it never rejects.
   */
  take(count: number, isEnough?: () => boolean): Batch | Promise<Batch>;
  /** Tells the source that no more items are wanted, unless it has ended. Rejects with what the source throws at that. */
  close(): Promise<void>;
}

/**
 * @param call Name of the method, for the message.
 * @throws {LambdaPoolError} OPTION_INVALID if `items` is not iterable.
 */
export function openSource(items: unknown, call: string): Source {
  if (typeof items === 'string') return new SyncSource(items);
  if (typeof items === 'object' && items !== null) {
    if (isAsyncIterable(items)) return new AsyncSource(items);
    if (isIterable(items)) return new SyncSource(items);
  }
  throw invalidOption('items', `an iterable or async iterable, such as an array, for ${call}()`, items);
}

/** Whether `items` can be iterated without waiting. */
export function isIterable(items: object): items is Iterable<unknown> {
  return Symbol.iterator in items && typeof items[Symbol.iterator] === 'function';
}

function isAsyncIterable(items: object): items is AsyncIterable<unknown> {
  return Symbol.asyncIterator in items && typeof items[Symbol.asyncIterator] === 'function';
}

class SyncSource implements Source {
  readonly #items: Iterable<unknown>;
  // Opened at the first take: whoever takes nothing starts nothing.
  #iterator: Iterator<unknown> | undefined;
  #hasEnded = false;

  constructor(items: Iterable<unknown>) {
    this.#items = items;
  }

  take(count: number): Batch {
    const items: unknown[] = [];
    if (this.#hasEnded) return { items, isLast: true };
    try {
      this.#iterator ??= this.#items[Symbol.iterator]();
      while (items.length < count) {
        const next = this.#iterator.next();
        if (next.done === true) {
          this.#hasEnded = true;
          return { items, isLast: true };
        }
        items.push(next.value);
      }
    } catch (error) {
      this.#hasEnded = true;
      return { items, isLast: true, failure: { error } };
    }
    return { items, isLast: false };
  }

  close(): Promise<void> {
    if (this.#hasEnded) return Promise.resolve();
    this.#hasEnded = true;
    try {
      this.#iterator?.return?.();
      return Promise.resolve();
    } catch (error) {
      return Promise.reject(error);
    }
  }
}

class AsyncSource implements Source {
  readonly #items: AsyncIterable<unknown>;
  #iterator: AsyncIterator<unknown> | undefined;
  #hasEnded = false;

  constructor(items: AsyncIterable<unknown>) {
    this.#items = items;
  }

  async take(count: number, isEnough?: () => boolean): Promise<Batch> {
    const items: unknown[] = [];
    try {
      while (items.length < count && !this.#hasEnded) {
        this.#iterator ??= this.#items[Symbol.asyncIterator]();
        const next = await this.#iterator.next();
        if (next.done === true) this.#hasEnded = true;
        else items.push(next.value);
        if (isEnough?.() === true) break;
      }
    } catch (error) {
      this.#hasEnded = true;
      return { items, isLast: true, failure: { error } };
    }
    return { items, isLast: this.#hasEnded };
  }

  async close(): Promise<void> {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    await this.#iterator?.return?.();
  }
}
