/** From a finished run to what its caller gets. Pure. */
import type { InvocationResult } from './invocation.ts';
import { tailOf } from './log-buffer.ts';
import { renderLog, type Ending, type ReportedFunction } from './report.ts';
import type { Run } from './run.ts';

export interface ResultFacts {
  readonly reported: ReportedFunction;
  /** First line of the newest build's error, while it stands. */
  readonly buildError: string | undefined;
}

export function createResult(run: Run, ending: Ending, { reported, buildError }: ResultFacts): InvocationResult {
  const { requestId, wantsLogTail } = run.request;
  const { payload, errorType } = ending.outcome;
  const result: InvocationResult = { requestId, statusCode: 200, payload, executedVersion: '$LATEST' };
  if (errorType === undefined && !wantsLogTail && buildError === undefined) return result;
  return {
    ...result,
    ...(errorType === undefined ? {} : { functionError: 'Unhandled' }),
    ...(wantsLogTail ? { logTail: tailOf(renderLog(run, ending, reported)) } : {}),
    ...(buildError === undefined ? {} : { buildError }),
  };
}
