/** Puts the results of an imap into the order in which they are given out. Pure. */

/** The end of one call. */
export type Ending = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown };

/** Endings that have come and have not been given out. */
export interface Merge {
  put(index: number, ending: Ending): void;
  /** The next one to give out; undefined if it has not come yet. */
  take(): Ending | undefined;
}

/** Gives them out by index, from 0. */
export class OrderedMerge implements Merge {
  readonly #waiting = new Map<number, Ending>();
  #next = 0;

  put(index: number, ending: Ending): void {
    this.#waiting.set(index, ending);
  }

  take(): Ending | undefined {
    const ending = this.#waiting.get(this.#next);
    if (ending === undefined) return undefined;
    this.#waiting.delete(this.#next);
    this.#next += 1;
    return ending;
  }
}

/** Gives them out as they come. */
export class UnorderedMerge implements Merge {
  #waiting: Ending[] = [];
  #given = 0;

  put(_index: number, ending: Ending): void {
    this.#waiting.push(ending);
  }

  take(): Ending | undefined {
    const ending = this.#waiting[this.#given];
    if (ending === undefined) return undefined;
    this.#given += 1;
    // A consumer that is always a little behind never empties it: what was given out must go all the same.
    if (this.#given * 2 >= this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#given);
      this.#given = 0;
    }
    return ending;
  }
}
