/** What becomes of an invocation that its code did not answer: Lambda's payloads, to the letter. Pure. */
import { exceedsBytes, MAX_SYNC_RESPONSE_BYTES } from '../limits.ts';
import type { SandboxAnswer } from '../sandbox/messages.ts';
import type { SandboxExit } from '../sandbox/sandbox.ts';

/** How an invocation ended, before it is known whose it is. */
export interface Outcome {
  readonly payload: string;
  /** `X-Amz-Function-Error` is set exactly if this is. */
  readonly errorType: string | undefined;
  readonly status: 'success' | 'error' | 'timeout';
  /** `Error Type` of the REPORT line: only for what Lambda itself has to say. */
  readonly reportedType?: string;
  /** What Lambda writes to the log before END. */
  readonly logLine?: string;
  /** Lambda reports the full memory size then. */
  readonly outOfMemory?: true;
}

/** An outcome that names the request it is for. */
export type OutcomeFor = (requestId: string) => Outcome;

export function answered(answer: SandboxAnswer): Outcome {
  if (exceedsBytes(answer.payload, MAX_SYNC_RESPONSE_BYTES)) return TOO_LARGE;
  return {
    payload: answer.payload,
    errorType: answer.errorType,
    status: answer.errorType === undefined ? 'success' : 'error',
  };
}

// AWS: recorded 2025-11 with this order of keys, unlike the others.
const TOO_LARGE: Outcome = {
  payload: `{"errorMessage":"Response payload size exceeded maximum allowed payload size (${MAX_SYNC_RESPONSE_BYTES} bytes).","errorType":"Function.ResponseSizeTooLarge"}`,
  errorType: 'Function.ResponseSizeTooLarge',
  status: 'error',
  reportedType: 'Function.ResponseSizeTooLarge',
};

export function timedOut(requestId: string, timeoutMs: number): Outcome {
  const message = `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
  return {
    payload: JSON.stringify({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${requestId} Error: ${message}`,
    }),
    errorType: 'Sandbox.Timedout',
    status: 'timeout',
    logLine: `${new Date().toISOString()} ${requestId} ${message}\n\n`,
  };
}

export function exited(requestId: string, exit: SandboxExit): Outcome {
  const reason = exit.reason;
  const text =
    reason === undefined ? 'Runtime exited without providing a reason' : `Runtime exited with error: ${reason}`;
  const errorMessage = `RequestId: ${requestId} Error: ${text}`;
  return {
    payload: JSON.stringify({ errorType: 'Runtime.ExitError', errorMessage }),
    errorType: 'Runtime.ExitError',
    status: 'error',
    reportedType: exit.outOfMemory ? 'Runtime.OutOfMemory' : 'Runtime.ExitError',
    logLine: `${errorMessage}\nRuntime.ExitError\n`,
    ...(exit.outOfMemory ? { outOfMemory: true } : {}),
  };
}

/** The handler could not be loaded. */
export function loadFailed(errorType: string, payload: string): Outcome {
  return { payload, errorType, status: 'error', reportedType: errorType };
}
