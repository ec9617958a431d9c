/** The check that `wait` and `asCompleted` share. */
import { invalidOption } from '../shared/options.ts';
import { Future } from './future.ts';

/**
 * The futures, each once.
 * @throws {LambdaPoolError} OPTION_INVALID
 */
export function checkFutures<F extends Future<unknown>>(what: string, futures: Iterable<F>): Set<F> {
  if (typeof futures !== 'object' || futures === null || !(Symbol.iterator in futures)) {
    throw invalidOption('futures', `an iterable of futures for ${what}`, futures);
  }
  const all = new Set(futures);
  for (const each of all) {
    if (!(each instanceof Future)) throw invalidOption('futures', `an iterable of futures for ${what}`, each);
  }
  return all;
}
