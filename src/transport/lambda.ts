/** The transport to AWS Lambda, or to any endpoint that speaks its API. Loads the AWS SDK at the first invocation. */
import type { InvokeCommand, InvokeCommandOutput, LambdaClient, LambdaClientConfig } from '@aws-sdk/client-lambda';
import { waitFor } from '../shared/abort.ts';
import { checkBucketName } from '../shared/bucket-name.ts';
import { LambdaPoolError } from '../shared/errors.ts';
import { checkBoolean, checkKeys, checkString, invalidOption } from '../shared/options.ts';
import { claimChecking } from './claim/claim-transport.ts';
import { toPoolError } from './lambda/errors.ts';
import { isRemote, packPayload, unpackPayload } from './lambda/packing.ts';
import { endpointOf, regionOf, withStandIns } from './lambda/stand-in.ts';
import type { InvokeRequest, InvokeResponse, Transport } from './transport.ts';

/** Options of `lambdaTransport`. */
export interface LambdaTransportOptions {
  /** The function that holds the agent: its name, `name:qualifier`, or its ARN. */
  readonly functionName: string;
  /**
   * AWS region.
   * @default that of an ARN in `functionName`, else AWS_REGION, else that of the profile; us-east-1 for an
   * endpoint on this machine
   */
  readonly region?: string;
  /**
   * Credentials, or a function that gets them, such as those of `@aws-sdk/credential-providers`.
   * @default the SDK's chain: environment variables, profile, single sign-on, container, instance. For an
   * endpoint on this machine, dummies unless environment variables or a profile say otherwise
   */
  readonly credentials?: LambdaTransportCredentials;
  /**
   * Name of a profile in the shared AWS configuration files: region and keys are its. Its `endpoint_url` is not: the SDK takes
   * that of AWS_PROFILE alone.
   * @default AWS_PROFILE, else `default`
   */
  readonly profile?: string;
  /**
   * URL to call instead of AWS's: an emulator, LocalStack, a VPC endpoint.
   * @default AWS_ENDPOINT_URL_LAMBDA, else AWS_ENDPOINT_URL, else AWS's own
   */
  readonly endpoint?: string;
  /** Version or alias to invoke, where `functionName` has none. */
  readonly qualifier?: string;
  /**
   * Gzip requests, and let the function gzip its replies to them, where that makes them much shorter: those of a pool, of
   * 64 kB or more, of text such as tables. Lambda's limit of 6 MiB counts for what is not gzipped yet. Takes some of
   * the function's time: switch it off for functions of little memory, which have little of a core.
   * @default true; false where the endpoint is this machine
   */
  readonly compress?: boolean;
  /**
   * A bucket in the function's region, through which calls and results travel that Lambda does not carry, up to 256 MiB
   * each; they are deleted afterwards. The credentials need s3:PutObject, s3:GetObject and s3:DeleteObject on
   * `lambdapool/*` in it, the function needs nothing.
   * @default none: 6 MiB are the limit
   */
  readonly payloadBucket?: string;
}

/** An access key, or a function that gets one. */
export type LambdaTransportCredentials = NonNullable<LambdaClientConfig['credentials']>;

const KNOWN = [
  'functionName',
  'region',
  'credentials',
  'profile',
  'endpoint',
  'qualifier',
  'compress',
  'payloadBucket',
];

/** A function may run for 900 s; its answer may take a moment more. */
const REQUEST_TIMEOUT_MS = 910_000;
/** Enough for the burst in which a large pool opens all its connections. */
const CONNECT_TIMEOUT_MS = 30_000;
/** Sent by our emulator while the code on disk does not build and older code answers. */
const BUILD_ERROR_HEADER = 'x-lambdapool-build-error';

/**
 * A transport that invokes a function of AWS Lambda. It neither retries nor limits: both are the pool's. One answer is
 * waited for 910 s, the longest that a function can run and a little more.
 * @throws {LambdaPoolError} OPTION_INVALID at once.
 * @example
 * const transport = lambdaTransport({ functionName: 'math-helpers', region: 'eu-central-1' });
 */
export function lambdaTransport(options: LambdaTransportOptions): Transport {
  const checked = checkOptions(options);
  const transport = new LambdaTransport(checked);
  const { payloadBucket } = checked;
  if (payloadBucket === undefined) return transport;
  return claimChecking(transport, async () => {
    const { openS3Bucket } = await import('./lambda/s3-bucket.ts');
    return openS3Bucket(payloadBucket, await withStandIns(checked));
  });
}

function checkOptions(options: LambdaTransportOptions): LambdaTransportOptions {
  checkKeys('lambdaTransport()', options, KNOWN);
  const { functionName, region, credentials, profile, endpoint, qualifier, compress, payloadBucket } = options;
  checkString('functionName', functionName);
  if (region !== undefined) checkString('region', region);
  if (profile !== undefined) checkString('profile', profile);
  if (qualifier !== undefined) checkString('qualifier', qualifier);
  if (compress !== undefined) checkBoolean('compress', compress);
  if (payloadBucket !== undefined) checkBucketName('payloadBucket', payloadBucket);
  if (endpoint !== undefined && !/^https?:$/.test(URL.parse(checkString('endpoint', endpoint))?.protocol ?? '')) {
    throw invalidOption('endpoint', 'an http: or https: URL', endpoint);
  }
  if (credentials !== undefined && typeof credentials !== 'function') {
    // Never with the value: it is a secret.
    const { accessKeyId, secretAccessKey } = credentials ?? {};
    if (typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string') {
      const expected = '`{ accessKeyId, secretAccessKey, sessionToken? }` or a function';
      throw new LambdaPoolError('OPTION_INVALID', `Expected the option \`credentials\` to be ${expected}.`, {
        details: { option: 'credentials' },
      });
    }
  }
  return options;
}

class LambdaTransport implements Transport {
  readonly name = 'lambda';
  readonly #options: LambdaTransportOptions;
  readonly #compresses: boolean;
  #sdk: Promise<Sdk> | undefined;
  #closed = false;

  constructor(options: LambdaTransportOptions) {
    this.#options = options;
    this.#compresses = options.compress ?? isRemote(endpointOf(options));
  }

  async invoke(request: InvokeRequest, { signal }: { readonly signal: AbortSignal }): Promise<InvokeResponse> {
    if (this.#closed) throw new LambdaPoolError('POOL_CLOSED', 'The Lambda transport has been closed.');
    signal.throwIfAborted();
    this.#sdk ??= loadSdk(this.#options);
    try {
      // The SDK heeds the signal only once credentials are there, which can take seconds.
      return await waitFor(this.#send(await this.#sdk, request, signal), { signal }, 'The invocation');
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw toPoolError(error, this.#options);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    const sdk = await this.#sdk?.catch(() => undefined);
    sdk?.client.destroy();
  }

  async #send(sdk: Sdk, request: InvokeRequest, signal: AbortSignal): Promise<InvokeResponse> {
    const { functionName, qualifier } = this.#options;
    const packed = this.#compresses ? await packPayload(request.payload) : undefined;
    const command = new sdk.InvokeCommand({
      FunctionName: functionName,
      Payload: Buffer.from(packed ?? request.payload),
      ...(qualifier !== undefined && { Qualifier: qualifier }),
      ...(request.logs && { LogType: 'Tail' as const }),
    });
    const answer = response(await sdk.client.send(command, { abortSignal: signal }));
    return packed === undefined ? answer : { ...answer, payload: await unpackPayload(answer.payload) };
  }
}

interface Sdk {
  readonly client: LambdaClient;
  readonly InvokeCommand: typeof InvokeCommand;
}

async function loadSdk(options: LambdaTransportOptions): Promise<Sdk> {
  const [{ LambdaClient, InvokeCommand }, { LambdaHttpHandler }] = await Promise.all([
    import('@aws-sdk/client-lambda'),
    import('./lambda/http-handler.ts'),
  ]);
  const { credentials, profile, endpoint, ...access } = await withStandIns(options);
  const region = access.region ?? regionOf(access.functionName);
  const client = new LambdaClient({
    // Retries are the pool's: the SDK's own share one budget per client, and lose calls under throttling.
    maxAttempts: 1,
    retryMode: 'standard',
    requestHandler: new LambdaHttpHandler({
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      onHeaders: warnOfBuildErrors(),
    }),
    ...(region !== undefined && { region }),
    ...(credentials !== undefined && { credentials }),
    ...(profile !== undefined && { profile }),
    ...(endpoint !== undefined && { endpoint }),
  });
  return { client, InvokeCommand };
}

/** One process warning for each build error, not for each answer. */
function warnOfBuildErrors(): (headers: Readonly<Record<string, string>>) => void {
  let last: string | undefined;
  return (headers) => {
    const error = headers[BUILD_ERROR_HEADER];
    if (error !== undefined && error !== last) {
      process.emitWarning(`The tasks do not build, an older generation answers: ${error}`, 'LambdaPoolWarning');
    }
    last = error;
  };
}

function response(output: InvokeCommandOutput): InvokeResponse {
  const { Payload, FunctionError, ExecutedVersion, LogResult, $metadata } = output;
  return {
    payload: Payload?.transformToString() ?? '',
    requestId: $metadata.requestId ?? '',
    ...(FunctionError !== undefined && { functionError: FunctionError }),
    ...(ExecutedVersion !== undefined && { executedVersion: ExecutedVersion }),
    ...(LogResult !== undefined && { logTail: Buffer.from(LogResult, 'base64').toString() }),
  };
}
