/** A first-in-first-out queue with a bound on what is taken out of it at once. Pure: no I/O, no time, no promises. */

/** What the queue keeps on an item while it holds it: a link in each direction, so that removal costs the same anywhere. */
export interface Queued<T> {
  /** Written by the queue only. */
  queued: boolean;
  /** Written by the queue only. */
  before: T | undefined;
  /** Written by the queue only. */
  after: T | undefined;
}

/**
 * Waiting items, and slots for those that were taken:
 *
 *     push ->  [ item item | item item ]  -> take (a slot is occupied) -> release (it is free again)
 *                putBack ->
 *
 * What is put back comes before all that is pushed, in the order in which it is put back.
 */
export class BoundedQueue<T extends Queued<T>> {
  /** How many slots there are. Items that were taken stay taken when it falls. */
  limit: number;
  #taken = 0;
  #size = 0;
  #first: T | undefined;
  #last: T | undefined;
  /** The last of those that were put back; all before it were, too. */
  #lastReturned: T | undefined;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** How many items wait. */
  get size(): number {
    return this.#size;
  }

  /** How many slots are occupied. */
  get taken(): number {
    return this.#taken;
  }

  /** Adds an item behind all others. */
  push(item: T): void {
    item.queued = true;
    item.before = this.#last;
    if (this.#last === undefined) this.#first = item;
    else this.#last.after = item;
    this.#last = item;
    this.#size += 1;
  }

  /** Adds an item before all that were pushed: it has had its turn before. */
  putBack(item: T): void {
    const before = this.#lastReturned;
    const after = before === undefined ? this.#first : before.after;
    item.queued = true;
    item.before = before;
    item.after = after;
    if (before === undefined) this.#first = item;
    else before.after = item;
    if (after === undefined) this.#last = item;
    else after.before = item;
    this.#lastReturned = item;
    this.#size += 1;
  }

  /** The item at the front, which now occupies a slot; undefined if none waits or no slot is free. */
  take(): T | undefined {
    const item = this.#first;
    if (item === undefined || this.#taken >= this.limit) return undefined;
    this.remove(item);
    this.#taken += 1;
    return item;
  }

  /** Frees a slot. */
  release(): void {
    this.#taken -= 1;
  }

  /** Takes an item out of the queue, wherever it stands, without a slot. Nothing happens if it does not wait. */
  remove(item: T): void {
    if (!item.queued) return;
    if (item === this.#lastReturned) this.#lastReturned = item.before;
    if (item.before === undefined) this.#first = item.after;
    else item.before.after = item.after;
    if (item.after === undefined) this.#last = item.before;
    else item.after.before = item.before;
    item.before = undefined;
    item.after = undefined;
    item.queued = false;
    this.#size -= 1;
  }
}
