/** The functions that can be invoked: each version with environments of its own. */
import { EmulatedFunction } from './emulated-function.ts';
import type { EmulatedFunctionOptions, FunctionSurroundings } from './function-parts.ts';

export const LATEST_VERSION = '$LATEST';

export class RunningFunctions {
  readonly #surroundings: FunctionSurroundings;
  readonly #latest = new Map<string, EmulatedFunction>();
  /** Numbered versions, by name and number. */
  readonly #versions = new Map<string, Map<string, EmulatedFunction>>();
  /** Removed ones that still work off what they had accepted. */
  readonly #leaving = new Set<EmulatedFunction>();

  constructor(surroundings: FunctionSurroundings) {
    this.#surroundings = surroundings;
  }

  find(functionName: string, qualifier: string = LATEST_VERSION): EmulatedFunction | undefined {
    if (qualifier === LATEST_VERSION) return this.#latest.get(functionName);
    return this.#versions.get(functionName)?.get(qualifier);
  }

  add(options: EmulatedFunctionOptions): void {
    const { functionName, version } = options.settings;
    const added = new EmulatedFunction(options, this.#surroundings);
    if (version === LATEST_VERSION) {
      this.#latest.set(functionName, added);
      return;
    }
    const versions = this.#versions.get(functionName) ?? new Map<string, EmulatedFunction>();
    this.#versions.set(functionName, versions.set(version, added));
  }

  /** Takes no more invocations for it. Resolves when those that it had accepted are over and its environments gone. */
  async remove(functionName: string, version: string): Promise<void> {
    const removed = this.find(functionName, version);
    if (removed === undefined) return;
    if (version === LATEST_VERSION) this.#latest.delete(functionName);
    else this.#versions.get(functionName)?.delete(version);
    this.#leaving.add(removed);
    await removed.drain();
    this.#leaving.delete(removed);
  }

  /** @throws {AggregateError} after all have been ended as far as possible. */
  async terminate(): Promise<void> {
    const all = [...this.#latest.values(), ...this.#leaving];
    for (const versions of this.#versions.values()) all.push(...versions.values());
    const results = await Promise.allSettled(all.map((each) => each.terminate()));
    const errors: unknown[] = results.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
    if (errors.length > 0) throw new AggregateError(errors, `Closing ${errors.length} function(s) failed.`);
  }
}
