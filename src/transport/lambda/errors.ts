/**
 * What went wrong on the way to Lambda, in the words of the pool. Decides one thing above all: whether the function is
 * known not to have run.
 */
import type { LambdaPoolErrorCode } from '../../shared/errors.ts';
import { isLambdaPoolError, LambdaPoolError } from '../../shared/errors.ts';
import { RequestFailure } from './http-handler.ts';

/** What an error message needs to know of the call. */
export interface CallFacts {
  readonly functionName: string;
  readonly profile?: string | undefined;
}

/** An error of the API: its name, status and the members that carry facts. Headers never leave this folder. */
interface ServiceFailure {
  readonly name: string;
  readonly message: string;
  readonly status: number;
  readonly requestId: string | undefined;
  readonly reason: string | undefined;
  readonly retryAfterMs: number | undefined;
}

/** How one kind of answer is told. */
interface Telling {
  readonly code: LambdaPoolErrorCode;
  readonly retryable?: boolean;
  readonly message: string;
}

/** Raised before the function is started; what is wrong may be mended, or passes by itself. All are 502 on the wire. */
const NOT_STARTED = /^(InvalidRuntime|InvalidZipFile|KMS|EC2|ENI|Subnet|ResourceNotReady)/;
/** The caller is not who he says, or may not. `AccessDenied` is what other services of AWS say. */
const NOT_ALLOWED =
  /^(AccessDenied|UnrecognizedClient|InvalidSignature|SignatureDoesNotMatch|ExpiredToken|InvalidClientTokenId|IncompleteSignature|MissingAuthenticationToken|NotAuthorized|OptInRequired|RequestExpired)/;
const STALE = /^(InvalidSignature|SignatureDoesNotMatch|ExpiredToken|RequestExpired)/;

/** Translates whatever the SDK or our HTTP handler threw. */
export function toPoolError(error: unknown, facts: CallFacts): LambdaPoolError {
  if (isLambdaPoolError(error)) return error;
  if (error instanceof RequestFailure) return fromRequestFailure(error);
  if (!(error instanceof Error)) return bug(String(error), error);
  const failure = serviceFailure(error);
  if (failure !== undefined) return fromServiceFailure(failure, facts, error);
  return fromSetup(error, facts);
}

function fromRequestFailure(failure: RequestFailure): LambdaPoolError {
  const { origin, message, cause } = failure;
  const details = { endpoint: origin, ...codeOf(cause) };
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

function isAws(origin: string): boolean {
  return /\.(amazonaws\.com(\.cn)?|api\.aws)(:\d+)?$/.test(origin);
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
  if (status === 429 || /^(Throttling|TooManyRequests)/.test(name)) {
    return { code: 'THROTTLED', retryable: true, message: throttled(failure, functionName) };
  }
  if (NOT_ALLOWED.test(name) || (status === 401 && name !== 'ResourceNotFoundException')) {
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
  if (STALE.test(name)) return 'Renew the credentials, and check the clock of this machine.';
  if (name.startsWith('AccessDenied'))
    return 'Allow these credentials the action lambda:InvokeFunction on it, or use others.';
  return 'Check the credentials and the region.';
}

/** Nothing was sent: region, credentials or endpoint could not be found out. */
function fromSetup(error: Error, { profile }: CallFacts): LambdaPoolError {
  if (/region is missing|region not set/i.test(error.message)) {
    const message = 'No AWS region is set. Give the option `region` or set the environment variable AWS_REGION.';
    return new LambdaPoolError('OPTION_INVALID', message, { cause: error, details: { option: 'region' } });
  }
  if (error.name.endsWith('ProviderError') || /credential/i.test(error.message)) {
    const whose = profile === undefined ? '' : ` for the profile ${profile}`;
    const message =
      `No usable AWS credentials${whose} (${bare(error.message)}). Set AWS_ACCESS_KEY_ID and ` +
      'AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or the option `credentials`.';
    return new LambdaPoolError('ACCESS_DENIED', message, { cause: error });
  }
  return bug(error.message, error);
}

function bug(message: string, cause: unknown): LambdaPoolError {
  return new LambdaPoolError('BUG', `The AWS SDK failed in a way that lambdapool does not know: ${message}`, { cause });
}

/** Reads an error of the SDK. Undefined: it did not come from an answer. */
function serviceFailure(error: Error): ServiceFailure | undefined {
  const metadata = memberOf(error, '$metadata');
  const status = memberOf(metadata, 'httpStatusCode');
  if (typeof status !== 'number') return undefined;
  const retryAfter = Number(memberOf(error, 'retryAfterSeconds') ?? NaN);
  return {
    name: error.name,
    message: error.message,
    status,
    requestId: stringOf(memberOf(metadata, 'requestId')),
    reason: stringOf(memberOf(error, 'Reason')),
    retryAfterMs: Number.isFinite(retryAfter) ? retryAfter * 1000 : undefined,
  };
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The system's word for it: `ECONNREFUSED`. */
function codeOf(cause: unknown): { readonly systemCode?: string } {
  const code = stringOf(memberOf(cause, 'code'));
  return code === undefined ? {} : { systemCode: code };
}

/** Without the full stop that some of AWS's messages end with. */
function bare(text: string): string {
  return text.trim().replace(/\.$/, '');
}

function withoutUndefined(facts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}
