/** What the AWS SDK throws, read apart from what is made of it: invoking and deploying tell it each in its own words. Pure. */
import { LambdaPoolError } from '../../shared/errors.ts';

/** An error of an API: its name, status and the members that carry facts. Headers never leave this folder. */
export interface ServiceFailure {
  readonly name: string;
  readonly message: string;
  readonly status: number;
  readonly requestId: string | undefined;
  readonly reason: string | undefined;
  readonly retryAfterMs: number | undefined;
}

/** The caller is not who he says, or may not. `AccessDenied` is what other services of AWS say. */
const NOT_ALLOWED =
  /^(AccessDenied|UnrecognizedClient|InvalidSignature|SignatureDoesNotMatch|ExpiredToken|InvalidClientTokenId|InvalidAccessKeyId|IncompleteSignature|MissingAuthenticationToken|NotAuthorized|OptInRequired|RequestExpired)/;
const STALE = /^(InvalidSignature|SignatureDoesNotMatch|ExpiredToken|RequestExpired)/;

/** Whether the service refused the caller, not the request. */
export function isRefusal({ name, status }: ServiceFailure): boolean {
  return NOT_ALLOWED.test(name) || (status === 401 && name !== 'ResourceNotFoundException');
}

/** Whether the request may be made again later, as it is. */
export function isThrottle({ name, status }: ServiceFailure): boolean {
  return status === 429 || /^(Throttl|TooManyRequests|RequestLimitExceeded|SlowDown)/.test(name);
}

/** What mends a refusal. `allow` says what permission to give where that is what is missing. */
export function remedyOf(name: string, allow: string): string {
  if (STALE.test(name)) return 'Renew the credentials, and check the clock of this machine.';
  return name.startsWith('AccessDenied') ? allow : 'Check the credentials and the region.';
}

/** Reads an error of the SDK. Undefined: it did not come from an answer. */
export function serviceFailure(error: Error): ServiceFailure | undefined {
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

/** What was wrong before anything was sent: region, credentials or endpoint could not be found out. */
export function setupFailure(error: Error, profile: string | undefined): LambdaPoolError {
  if (/region is missing|region not set/i.test(error.message)) {
    const whose = profile === undefined ? '' : `, and the profile ${profile} has none`;
    const message =
      `No AWS region is set${whose}. Set the environment variable AWS_REGION, or give it: \`--region\` on the command line, ` +
      '`region` of a transport or the configuration, `awsRegionName` of a pool.';
    return new LambdaPoolError('OPTION_INVALID', message, { cause: error, details: { option: 'region' } });
  }
  if (error.name.endsWith('ProviderError') || /credential/i.test(error.message)) {
    const whose = profile === undefined ? '' : ` for the profile ${profile}`;
    const next =
      profile === undefined
        ? 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.'
        : `Check its name in the files of AWS (\`aws configure list-profiles\`), or sign in: \`aws sso login --profile ${profile}\`.`;
    const message = `No usable AWS credentials${whose} (${bare(error.message)}). ${next}`;
    return new LambdaPoolError('ACCESS_DENIED', message, { cause: error });
  }
  return unknownFailure(error.message, error);
}

export function unknownFailure(message: string, cause: unknown): LambdaPoolError {
  return new LambdaPoolError('BUG', `The AWS SDK failed in a way that lambdapool does not know: ${message}`, { cause });
}

/** Whether an origin such as `https://lambda.eu-central-1.amazonaws.com` is AWS's own. */
export function isAws(origin: string): boolean {
  return /\.(amazonaws\.(com(\.cn)?|eu)|api\.aws)(:\d+)?$/.test(origin);
}

/** The system's word for it: `ECONNREFUSED`. */
export function systemCodeOf(cause: unknown): { readonly systemCode?: string } {
  const code = stringOf(memberOf(cause, 'code'));
  return code === undefined ? {} : { systemCode: code };
}

/** Without the full stop that some of AWS's messages end with. */
export function bare(text: string): string {
  return text.trim().replace(/\.$/, '');
}

export function withoutUndefined(facts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
