/** The states of a pool and the moves between them, as a table. Knows nothing of calls. */
import { LambdaPoolError } from '../shared/errors.ts';

/**
 * - `open`: takes calls
 * - `closing`: takes none, those it has go on
 * - `closed`: all have finished
 * - `terminated`: those it had were dropped
 */
export type PoolState = 'open' | 'closing' | 'closed' | 'terminated';

const NEXT: Readonly<Record<PoolState, readonly PoolState[]>> = {
  open: ['closing', 'terminated'],
  closing: ['closed', 'terminated'],
  closed: [],
  terminated: [],
};

/** Whether a pool in state `from` may go to `to`. */
export function canMove(from: PoolState, to: PoolState): boolean {
  return NEXT[from].includes(to);
}

/**
 * Refuses a call to a pool that is not open.
 * @throws {LambdaPoolError} POOL_CLOSED
 */
export function checkOpen(state: PoolState): void {
  if (state !== 'open') throw poolClosed(state);
}

/** Why a pool in `state` takes nothing more. */
export function poolClosed(state: PoolState): LambdaPoolError {
  const why = state === 'terminated' ? 'it has been terminated' : '`close()` has been called on it';
  return new LambdaPoolError(
    'POOL_CLOSED',
    `Pool not running: ${why}, so it takes no more calls. Make a new LambdaPool, or close this one later.`,
    { details: { state } },
  );
}

/** What a call rejects with when `terminate()` drops it. */
export function poolTerminated(task: string): LambdaPoolError {
  return new LambdaPoolError(
    'POOL_TERMINATED',
    `${task} was dropped because its pool was terminated (by \`terminate()\` or the end of an \`await using\` block). ` +
      'Await the result before that, or use `close()` and `join()`.',
    { details: { task } },
  );
}
