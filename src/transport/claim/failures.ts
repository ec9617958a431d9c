/** What goes wrong with an object in a bucket, in the words of the pool. Pure. Decides whether the calls are known not to have run. */
import { TransferError } from '../../../agent/claim-transfer.ts';
import type { ClaimReply } from '../../../agent/protocol.ts';
import { LambdaPoolError, isLambdaPoolError } from '../../shared/errors.ts';
import type { LambdaPoolErrorCode } from '../../shared/errors.ts';

/** What the agent says of an object that did not come or go. */
export type AgentFailure = Extract<ClaimReply['claim'], { readonly failed: string }>;

/** What is known of a transfer that failed, on either side. */
type Failure = Pick<TransferError, 'message' | 'isTemporary'> & {
  readonly status?: number | undefined;
  readonly awsCode?: string | undefined;
  readonly bucketRegion?: string | undefined;
};

interface Telling {
  readonly code: LambdaPoolErrorCode;
  readonly next: string;
}

const STALE = /^(ExpiredToken|InvalidToken|TokenRefreshRequired|RequestTimeTooSkewed|RequestExpired)$/;
const UNKNOWN_KEY = /^(InvalidAccessKeyId|SignatureDoesNotMatch)$/;
const ELSEWHERE =
  /^(PermanentRedirect|TemporaryRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException)$/;

/** The request could not be put into the bucket: nothing was sent. Passes on what is no failure of a transfer. */
export function uploadFailed(error: unknown, bucket: string): unknown {
  if (!(error instanceof TransferError)) return error;
  const { code, next } = tell(error, bucket, 's3:PutObject');
  const message = `Could not put a request into the bucket ${bucket} (${error.message}). ${next} Nothing was sent.`;
  return poolError(code, message, error);
}

/** The agent could not get the request: nothing has run. */
export function requestNotGot(failure: AgentFailure, bucket: string): LambdaPoolError {
  const { status, isTemporary } = failure;
  const { code, next } =
    status === undefined && isTemporary
      ? { code: 'UNREACHABLE' as const, next: 'Does it have a way to S3? In a VPC it needs a gateway endpoint.' }
      : tell(failure, bucket, 's3:GetObject');
  const message = `The function could not get its request from the bucket ${bucket} (${failure.message}), so nothing has run. ${next}`;
  // Without an answer it has been tried long enough: the way is missing.
  return poolError(code, message, { ...failure, isTemporary: isTemporary && status !== undefined });
}

/** The agent could not put the reply: everything has run, and the results are lost. */
export function replyNotPut(failure: AgentFailure, bucket: string): LambdaPoolError {
  const { next } = tell(failure, bucket, 's3:PutObject');
  const message = `The tasks ran, but their results could not be put into the bucket ${bucket} (${failure.message}). ${next}`;
  return poolError('OUTCOME_UNKNOWN', message, failure);
}

/** The reply lies in the bucket, and cannot be got. Passes on what is no failure of a transfer. */
export function replyNotGot(error: unknown, bucket: string): unknown {
  if (!(error instanceof TransferError)) return error;
  const { next } = tell(error, bucket, 's3:GetObject');
  const message = `The tasks ran, but their results could not be got from the bucket ${bucket} (${error.message}). ${next}`;
  return poolError('OUTCOME_UNKNOWN', message, error);
}

/** The bucket that a stand-in for S3 was asked for. */
export function bucketNotReady(error: unknown, bucket: string): unknown {
  if (!(error instanceof TransferError)) return error;
  const { code, next } = tell(error, bucket, 's3:ListBucket');
  return poolError(code, `Could not look for the bucket ${bucket} (${error.message}). ${next}`, error);
}

/** Why an object stays, and what takes it away. */
export function objectStays(error: unknown, bucket: string): string {
  const reason = error instanceof Error ? error.message : String(error);
  const permission = error instanceof TransferError && error.status === 403 ? ' Allow s3:DeleteObject on it.' : '';
  return (
    `An object below lambdapool/ could not be deleted from the bucket ${bucket} and stays (${reason}).${permission} ` +
    'Others may follow without another warning: a lifecycle rule for that prefix removes them.'
  );
}

function tell(failure: Failure, bucket: string, permission: string): Telling {
  const { status, awsCode = '', bucketRegion, isTemporary } = failure;
  if (ELSEWHERE.test(awsCode) || status === 301 || status === 307) {
    const where = bucketRegion === undefined ? 'another region' : `the region ${bucketRegion}`;
    return { code: 'OPTION_INVALID', next: `It is in ${where}: use one in the region of the function.` };
  }
  if (awsCode === 'NoSuchBucket') return { code: 'OPTION_INVALID', next: missing(bucket) };
  if (awsCode === 'NoSuchKey') {
    return {
      code: 'UNREACHABLE',
      next: 'It was deleted before its time: does a lifecycle rule of less than a day do that?',
    };
  }
  if (status === 404) return { code: 'OPTION_INVALID', next: missing(bucket) };
  if (STALE.test(awsCode)) {
    return { code: 'ACCESS_DENIED', next: 'Renew the credentials, and check the clock of this machine.' };
  }
  if (UNKNOWN_KEY.test(awsCode)) return { code: 'ACCESS_DENIED', next: 'Check the credentials and the region.' };
  if (status === 401 || status === 403) return { code: 'ACCESS_DENIED', next: notAllowed(bucket, permission) };
  return { code: 'UNREACHABLE', next: isTemporary ? 'Check the network and the endpoint.' : 'Check the bucket.' };
}

function missing(bucket: string): string {
  return `There is no such bucket: create it (\`aws s3 mb s3://${bucket}\`), or correct \`payloadBucket\`.`;
}

function notAllowed(bucket: string, permission: string): string {
  return (
    `Allow the credentials of the pool ${permission} on arn:aws:s3:::${bucket}/lambdapool/*; a URL that they have signed ` +
    'also ends with them.'
  );
}

function poolError(code: LambdaPoolErrorCode, message: string, failure: Failure): LambdaPoolError {
  const { status, awsCode, isTemporary } = failure;
  const details = { ...(status !== undefined && { status }), ...(awsCode !== undefined && { awsCode }) };
  // Without the failure as its cause: the message has all that it knows.
  return new LambdaPoolError(code, message, { details, retryable: code === 'UNREACHABLE' && isTemporary });
}

/** Whether the invocation is known not to have run, and so will never put a reply. */
export function hasNotRun(error: unknown): boolean {
  return isLambdaPoolError(error) && error.code !== 'OUTCOME_UNKNOWN';
}
