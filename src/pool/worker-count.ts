/** How many workers a pool has; the number may change while it runs, or be found out only then. */

export class WorkerCount {
  #value: number;
  #isKnown: boolean;
  /** Told of each change. */
  onChange: () => void = () => {};

  /** @param isKnown False: a guess, by which chunks are cut, but one invocation at a time is all that is dared. */
  constructor(value: number, isKnown = true) {
    this.#value = value;
    this.#isKnown = isKnown;
  }

  get value(): number {
    return this.#value;
  }

  set value(value: number) {
    this.#value = value;
    this.#isKnown = true;
    this.onChange();
  }

  /** How many invocations may be in flight. */
  get bound(): number {
    return this.#isKnown ? this.#value : 1;
  }
}
