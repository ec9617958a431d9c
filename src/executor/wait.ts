/** `wait`: until some or all of many futures have ended. */
import { checkWait } from '../pool/async-result.ts';
import { waitFor } from '../shared/abort.ts';
import type { WaitOptions } from '../shared/abort.ts';
import { isLambdaPoolError } from '../shared/errors.ts';
import { checkOneOf } from '../shared/options.ts';
import { checkFutures } from './check-futures.ts';
import type { Future } from './future.ts';

/**
 * - `ALL_COMPLETED`: all have ended
 * - `FIRST_COMPLETED`: at least one has ended
 * - `FIRST_EXCEPTION`: at least one has failed, or all have ended; a cancelled one has not failed
 */
export type ReturnWhen = 'ALL_COMPLETED' | 'FIRST_COMPLETED' | 'FIRST_EXCEPTION';

/** Options of `wait`. */
export interface WaitForOptions extends WaitOptions {
  /** @default 'ALL_COMPLETED' */
  readonly returnWhen?: ReturnWhen | undefined;
}

/** The futures of a `wait`, sorted. */
export interface Waited<F> {
  /** Those that have ended, cancelled ones included. */
  readonly done: Set<F>;
  readonly notDone: Set<F>;
}

const RETURN_WHEN = ['ALL_COMPLETED', 'FIRST_COMPLETED', 'FIRST_EXCEPTION'] as const;

/**
 * Waits for futures, of any executors. A timeout is no error: what has not ended is in `notDone`.
 * @throws `signal.reason` when the signal of this wait fires.
 * @example
 * const { done, notDone } = await wait(futures, { returnWhen: 'FIRST_COMPLETED', timeoutMs: 1000 });
 */
export async function wait<F extends Future<unknown>>(
  futures: Iterable<F>,
  options: WaitForOptions = {},
): Promise<Waited<F>> {
  const { returnWhen = 'ALL_COMPLETED', ...limits } = options;
  checkOneOf('returnWhen', returnWhen, RETURN_WHEN);
  checkWait('wait()', limits);
  const all = checkFutures('wait()', futures);
  const pending = [...all].filter((future) => !future.done());
  if (isOver(all, pending.length, returnWhen)) return sort(all);
  await untilOver(pending, returnWhen, limits);
  return sort(all);
}

function isOver(all: ReadonlySet<Future<unknown>>, pending: number, returnWhen: ReturnWhen): boolean {
  if (pending === 0) return true;
  if (returnWhen === 'FIRST_COMPLETED') return pending < all.size;
  return returnWhen === 'FIRST_EXCEPTION' && [...all].some((future) => future.state === 'failed');
}

async function untilOver(
  pending: readonly Future<unknown>[],
  returnWhen: ReturnWhen,
  limits: WaitOptions,
): Promise<void> {
  const over = Promise.withResolvers<void>();
  let left = pending.length;
  const links = pending.map((future) =>
    future.addDoneCallback(({ state }) => {
      left -= 1;
      const isEnough =
        returnWhen === 'FIRST_COMPLETED' || (returnWhen === 'FIRST_EXCEPTION' && state === 'failed') || left === 0;
      if (isEnough) over.resolve();
    }),
  );
  try {
    await waitFor(over.promise, limits, 'wait()');
  } catch (error) {
    if (limits.signal?.aborted === true || !isLambdaPoolError(error, 'WAIT_TIMEOUT')) throw error;
  } finally {
    for (const link of links) link[Symbol.dispose]();
  }
}

function sort<F extends Future<unknown>>(all: ReadonlySet<F>): Waited<F> {
  const done = new Set<F>();
  const notDone = new Set<F>();
  for (const future of all) (future.done() ? done : notDone).add(future);
  return { done, notDone };
}
