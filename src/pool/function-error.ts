/** What Lambda's own account of a failed invocation means. Pure. */
import type { InvokeResponse } from '../transport/transport.ts';

/** How an environment can end without an answer of the agent. */
export type FaultCode =
  'TASK_TIMEOUT' | 'TASK_OUT_OF_MEMORY' | 'TASK_EXITED' | 'PAYLOAD_TOO_LARGE' | 'INIT_FAILED' | 'TASKS_DIFFER';

/** An invocation that ended without an answer of the agent. */
export interface FunctionFault {
  readonly code: FaultCode;
  /** Lambda's message, without the request id. */
  readonly message: string;
  /** Lambda's `errorType`: `Runtime.ExitError`. Empty if it gave none. */
  readonly errorType: string;
  /** No call of the chunk has run. */
  readonly beforeAnyCall: boolean;
}

// AWS: observed; names in aws/aws-lambda-runtime-interface-emulator and aws/aws-lambda-nodejs-runtime-interface-client, read 2026-11
const INIT_ERRORS = new Set([
  'Runtime.ImportModuleError',
  'Runtime.UserCodeSyntaxError',
  'Runtime.HandlerNotFound',
  'Runtime.MalformedHandlerName',
  'Runtime.CallbackHandlerDeprecated',
  'Runtime.InvalidEntrypoint',
  'Runtime.InvalidStreamingOperation',
]);
/** How an agent rejects a request of the wrong shape or version. */
const AGENT_REFUSALS = new Set(['EventInvalid', 'ProtocolMismatch']);
/** A start that failed within the invocation, and was not tried again. */
const INIT_FAILED_LOG = /INIT_REPORT[^\n]*Phase: invoke[^\n]*Status: error/;
const REQUEST_ID = /^RequestId: \S+ (Error: )?/;
const OUT_OF_MEMORY_LOG = /Runtime\.OutOfMemory|JavaScript heap out of memory/;

/** Reads the answer of an invocation that has a `functionError`. */
export function readFunctionError(response: InvokeResponse): FunctionFault {
  const { errorType, errorMessage } = parse(response.payload);
  const message = errorMessage.replace(REQUEST_ID, '');
  const code = codeOf(errorType, message, response.logTail ?? '');
  return { code, message, errorType, beforeAnyCall: code === 'INIT_FAILED' || code === 'TASKS_DIFFER' };
}

function codeOf(errorType: string, message: string, logTail: string): FaultCode {
  // Until 2025 a timeout had no type, only this message.
  if (errorType === 'Sandbox.Timedout' || /Task timed out after/.test(message)) return 'TASK_TIMEOUT';
  if (AGENT_REFUSALS.has(errorType)) return 'TASKS_DIFFER';
  if (INIT_ERRORS.has(errorType) || INIT_FAILED_LOG.test(logTail)) return 'INIT_FAILED';
  if (errorType === 'Function.ResponseSizeTooLarge') return 'PAYLOAD_TOO_LARGE';
  if (errorType === 'Runtime.OutOfMemory' || OUT_OF_MEMORY_LOG.test(logTail)) return 'TASK_OUT_OF_MEMORY';
  // Lambda kills with SIGKILL for one reason only.
  if (errorType === 'Runtime.ExitError' && message.includes('signal: killed')) return 'TASK_OUT_OF_MEMORY';
  return 'TASK_EXITED';
}

function parse(payload: string): { readonly errorType: string; readonly errorMessage: string } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(payload);
  } catch {
    return { errorType: '', errorMessage: payload };
  }
  if (typeof parsed !== 'object' || parsed === null) return { errorType: '', errorMessage: payload };
  const errorType = 'errorType' in parsed ? String(parsed.errorType) : '';
  const errorMessage = 'errorMessage' in parsed ? String(parsed.errorMessage) : payload;
  return { errorType, errorMessage };
}
