/** A bucket of S3 at the same target as the function: where Lambda is not AWS's, S3 is not either. Loads the AWS SDK. */
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { OBJECT_TYPE, TransferError } from '../../../agent/claim-transfer.ts';
import type { ObjectMethod, PayloadBucket } from '../claim/bucket.ts';
import { bucketNotReady } from '../claim/failures.ts';
import type { LambdaTransportOptions } from '../lambda.ts';
import { toPoolError } from './errors.ts';
import { isAws } from './service-failure.ts';
import { originOf } from './sdk-origin.ts';
import { regionOf } from './stand-in.ts';

/** The longest that a function may run, as long again for transfers, and a little for clocks that differ. */
const URL_LIFE_S = 1_860;
/** Longest wait for a word from a stand-in for S3. */
const ANSWER_TIMEOUT_MS = 10_000;
/** Our emulator sends its version with every answer: what runs there finds the objects at the very same URLs. */
const EMULATOR_HEADER = 'x-lambdapool-emulator';
/** A bucket that is being asked for. It need not be there. */
const ANY_BUCKET = 'lambdapool';

/** What says where S3 is, and who asks. */
type Access = Pick<LambdaTransportOptions, 'functionName' | 'region' | 'credentials' | 'profile' | 'endpoint'>;

/**
 * On AWS the bucket must be there. At a stand-in, such as LocalStack or an emulator, it is made if it is missing.
 * @throws {LambdaPoolError} OPTION_INVALID, ACCESS_DENIED, UNREACHABLE
 */
export async function openS3Bucket(name: string, access: Access): Promise<PayloadBucket> {
  let client: S3Client | undefined;
  try {
    const endpoint = await findEndpoint(access);
    client = await makeClient(access, endpoint);
    const sign = await signer(client, name);
    const isLocal = endpoint !== undefined && (await prepare(client, name));
    return { name, isLocal, sign: (method, key) => sign(method, key).catch(rethrow(access)), ...closing(client) };
  } catch (error) {
    client?.destroy();
    throw toPoolError(bucketNotReady(error, name), access);
  }
}

function closing(client: S3Client): AsyncDisposable {
  return {
    [Symbol.asyncDispose]: () => {
      client.destroy();
      return Promise.resolve();
    },
  };
}

function rethrow(access: Access): (error: unknown) => never {
  return (error) => {
    throw toPoolError(error, access);
  };
}

async function makeClient(access: Access, endpoint: string | undefined): Promise<S3Client> {
  const { S3Client } = await import('@aws-sdk/client-s3');
  const { credentials } = access;
  return new S3Client({
    ...whereabouts(access),
    ...(credentials !== undefined && { credentials }),
    // A checksum would have to be known before the object is.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
  });
}

function whereabouts({ region, functionName, profile }: Access): Pick<S3ClientConfig, 'region' | 'profile'> {
  const where = region ?? regionOf(functionName);
  return { ...(where !== undefined && { region: where }), ...(profile !== undefined && { profile }) };
}

/** Where S3 is, if it is not AWS's. What is said of S3 alone counts most; an endpoint of Lambda's alone counts for S3, too. */
async function findEndpoint(access: Access): Promise<string | undefined> {
  const config = { ...whereabouts(access), credentials: { accessKeyId: 'none', secretAccessKey: 'none' } };
  const own = await originOf(async (requestHandler) => {
    const { HeadBucketCommand, S3Client } = await import('@aws-sdk/client-s3');
    // In the path, the bucket stays out of the name of the host.
    const client = new S3Client({ ...config, requestHandler, maxAttempts: 1, forcePathStyle: true });
    await client.send(new HeadBucketCommand({ Bucket: ANY_BUCKET }));
  });
  const lambda = await originOf(async (requestHandler) => {
    const { GetAccountSettingsCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
    const endpoint = access.endpoint === undefined ? {} : { endpoint: access.endpoint };
    const client = new LambdaClient({ ...config, ...endpoint, requestHandler, maxAttempts: 1 });
    await client.send(new GetAccountSettingsCommand({}));
  });
  const ofS3 = isAws(own) ? undefined : own;
  if (isAws(lambda)) return ofS3;
  const isGeneral = access.endpoint !== undefined && !process.env['AWS_ENDPOINT_URL_S3'];
  return isGeneral ? lambda : (ofS3 ?? lambda);
}

async function signer(
  client: S3Client,
  bucket: string,
): Promise<(method: ObjectMethod, key: string) => Promise<string>> {
  const [{ DeleteObjectCommand, GetObjectCommand, PutObjectCommand }, { getSignedUrl }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('@aws-sdk/s3-request-presigner'),
  ]);
  const options = { expiresIn: URL_LIFE_S };
  return (method, key) => {
    const object = { Bucket: bucket, Key: key };
    if (method === 'GET') return getSignedUrl(client, new GetObjectCommand(object), options);
    if (method === 'DELETE') return getSignedUrl(client, new DeleteObjectCommand(object), options);
    const command = new PutObjectCommand({ ...object, ContentType: OBJECT_TYPE });
    return getSignedUrl(client, command, { ...options, signableHeaders: new Set(['content-type']) });
  };
}

/** Makes the bucket where it is missing. @returns Whether it is in our emulator. */
async function prepare(client: S3Client, name: string): Promise<boolean> {
  const [{ CreateBucketCommand, HeadBucketCommand }, { getSignedUrl }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('@aws-sdk/s3-request-presigner'),
  ]);
  const bucket = { Bucket: name };
  const found = await ask('HEAD', await getSignedUrl(client, new HeadBucketCommand(bucket)));
  if (found.status === 404) {
    const region = await client.config.region();
    const where =
      region === 'us-east-1' ? undefined : `${XML}<LocationConstraint>${region}</LocationConstraint>${XML_END}`;
    const made = await ask('PUT', await getSignedUrl(client, new CreateBucketCommand(bucket)), where);
    // Another pool may have been faster.
    if (!made.ok && made.status !== 409) throw refusal(made);
  } else if (!found.ok) {
    throw refusal(found);
  }
  return found.headers.has(EMULATOR_HEADER);
}

const XML = '<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">';
const XML_END = '</CreateBucketConfiguration>';

async function ask(method: 'HEAD' | 'PUT', url: string, body?: string): Promise<Response> {
  const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  try {
    const response = await fetch(url, { method, signal, redirect: 'manual', ...(body !== undefined && { body }) });
    await response.body?.cancel();
    return response;
  } catch {
    // Never with fetch's own error: it may show the URL, and with it the signature.
    throw new TransferError(`${new URL(url).host} could not be reached`, { isTemporary: true });
  }
}

function refusal(response: Response): TransferError {
  const { status } = response;
  return new TransferError(`${new URL(response.url).host} answered ${status}`, { status, isTemporary: status >= 500 });
}
