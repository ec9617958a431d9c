/** How many environments may run on this machine, over all functions. Pure. */

/** A function that wants room. */
export interface Claimant {
  /** How many environments it has. */
  readonly environments: number;
  /** Gives up an environment that has nothing to do; false if there is none. Its room counts as free at once. */
  evictIdle(): boolean;
  /** Room has come. */
  fill(): void;
}

export class Capacity {
  readonly #limit: number;
  readonly #claimants = new Set<Claimant>();
  /** Functions without any environment that found no room, the one that waits longest first. */
  readonly #starved = new Set<Claimant>();
  #used = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  join(claimant: Claimant): void {
    this.#claimants.add(claimant);
  }

  leave(claimant: Claimant): void {
    this.#claimants.delete(claimant);
    this.#starved.delete(claimant);
  }

  /** Takes room for one environment, if need be from one that is idle. */
  tryTake(claimant: Claimant): boolean {
    if (this.#used >= this.#limit && !this.#evictFor(claimant)) {
      if (claimant.environments === 0) this.#starved.add(claimant);
      return false;
    }
    this.#starved.delete(claimant);
    this.#used += 1;
    return true;
  }

  /** Takes room that must be had: a new generation replaces one that is on its way out. */
  take(count: number): void {
    this.#used += count;
  }

  /** Whether another function waits for `claimant` to give up an environment. */
  mustYield(claimant: Claimant): boolean {
    return this.#starved.size > 0 && !this.#starved.has(claimant) && this.#used >= this.#limit;
  }

  give(count: number): void {
    this.#used -= count;
    const inTurn = new Set([...this.#starved, ...this.#claimants]);
    // Whoever still finds no room puts itself on the list again.
    this.#starved.clear();
    for (const claimant of inTurn) claimant.fill();
  }

  #evictFor(claimant: Claimant): boolean {
    for (const other of this.#claimants) {
      if (other !== claimant && other.evictIdle()) {
        this.#used -= 1;
        return true;
      }
    }
    return false;
  }
}
