/**
 * Decides which environment runs which invocation. Pure: no I/O, no timers, no promises.
 *
 *     submit -> idle environment, last used first -> run
 *            -> none idle: wait, first come first served; start one environment for each that waits, while allowed
 *
 * It knows the environments of one generation only; `replaceGeneration` switches to the next.
 */
import { WaitingLine } from './waiting-line.ts';

/** What the scheduler causes. */
export interface SchedulerEffects<E, R> {
  run(environment: E, item: R): void;
  /** Starts an environment and returns true, unless there is no room for one. `started` or `startFailed` follows. */
  start(): boolean;
}

export class Scheduler<E, R extends object> {
  readonly #effects: SchedulerEffects<E, R>;
  readonly #waiting = new WaitingLine<R>();
  /** A stack: the last one used has the warmest caches, and those at the bottom can be let go. */
  #idle: E[] = [];
  #starting = 0;

  constructor(effects: SchedulerEffects<E, R>) {
    this.#effects = effects;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get idle(): number {
    return this.#idle.length;
  }

  submit(item: R): void {
    const environment = this.#idle.pop();
    if (environment !== undefined) {
      this.#effects.run(environment, item);
      return;
    }
    this.#waiting.push(item);
    this.fill();
  }

  /** Starts environments for those that wait. To be called when room may have come. */
  fill(): void {
    while (this.#starting < this.#waiting.size && this.#effects.start()) this.#starting += 1;
  }

  /** One is being started for another reason than waiting. */
  expect(): void {
    this.#starting += 1;
  }

  /** A start has ended well. */
  started(environment: E): void {
    this.#starting -= 1;
    this.release(environment);
  }

  /** A start has failed. Returns the one who is to be told: it would have run there. */
  startFailed(): R | undefined {
    this.#starting -= 1;
    return this.#waiting.shift();
  }

  /** The environment has nothing to do: gives it the next in line. */
  release(environment: E): void {
    const item = this.#waiting.shift();
    if (item === undefined) this.#idle.push(environment);
    else this.#effects.run(environment, item);
  }

  /** An idle environment is gone. */
  remove(environment: E): void {
    const index = this.#idle.indexOf(environment);
    if (index !== -1) this.#idle.splice(index, 1);
  }

  /** The idle environment that was used the longest time ago, taken out. */
  takeOldestIdle(): E | undefined {
    return this.#idle.shift();
  }

  /** Takes back an item that still waits. */
  withdraw(item: R): boolean {
    return this.#waiting.delete(item);
  }

  /** Takes back all that wait. */
  drain(): R[] {
    const items: R[] = [];
    for (let item = this.#waiting.shift(); item !== undefined; item = this.#waiting.shift()) items.push(item);
    return items;
  }

  /**
   * Switches at once: from now on only the new environments run anything. Returns the idle ones of the old generation;
   * busy and starting ones of it must not be handed in again.
   */
  replaceGeneration(ready: readonly E[], starting: number): E[] {
    const old = this.#idle;
    this.#idle = [];
    this.#starting = starting;
    for (const environment of ready) this.release(environment);
    this.fill();
    return old;
  }
}
