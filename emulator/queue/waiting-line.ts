/** A queue, first in first out, from whose middle items can be taken: all operations cost the same at any length. Pure. */

interface Link<T extends object> {
  readonly item: T;
  before: Link<T> | undefined;
  after: Link<T> | undefined;
}

export class WaitingLine<T extends object> {
  #first: Link<T> | undefined;
  #last: Link<T> | undefined;
  readonly #links = new Map<T, Link<T>>();

  get size(): number {
    return this.#links.size;
  }

  push(item: T): void {
    const link: Link<T> = { item, before: this.#last, after: undefined };
    if (this.#last === undefined) this.#first = link;
    else this.#last.after = link;
    this.#last = link;
    this.#links.set(item, link);
  }

  shift(): T | undefined {
    const item = this.#first?.item;
    if (item !== undefined) this.delete(item);
    return item;
  }

  /** False if it was not in the line. */
  delete(item: T): boolean {
    const link = this.#links.get(item);
    if (link === undefined) return false;
    this.#links.delete(item);
    if (link.before === undefined) this.#first = link.after;
    else link.before.after = link.after;
    if (link.after === undefined) this.#last = link.before;
    else link.after.before = link.before;
    return true;
  }
}
