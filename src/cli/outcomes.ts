/** Prints the outcomes of a map: one JSON line for each call on stdout, one line for each failure on stderr. */
import { isLambdaPoolError } from '../shared/errors.ts';
import type { LambdaPoolErrorCode } from '../shared/errors.ts';
import { failureLine } from './failure.ts';
import type { Io } from './io.ts';
import { toJsonLine } from './results.ts';

/** What fails one call for these reasons fails all. */
export function isOfAll(error: unknown): boolean {
  return isLambdaPoolError(error) && OF_ALL.has(error.code);
}

const OF_ALL: ReadonlySet<LambdaPoolErrorCode> = new Set<LambdaPoolErrorCode>([
  'TASK_NOT_FOUND',
  'BUILD_FAILED',
  'OPTION_INVALID',
  'TASKS_DIFFER',
  'ACCESS_DENIED',
  'FUNCTION_NOT_FOUND',
  'UNREACHABLE',
  'BUG',
]);

/**
 * Prints all, in order; null stands for a failure. Returns how many calls failed.
 * @param nameOf What to call the next one: `line 3`. Asked for each in turn.
 * @throws an error that all calls would have failed with.
 */
export async function printOutcomes(
  outcomes: readonly PromiseSettledResult<unknown>[],
  io: Io,
  nameOf: (index: number) => string,
): Promise<number> {
  let failed = 0;
  for (const [index, outcome] of outcomes.entries()) {
    const name = nameOf(index);
    if (outcome.status === 'fulfilled') {
      await io.stdout.write(`${toJsonLine(outcome.value)}\n`);
      continue;
    }
    if (isOfAll(outcome.reason)) throw outcome.reason;
    failed += 1;
    await io.stderr.write(`lambdapool: ${name}: ${failureLine(outcome.reason)}\n`);
    await io.stdout.write('null\n');
  }
  return failed;
}
