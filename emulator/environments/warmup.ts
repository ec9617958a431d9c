/** The next generation, until enough of its environments have started to take over from the current one. */
import type { BuiltCode } from '../functions/code-follower.ts';
import type { Environment } from './environment.ts';
import type { Generation } from '../functions/generation.ts';

export class Warmup {
  readonly generation: Generation;
  readonly code: BuiltCode;
  readonly #members = new Set<Environment>();
  readonly #ready: Environment[] = [];
  readonly #needed: number;
  #settled = 0;

  /** @param needed How many starts have to end, well or badly, before the switch. */
  constructor(generation: Generation, code: BuiltCode, needed: number) {
    this.generation = generation;
    this.code = code;
    this.#needed = needed;
  }

  /** All that live. */
  get members(): ReadonlySet<Environment> {
    return this.#members;
  }

  get ready(): readonly Environment[] {
    return this.#ready;
  }

  get complete(): boolean {
    return this.#settled >= this.#needed;
  }

  add(environment: Environment): void {
    this.#members.add(environment);
  }

  environmentReady(environment: Environment): void {
    this.#settled += 1;
    this.#ready.push(environment);
  }

  /** A start that fails is a result too: the new code is what callers get, even if it does not load. */
  environmentDied(environment: Environment): void {
    this.#members.delete(environment);
    const index = this.#ready.indexOf(environment);
    if (index === -1) this.#settled += 1;
    else this.#ready.splice(index, 1);
  }
}
