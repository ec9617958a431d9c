/** Options about what a pool tells of itself. */
import type { Clock } from '../shared/clock.ts';
import { checkFunction, checkInteger, checkOneOf } from '../shared/options.ts';
import { LONGEST_TIMER_MS } from './keep-alive.ts';
import type { Architecture } from './prices.ts';
import { stallTeller } from './stall.ts';
import type { Stall } from './stall.ts';
import { Meter } from './stats.ts';

/** What a pool tells of itself, and to whom. */
export interface WatchOptions {
  /**
   * Called, instead of a process warning, when nothing has finished for a while although calls wait to be sent. What it
   * throws becomes a process warning.
   */
  readonly onStall?: ((stall: Stall) => void) | undefined;
  /**
   * Milliseconds without any call's end until that is said; twice the longest answer so far if that is more. It is said
   * again after twice the time, and so on.
   * @default 10_000
   */
  readonly stallAfterMs?: number | undefined;
  /**
   * Instruction set of the function, for the estimate of its cost in `stats()`. Changes nothing else.
   * @default 'x86_64'
   */
  readonly architecture?: Architecture | undefined;
}

export const WATCH_KEYS: readonly string[] = ['onStall', 'stallAfterMs', 'architecture'];

/** What a dispatcher tells its story to. */
export interface Watch {
  readonly meter: Meter;
  readonly stall: { readonly afterMs: number; readonly tell: (stall: Stall) => void };
}

/** @throws {LambdaPoolError} OPTION_INVALID */
export function openWatch(options: WatchOptions, clock: Clock): Watch {
  const { onStall, stallAfterMs = 10_000, architecture = 'x86_64' } = options;
  if (onStall !== undefined) checkFunction('onStall', onStall);
  checkInteger('stallAfterMs', stallAfterMs, { min: 1, max: LONGEST_TIMER_MS });
  checkOneOf('architecture', architecture, ['x86_64', 'arm64']);
  return { meter: new Meter(clock, architecture), stall: { afterMs: stallAfterMs, tell: stallTeller(onStall) } };
}
