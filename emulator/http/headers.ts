/** Header names of Lambda's API, and what may stand in a header's value. */
import { randomBytes } from 'node:crypto';

/** Request headers, as Node spells them. */
export const REQUEST_HEADER = {
  invocationType: 'x-amz-invocation-type',
  logType: 'x-amz-log-type',
  clientContext: 'x-amz-client-context',
  tenantId: 'x-amz-tenant-id',
  durableExecutionName: 'x-amz-durable-execution-name',
  requestId: 'x-amzn-requestid',
  traceId: 'x-amzn-trace-id',
} as const;

/** Ours, on every answer: who answers is this emulator, which has Lambda and nothing else of AWS. */
export const EMULATOR_HEADER = 'x-lambdapool-emulator';

/** Answer headers, as AWS spells them. */
export const ANSWER_HEADER = {
  requestId: 'x-amzn-RequestId',
  errorType: 'x-amzn-ErrorType',
  remappedContentLength: 'x-amzn-Remapped-Content-Length',
  traceId: 'X-Amzn-Trace-Id',
  executedVersion: 'X-Amz-Executed-Version',
  functionError: 'X-Amz-Function-Error',
  logResult: 'X-Amz-Log-Result',
  /** Ours: why the answer comes from an older generation of the code. */
  buildError: 'x-lambdapool-build-error',
} as const;

const MAX_TEXT_LENGTH = 1_000;

/** Any text as a legal header value: one line of printable ASCII, the rest as `\u{...}`, at most 1,000 characters. */
export function headerText(text: string): string {
  const line = text.replace(/[\s]+/g, ' ').trim().slice(0, MAX_TEXT_LENGTH);
  return line
    .replace(/[^\x20-\x7e]/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`)
    .slice(0, MAX_TEXT_LENGTH);
}

// Unique, but no secret: real randomness for each request would cost a twentieth of it.
const TRACE_PREFIX = `-${randomBytes(8).toString('hex')}`;
const LINEAGE = randomBytes(4).toString('hex');
let traces = 0;

/** A trace header for a request that came without one, in the form that Lambda makes. */
export function newTraceId(): string {
  traces = (traces + 1) >>> 0;
  const count = traces.toString(16).padStart(8, '0');
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${seconds}${TRACE_PREFIX}${count};Parent=${LINEAGE}${count};Sampled=0;Lineage=1:${LINEAGE}:0`;
}
