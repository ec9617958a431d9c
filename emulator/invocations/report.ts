/** The texts that Lambda itself writes about an invocation: START, END, REPORT. Pure. */
import type { InvocationBilling, InvocationReport } from '../invocation.ts';
import type { Outcome } from './outcome.ts';
import type { Run } from './run.ts';

/** A finished run. */
export interface Ending {
  readonly outcome: Outcome;
  readonly durationMs: number;
  /** Set on the run that paid for a cold start. */
  readonly initMs: number | undefined;
  readonly maxMemoryMb: number;
  /** Number of the generation that ran it. */
  readonly generation: number;
}

/** Of the function, the same for all runs of a generation. */
export interface ReportedFunction {
  readonly functionName: string;
  readonly version: string;
  readonly memoryMb: number;
}

/** AWS bills INIT since August 2025. */
function billedMs(ending: Ending): number {
  return Math.ceil(ending.durationMs + (ending.initMs ?? 0));
}

function usedMb(ending: Ending, memoryMb: number): number {
  return ending.outcome.outOfMemory === true ? memoryMb : ending.maxMemoryMb;
}

/** What the REPORT line says, as numbers. */
export function billingOf(ending: Ending, { memoryMb }: ReportedFunction): InvocationBilling {
  const { durationMs } = ending;
  return { durationMs, billedMs: billedMs(ending), memoryMb, isColdStart: ending.initMs !== undefined };
}

/** The whole kept log, in the order of CloudWatch. */
export function renderLog(run: Run, ending: Ending, { version, memoryMb }: ReportedFunction): string {
  const { requestId } = run.request;
  const { outcome } = ending;
  const init = ending.initMs === undefined ? '' : `Init Duration: ${ending.initMs.toFixed(2)} ms\t`;
  const status =
    outcome.status === 'timeout'
      ? 'Status: timeout'
      : outcome.reportedType === undefined
        ? ''
        : `Status: error\tError Type: ${outcome.reportedType}`;
  const output = run.log;
  const lineEnd = output === '' || output.endsWith('\n') ? '' : '\n';
  return (
    `${run.initLog}START RequestId: ${requestId} Version: ${version}\n${output}${lineEnd}${outcome.logLine ?? ''}` +
    `END RequestId: ${requestId}\nREPORT RequestId: ${requestId}\tDuration: ${ending.durationMs.toFixed(2)} ms\t` +
    `Billed Duration: ${billedMs(ending)} ms\tMemory Size: ${memoryMb} MB\t` +
    `Max Memory Used: ${usedMb(ending, memoryMb)} MB\t${init}${status}\n`
  );
}

/** The line for an INIT that failed within the invocation that waited for it. */
export function describeInitFailure(outcome: Outcome, initMs: number): string {
  const type = outcome.reportedType === undefined ? '' : `\tError Type: ${outcome.reportedType}`;
  return `INIT_REPORT Init Duration: ${initMs.toFixed(2)} ms\tPhase: invoke\tStatus: ${outcome.status}${type}\n`;
}

export function createReport(run: Run, ending: Ending, facts: ReportedFunction): InvocationReport {
  const { outcome } = ending;
  const errorType = outcome.reportedType ?? outcome.errorType;
  const errorMessage = errorType === undefined ? undefined : readErrorMessage(outcome.payload);
  return {
    at: Date.now(),
    requestId: run.request.requestId,
    functionName: facts.functionName,
    version: facts.version,
    generation: ending.generation,
    durationMs: ending.durationMs,
    billedMs: billedMs(ending),
    ...(ending.initMs === undefined ? {} : { initMs: ending.initMs }),
    memoryMb: facts.memoryMb,
    maxMemoryMb: usedMb(ending, facts.memoryMb),
    status: outcome.status,
    ...(errorType === undefined ? {} : { errorType }),
    ...(errorMessage === undefined ? {} : { errorMessage }),
    log: renderLog(run, ending, facts),
  };
}

function readErrorMessage(payload: string): string | undefined {
  const error: unknown = JSON.parse(payload);
  if (typeof error !== 'object' || error === null || !('errorMessage' in error)) return undefined;
  return typeof error.errorMessage === 'string' ? error.errorMessage : undefined;
}
