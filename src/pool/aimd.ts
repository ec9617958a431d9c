/**
 * Additive increase, multiplicative decrease: finds out how much of something Lambda takes, such as invocations at once or
 * invocations a second. Pure: time is an argument.
 */

/** What is left at a refusal, of what was accepted: leaves room for others who share the limit. */
const DECREASE = 0.95;
/** By how much it grows while as many are accepted as it is large. */
const INCREASE_PER_ROUND = 2;
/** By which share of what was last refused it grows in a second: where tasks take minutes, acceptances are rare. */
const INCREASE_PER_S = 0.05;
/** So far beyond what was last refused, that refusal is out of date. */
const OUT_OF_DATE = 1.5;

/**
 * Without limit until the first refusal. After one it grows fast up to where it was refused, because that much was accepted a
 * moment ago, and slowly beyond; fast again once it is far beyond, and without limit again at its ceiling.
 */
export class Aimd {
  readonly #floor: number;
  readonly #isExact: boolean;
  #ceiling: number;
  #value = Infinity;
  /** Below it grows fast. */
  #knee = Infinity;
  #grownAt = 0;

  /** @param options `isExact`: what was accepted at a refusal is known, not estimated, and can be gone back to at once. */
  constructor(options: { readonly floor: number; readonly ceiling: number; readonly isExact: boolean }) {
    this.#floor = options.floor;
    this.#ceiling = options.ceiling;
    this.#isExact = options.isExact;
  }

  /** Infinity: there is no known limit. */
  get value(): number {
    return this.#value;
  }

  /** More than this is never asked for. */
  set ceiling(ceiling: number) {
    this.#ceiling = ceiling;
    this.#add(0);
  }

  /** One was accepted. */
  accept(): void {
    if (this.#value === Infinity) return;
    this.#add(this.#value < this.#knee ? 1 : INCREASE_PER_ROUND / this.#value);
  }

  /** Time has gone by. */
  grow(nowMs: number): void {
    if (this.#value === Infinity) return;
    const seconds = Math.max(0, nowMs - this.#grownAt) / 1000;
    this.#grownAt = nowMs;
    const knee = this.#knee === Infinity ? this.#value : this.#knee;
    this.#add(Math.max(1, knee * INCREASE_PER_S) * seconds);
  }

  /**
   * One was refused while `accepted` others were not.
   * @param isNews It was sent after the last decrease: many that were sent together are refused together, and mean no more
   * than one of them.
   */
  refuse(nowMs: number, accepted: number, isNews: boolean): void {
    if (this.#value === Infinity) this.#grownAt = nowMs;
    const taken = Math.min(this.#value, this.#ceiling, Math.max(this.#floor, accepted));
    const knee = this.#isExact ? taken : taken * DECREASE;
    this.#knee = isNews ? knee : Math.min(this.#knee, knee);
    this.#value = Math.max(this.#floor, isNews ? taken * DECREASE : Math.min(this.#value, taken));
  }

  #add(amount: number): void {
    this.#value += amount;
    if (this.#value >= this.#knee * OUT_OF_DATE) this.#knee = Infinity;
    if (this.#value < this.#ceiling) return;
    this.#value = Infinity;
    this.#knee = Infinity;
  }
}
