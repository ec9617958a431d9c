/** Which chunks of a map take so long that a second copy of them is worth its price. Pure: time is an argument. */

import { LambdaPoolError } from '../shared/errors.ts';
import { checkKeys, invalidOption } from '../shared/options.ts';

/** When a second copy of a chunk is sent. */
export interface SpeculateOptions {
  /**
   * Which of the durations so far is the measure, above 0 and at most 1: 0.95 is the one that 95 of 100 calls keep.
   * @default 0.95
   */
  readonly percentile?: number | undefined;
  /**
   * How many times longer than that a chunk must be under way, above 1.
   * @default 2
   */
  readonly factor?: number | undefined;
}

/** @throws {LambdaPoolError} OPTION_INVALID */
export function checkSpeculate(
  value: unknown,
  of: { readonly task: string; readonly isIdempotent: boolean },
): SpeculateOptions | undefined {
  if (value === undefined || value === false) return undefined;
  if (!of.isIdempotent) throw needsIdempotent(of.task);
  if (value === true) return {};
  if (typeof value !== 'object' || value === null) throw invalidOption('speculate', 'true or an object', value);
  checkKeys('speculate', value, ['percentile', 'factor']);
  const { percentile, factor }: { percentile?: unknown; factor?: unknown } = value;
  return {
    ...(percentile !== undefined && { percentile: checkNumber('speculate.percentile', percentile, isShare) }),
    ...(factor !== undefined && { factor: checkNumber('speculate.factor', factor, isMoreThanOne) }),
  };
}

function needsIdempotent(task: string): LambdaPoolError {
  const message = `\`speculate\` runs some calls twice: it needs ${task} to be marked \`idempotent\`.`;
  return new LambdaPoolError('OPTION_INVALID', message, { details: { option: 'speculate', task } });
}

interface Range {
  readonly says: string;
  holds(value: number): boolean;
}

const isShare: Range = { says: 'a number above 0 and at most 1', holds: (value) => value > 0 && value <= 1 };
const isMoreThanOne: Range = { says: 'a number above 1', holds: (value) => value > 1 && value < Infinity };

function checkNumber(option: string, value: unknown, range: Range): number {
  if (typeof value === 'number' && range.holds(value)) return value;
  throw invalidOption(option, range.says, value);
}

/** Before this share of the calls has ended, nobody knows what is slow. */
const DONE_BEFORE = 0.5;
/** The percentile is looked up again when there are so many more durations than the last time. */
const LOOK_UP_AGAIN = 1.1;

/** The rule for one map: its durations so far, and the limit that follows from them. */
export class Speculation {
  readonly #percentile: number;
  readonly #factor: number;
  readonly #total: number;
  /** Of the invocations that have ended, milliseconds for each of their calls. */
  readonly #durationsMs: number[] = [];
  #done = 0;
  #limitMs = Infinity;
  #lookUpAt = 1;

  /** @param total How many calls the map has. */
  constructor({ percentile = 0.95, factor = 2 }: SpeculateOptions, total: number) {
    this.#percentile = percentile;
    this.#factor = factor;
    this.#total = total;
  }

  /** An invocation of `calls` calls was answered. */
  ended(durationMs: number, calls: number): void {
    this.#durationsMs.push(durationMs / calls);
    this.#done += calls;
  }

  /** How long an invocation of `calls` calls may take before a second copy is sent. Infinity: that is not known yet. */
  limitMs(calls: number): number {
    if (this.#done < this.#total * DONE_BEFORE) return Infinity;
    const { length } = this.#durationsMs;
    if (length >= this.#lookUpAt) {
      this.#lookUpAt = length * LOOK_UP_AGAIN;
      const sorted = this.#durationsMs.toSorted((a, b) => a - b);
      const measure = sorted[Math.ceil(length * this.#percentile) - 1] ?? Infinity;
      this.#limitMs = measure * this.#factor;
    }
    return this.#limitMs * calls;
  }
}
