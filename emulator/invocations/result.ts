/** From a finished run to what its caller gets. Pure. */
import type { InvocationResult } from '../invocation.ts';
import { tailOf } from './log-buffer.ts';
import { billingOf, renderLog, type Ending, type ReportedFunction } from './report.ts';
import type { Run } from './run.ts';

export interface ResultFacts {
  readonly reported: ReportedFunction;
  /** First line of the newest build's error, while it stands. */
  readonly buildError: string | undefined;
}

export function createResult(run: Run, ending: Ending, { reported, buildError }: ResultFacts): InvocationResult {
  const { requestId, wantsLogTail } = run.request;
  const { payload, errorType } = ending.outcome;
  const functionError = errorType === undefined ? undefined : 'Unhandled';
  const executedVersion = reported.version;
  if (!wantsLogTail) return { requestId, statusCode: 200, payload, functionError, executedVersion, buildError };
  return {
    requestId,
    statusCode: 200,
    payload,
    functionError,
    executedVersion,
    buildError,
    billing: billingOf(ending, reported),
    // Written when it is read: a pool asks for it each time, and reads it only of environments that died.
    get logTail() {
      return tailOf(renderLog(run, ending, reported));
    },
  };
}
