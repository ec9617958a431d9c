/** What went wrong while deploying, in sentences that say what to do next. Pure. */
import type { LambdaPoolErrorCode } from '../shared/errors.ts';
import { isLambdaPoolError, LambdaPoolError } from '../shared/errors.ts';
import { RequestFailure } from '../transport/lambda/http-handler.ts';
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
} from '../transport/lambda/service-failure.ts';
import type { ServiceFailure } from '../transport/lambda/service-failure.ts';

/** What a sentence needs to know of a request. */
export interface RequestFacts {
  /** The permission that it needs: `lambda:CreateFunction`. */
  readonly action: string;
  readonly functionName: string;
  readonly target: {
    readonly region: string;
    readonly profile: string | undefined;
    readonly endpoint: string | undefined;
  };
}

/** The SDK could not parse the answer, and says so in the message for want of a better place. */
function isUnreadable(error: Error): boolean {
  return error.message.includes('Deserialization error');
}

function notAws({ status }: ServiceFailure, cause: Error, { action, target }: RequestFacts): LambdaPoolError {
  const message =
    `What answers at ${placeOf(target)} does not speak the API of AWS: it answered ${action} with ${status} and a text that ` +
    'is none of its. Check the address; another program may have the port, or a proxy stand in between.';
  return new LambdaPoolError('UNREACHABLE', message, { cause, details: { status, action } });
}

interface Telling {
  readonly code: LambdaPoolErrorCode;
  readonly message: string;
  readonly retryable?: boolean;
}

/** The sentence that ends most failures: all of this can be run again. */
export const RUN_AGAIN = 'Run it again: it goes on where it stopped.';

/** A failure of the deployment itself. */
export function deployFailed(
  message: string,
  details: Readonly<Record<string, unknown>> = {},
  cause?: unknown,
): LambdaPoolError {
  return new LambdaPoolError('DEPLOY_FAILED', message, { details, ...(cause !== undefined && { cause }) });
}

/** The name that AWS gave to an error, for those that are expected: `ResourceNotFoundException`. */
export function awsCodeOf(error: unknown): string | undefined {
  const code = isLambdaPoolError(error) ? error.details['awsCode'] : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** Whether there is no such thing. Lambda, IAM and S3 each have a name for it. */
export function isNotThere(error: unknown): boolean {
  if (isLambdaPoolError(error, 'FUNCTION_NOT_FOUND')) return true;
  return /^(ResourceNotFoundException|NoSuchEntity(Exception)?)$/.test(awsCodeOf(error) ?? '');
}

/** Whether something of that name is there already. */
export function isAlreadyThere(error: unknown): boolean {
  return /^(ResourceAlreadyExistsException|EntityAlreadyExists(Exception)?)$/.test(awsCodeOf(error) ?? '');
}

/** Whether a request was refused for good. After all else it may have been carried out, or be so the next time. */
export function isFinal(error: unknown): boolean {
  return !(isLambdaPoolError(error) && error.retryable);
}

/** Where a target is: `region eu-central-1`, `http://127.0.0.1:3001`. */
export function placeOf({ region, endpoint }: RequestFacts['target']): string {
  return endpoint ?? `region ${region}`;
}

/** Translates whatever the SDK or our HTTP handler threw. */
export function explainFailure(error: unknown, facts: RequestFacts): LambdaPoolError {
  if (isLambdaPoolError(error)) return error;
  if (error instanceof RequestFailure) return fromConnection(error, facts);
  if (!(error instanceof Error)) return unknownFailure(String(error), error);
  const failure = serviceFailure(error);
  if (failure === undefined) return setupFailure(error, facts.target.profile);
  if (isUnreadable(error)) return notAws(failure, error, facts);
  const { code, message, retryable } = tell(failure, facts);
  return new LambdaPoolError(code, message, {
    cause: error,
    retryable: retryable ?? false,
    details: withoutUndefined({
      awsCode: failure.name,
      status: failure.status,
      awsRequestId: failure.requestId,
      awsMessage: failure.message,
      action: facts.action,
    }),
  });
}

function fromConnection(failure: RequestFailure, { action }: RequestFacts): LambdaPoolError {
  const { origin, message, cause, sent } = failure;
  const next = isAws(origin)
    ? 'Check the network and the region.'
    : 'Start what should listen there (`lambdapool dev`, LocalStack), or check the endpoint.';
  const text = sent
    ? `The connection to ${origin} ended before the answer to ${action} had come (${message}). ${RUN_AGAIN}`
    : `Cannot reach ${origin} for ${action} (${message}). ${next}`;
  return new LambdaPoolError('UNREACHABLE', text, {
    cause: failure,
    details: { endpoint: origin, action, ...systemCodeOf(cause) },
    retryable: true,
  });
}

function tell(failure: ServiceFailure, facts: RequestFacts): Telling {
  const { name, status } = failure;
  const { action, functionName, target } = facts;
  const said = `${name}: ${bare(failure.message)}`;
  if (isThrottle(failure)) {
    return {
      code: 'THROTTLED',
      retryable: true,
      message: `AWS throttled ${action} (${said}). Wait a minute. ${RUN_AGAIN}`,
    };
  }
  if (isRefusal(failure) || status === 403) {
    const allow = `Allow these credentials the action ${missingAction(failure.message) ?? action}: \`lambdapool policy\` prints all that is needed.`;
    const next = status === 403 && !isRefusal(failure) ? allow : remedyOf(name, allow);
    return { code: 'ACCESS_DENIED', message: `Not allowed to call ${action} for ${functionName} (${said}). ${next}` };
  }
  const quota = quotaOf(failure);
  if (quota !== undefined) return { code: 'DEPLOY_FAILED', message: `${quota} (${said}).` };
  if (name === 'ResourceNotFoundException') {
    return { code: 'FUNCTION_NOT_FOUND', message: notFound(functionName, target) };
  }
  if (status === 413 || name === 'RequestEntityTooLargeException') {
    return { code: 'PAYLOAD_TOO_LARGE', message: `The code is too large for one request (${said}).` };
  }
  if (name === 'InvalidParameterValueException' || name === 'ValidationException') {
    return {
      code: 'OPTION_INVALID',
      message: `A setting of ${functionName} was refused by ${action} (${said}). Correct it.`,
    };
  }
  return other(failure, said, facts);
}

/** AWS: a request can need more than the permission that it is named after, and the message says which: iam:PassRole. */
function missingAction(message: string): string | undefined {
  return /not authorized to perform: ([a-z0-9-]+:[a-z]+)/i.exec(message)?.[1];
}

function other({ name, status }: ServiceFailure, said: string, { action, target }: RequestFacts): Telling {
  if (/^(ResourceConflict|OperationAborted|ConcurrentModification)/.test(name)) {
    return {
      code: 'DEPLOY_FAILED',
      retryable: true,
      message: `${action} met another change under way (${said}). ${RUN_AGAIN}`,
    };
  }
  if (status >= 500) {
    const place = placeOf(target);
    return {
      code: 'DEPLOY_FAILED',
      retryable: true,
      message: `${action} failed at ${place} with ${status} (${said}). ${RUN_AGAIN}`,
    };
  }
  const next = target.endpoint === undefined ? '' : ` Does ${target.endpoint} speak the API of AWS?`;
  return { code: 'DEPLOY_FAILED', message: `${action} was refused (${said}).${next}` };
}

export function notFound(functionName: string, target: RequestFacts['target']): string {
  return (
    `There is no function ${functionName} in ${placeOf(target)}. Check its name and the place, ` +
    `or make it with \`lambdapool create ${functionName}\`.`
  );
}

/** Quotas have a name of their own in each service. */
function quotaOf({ name }: ServiceFailure): string | undefined {
  if (name === 'CodeStorageExceededException') {
    return 'The account has no room for more code: delete functions or old versions, or ask AWS for a higher quota of Lambda';
  }
  if (/^(LimitExceeded(Exception)?|ServiceQuotaExceeded(Exception)?)$/.test(name)) {
    return 'A quota of the account is reached: delete what is not needed, or ask AWS for a higher one';
  }
  return undefined;
}
