/**
 * What went wrong on the way to Lambda, in the words of the pool. Decides one thing above all: whether the function is
 * known not to have run.
 */
import type { LambdaPoolErrorCode } from '../../shared/errors.ts';
import { isLambdaPoolError, LambdaPoolError } from '../../shared/errors.ts';
import { RequestFailure } from './http-handler.ts';
import {
  bare,
  isAws,
  isRefusal,
  isThrottle,
  remedyOf,
  serviceFailure,
  setupFailure,
  systemCodeOf,
  unknownFailure,
  withoutUndefined,
} from './service-failure.ts';
import type { ServiceFailure } from './service-failure.ts';

/** What an error message needs to know of the call. */
export interface CallFacts {
  readonly functionName: string;
  readonly profile?: string | undefined;
}

/** How one kind of answer is told. */
interface Telling {
  readonly code: LambdaPoolErrorCode;
  readonly retryable?: boolean;
  readonly message: string;
}

/** Raised before the function is started; what is wrong may be mended, or passes by itself. All are 502 on the wire. */
const NOT_STARTED = /^(InvalidRuntime|InvalidZipFile|KMS|EC2|ENI|Subnet|ResourceNotReady)/;
/** Translates whatever the SDK or our HTTP handler threw. */
export function toPoolError(error: unknown, facts: CallFacts): LambdaPoolError {
  if (isLambdaPoolError(error)) return error;
  if (error instanceof RequestFailure) return fromRequestFailure(error);
  if (!(error instanceof Error)) return unknownFailure(String(error), error);
  const failure = serviceFailure(error);
  if (failure !== undefined) return fromServiceFailure(failure, facts, error);
  return setupFailure(error, facts.profile);
}

function fromRequestFailure(failure: RequestFailure): LambdaPoolError {
  const { origin, message, cause } = failure;
  const details = { endpoint: origin, ...systemCodeOf(cause) };
  if (failure.sent) {
    return new LambdaPoolError(
      'OUTCOME_UNKNOWN',
      `The connection to ${origin} ended before the answer had come (${message}): nobody can tell whether the tasks ran.`,
      { cause: failure, details },
    );
  }
  const next = isAws(origin)
    ? 'Check the network and the region.'
    : 'Start what should listen there (`lambdapool dev`, for one), or check `endpoint`.';
  return new LambdaPoolError('UNREACHABLE', `Cannot reach Lambda at ${origin} (${message}). ${next}`, {
    cause: failure,
    details,
    retryable: true,
  });
}

function fromServiceFailure(failure: ServiceFailure, facts: CallFacts, cause: Error): LambdaPoolError {
  const { code, message, retryable } = tell(failure, facts);
  return new LambdaPoolError(code, message, {
    cause,
    retryable: retryable ?? false,
    details: withoutUndefined({
      awsCode: failure.name,
      status: failure.status,
      awsRequestId: failure.requestId,
      ...(code === 'THROTTLED' && { reason: failure.reason, retryAfterMs: failure.retryAfterMs }),
    }),
  });
}

/** Known not to have run: 429, 4xx, the 502 family that Lambda's API reference names for Invoke. The rest is unknown. */
function tell(failure: ServiceFailure, { functionName }: CallFacts): Telling {
  const { name, status } = failure;
  const said = `${name}: ${bare(failure.message)}`;
  if (isThrottle(failure)) {
    return { code: 'THROTTLED', retryable: true, message: throttled(failure, functionName) };
  }
  if (isRefusal(failure)) {
    return { code: 'ACCESS_DENIED', message: `Not allowed to invoke ${functionName} (${said}). ${remedy(name)}` };
  }
  if (name === 'ResourceNotFoundException') {
    return {
      code: 'FUNCTION_NOT_FOUND',
      message: `${bare(failure.message)}. Check its name and the region, or deploy it.`,
    };
  }
  if (status === 413) {
    return {
      code: 'PAYLOAD_TOO_LARGE',
      message: `The invocation is too large (${said}). Send less in one call, or a smaller \`chunksize\`.`,
    };
  }
  if (NOT_STARTED.test(name) || (status >= 408 && status <= 410)) {
    return { code: 'UNREACHABLE', retryable: true, message: `Lambda could not start ${functionName} (${said}).` };
  }
  if (status >= 500) {
    return {
      code: 'OUTCOME_UNKNOWN',
      message: `Lambda answered ${status} (${said}): nobody can tell whether the tasks ran.`,
    };
  }
  return refused(failure, said, functionName);
}

function refused({ name, status, message }: ServiceFailure, said: string, functionName: string): Telling {
  // Our emulator's word for it: nothing has ever been built that could run.
  if (name === 'BuildFailedException') return { code: 'BUILD_FAILED', message };
  if (name === 'InvalidRequestContentException' || status === 415) {
    return { code: 'BUG', message: `Lambda could not read what lambdapool sent (${said}). Please report it.` };
  }
  if (name === 'ValidationException' || name === 'InvalidParameterValueException') {
    return {
      code: 'OPTION_INVALID',
      message: `Lambda refused the function name ${functionName} or its qualifier (${said}).`,
    };
  }
  if (status === 403)
    return { code: 'ACCESS_DENIED', message: `Not allowed to invoke ${functionName} (${said}). ${remedy(name)}` };
  if (status === 404 || status < 400) {
    return {
      code: 'OPTION_INVALID',
      message: `The endpoint answered ${status} (${said}). It does not speak Lambda's API: check \`endpoint\`.`,
    };
  }
  return { code: 'UNREACHABLE', message: `Lambda refused to invoke ${functionName} (${said}).` };
}

function throttled({ reason, message }: ServiceFailure, functionName: string): string {
  const why = reason === undefined ? bare(message) : `${reason}: ${bare(message)}`;
  return `Lambda throttled ${functionName} (${why}). Fewer \`workers\` or a higher concurrency limit avoid this.`;
}

function remedy(name: string): string {
  return remedyOf(name, 'Allow these credentials the action lambda:InvokeFunction on it, or use others.');
}
