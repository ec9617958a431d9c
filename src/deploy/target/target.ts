/** Where functions are deployed: a region or an endpoint, and a client for each service of it. Reads the environment. */
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import type { STSClient } from '@aws-sdk/client-sts';
import { isLoopback } from '../../shared/loopback.ts';
import { checkKeys, checkString, invalidOption } from '../../shared/options.ts';
import { LambdaHttpHandler } from '../../transport/lambda/http-handler.ts';
import { setupFailure } from '../../transport/lambda/service-failure.ts';
import { hasKeys, STAND_IN_CREDENTIALS, STAND_IN_REGION } from '../../transport/lambda/stand-in.ts';
import type { LambdaTransportCredentials } from '../../transport/lambda.ts';
import { findEndpoint, isHttpUrl } from './endpoint.ts';
import type { Endpoint } from './endpoint.ts';

/** Options of `openTarget`. */
export interface TargetOptions {
  /** @default AWS_REGION, else that of the profile; us-east-1 for an endpoint on this machine */
  readonly region?: string | undefined;
  /**
   * Region and keys are its. Endpoints are not: the SDK takes those of AWS_PROFILE alone.
   * @default AWS_PROFILE, else `default`
   */
  readonly profile?: string | undefined;
  /**
   * URL to call instead of AWS's, for all services.
   * @default AWS_ENDPOINT_URL_LAMBDA (Lambda alone), AWS_ENDPOINT_URL (all services), else what the profile of AWS_PROFILE
   * says in the shared configuration files, else AWS's own
   */
  readonly endpoint?: string | undefined;
  /**
   * @default the SDK's chain: environment variables, profile, single sign-on, container, instance. For an endpoint on this
   * machine, dummies unless environment variables or a profile say otherwise
   */
  readonly credentials?: LambdaTransportCredentials | undefined;
}

/** A place that speaks the Lambda API. Owns its clients: dispose of it. */
export interface Target extends AsyncDisposable {
  readonly region: string;
  readonly profile: string | undefined;
  /** Where Lambda is called, if not at AWS: `http://127.0.0.1:3001`. */
  readonly endpoint: string | undefined;
  /** Only Lambda is there: no other service may ever be called, or a request would leave the target. */
  readonly lambdaOnly: boolean;
  /** Whether it is our emulator: it runs functions on this machine. */
  readonly isEmulator: boolean;
  lambda(): Promise<LambdaClient>;
  iam(): Promise<IAMClient>;
  sts(): Promise<STSClient>;
  logs(): Promise<CloudWatchLogsClient>;
  s3(): Promise<S3Client>;
}

const KNOWN = ['region', 'profile', 'endpoint', 'credentials'];
const CONNECT_TIMEOUT_MS = 10_000;
/** 50 MB of code on a slow line take minutes. */
const REQUEST_TIMEOUT_MS = 600_000;

/**
 * Finds out where to deploy. Calls nobody but the endpoint itself, and that only to learn whether it is our emulator.
 * @throws {LambdaPoolError} OPTION_INVALID for wrong options or if no region is set.
 * @example
 * await using target = await openTarget({ region: 'eu-central-1' });
 */
export async function openTarget(options: TargetOptions = {}, env: NodeJS.ProcessEnv = process.env): Promise<Target> {
  checkOptions(options);
  const endpoint = await findEndpoint(options, env);
  const region = await findRegion(options, env, endpoint);
  return new AwsTarget({ options: { ...options, ...standInCredentials(options, env, endpoint) }, endpoint, region });
}

function checkOptions(options: TargetOptions): void {
  checkKeys('The target', options, KNOWN);
  const { region, profile, endpoint } = options;
  if (region !== undefined) checkString('region', region);
  if (profile !== undefined) checkString('profile', profile);
  if (endpoint !== undefined && !isHttpUrl(checkString('endpoint', endpoint))) {
    throw invalidOption('endpoint', 'an http: or https: URL', endpoint);
  }
}

async function findRegion(options: TargetOptions, env: NodeJS.ProcessEnv, endpoint: Endpoint): Promise<string> {
  const given = options.region ?? env['AWS_REGION'];
  if (given !== undefined && given !== '') return given;
  const { LambdaClient } = await import('@aws-sdk/client-lambda');
  const client = new LambdaClient(profileOf(options));
  try {
    // From the file of the profile.
    return await client.config.region();
  } catch (error) {
    if (isStandIn(endpoint)) return STAND_IN_REGION;
    throw error instanceof Error ? setupFailure(error, options.profile) : error;
  } finally {
    client.destroy();
  }
}

/** The emulator, LocalStack and the like: on this machine, if not known as our own. */
function isStandIn({ isEmulator, lambda }: Endpoint): boolean {
  return isEmulator || (lambda !== undefined && isLoopback(new URL(lambda).hostname));
}

/** They need no keys, so nobody has to set any up, and none of the real ones go there unasked. */
function standInCredentials(
  { credentials, profile }: TargetOptions,
  env: NodeJS.ProcessEnv,
  endpoint: Endpoint,
): Pick<TargetOptions, 'credentials'> {
  // LocalStack tells accounts apart by their keys; our emulator never looks at any.
  const isSet = endpoint.isEmulator ? credentials !== undefined : hasKeys({ credentials, profile }, env);
  return isStandIn(endpoint) && !isSet ? { credentials: STAND_IN_CREDENTIALS } : {};
}

function profileOf({ profile }: TargetOptions): { readonly profile?: string } {
  return profile === undefined ? {} : { profile };
}

interface Client {
  destroy(): void;
}

/**
 * The SDK prints to the console, where nobody has given it a logger, that it takes the profile rather than the keys of the
 * environment: that is what our options say, too.
 */
const QUIET = { debug() {}, info() {}, warn() {}, error() {} };

/** What all clients have in common. */
interface ClientConfig {
  readonly region: string;
  readonly profile?: string;
  readonly credentials?: LambdaTransportCredentials;
  readonly endpoint?: string;
  readonly requestHandler: LambdaHttpHandler;
  readonly logger: typeof QUIET;
}

class AwsTarget implements Target {
  readonly region: string;
  readonly profile: string | undefined;
  readonly endpoint: string | undefined;
  readonly lambdaOnly: boolean;
  readonly isEmulator: boolean;
  readonly #options: TargetOptions;
  readonly #endpoint: Endpoint;
  readonly #handler = new LambdaHttpHandler({
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    onHeaders: () => undefined,
  });
  readonly #clients: Promise<Client>[] = [];
  #lambda: Promise<LambdaClient> | undefined;
  #iam: Promise<IAMClient> | undefined;
  #sts: Promise<STSClient> | undefined;
  #logs: Promise<CloudWatchLogsClient> | undefined;
  #s3: Promise<S3Client> | undefined;

  constructor(found: { readonly options: TargetOptions; readonly endpoint: Endpoint; readonly region: string }) {
    this.#options = found.options;
    this.#endpoint = found.endpoint;
    this.region = found.region;
    this.profile = found.options.profile;
    this.endpoint = found.endpoint.lambda;
    this.lambdaOnly = found.endpoint.lambdaOnly;
    this.isEmulator = found.endpoint.isEmulator;
  }

  lambda(): Promise<LambdaClient> {
    this.#lambda ??= this.#keep(
      import('@aws-sdk/client-lambda').then(
        ({ LambdaClient }) => new LambdaClient(this.#config(this.#endpoint.lambda)),
      ),
    );
    return this.#lambda;
  }

  iam(): Promise<IAMClient> {
    this.#iam ??= this.#keep(import('@aws-sdk/client-iam').then(({ IAMClient }) => new IAMClient(this.#others('IAM'))));
    return this.#iam;
  }

  sts(): Promise<STSClient> {
    this.#sts ??= this.#keep(import('@aws-sdk/client-sts').then(({ STSClient }) => new STSClient(this.#others('STS'))));
    return this.#sts;
  }

  logs(): Promise<CloudWatchLogsClient> {
    this.#logs ??= this.#keep(
      import('@aws-sdk/client-cloudwatch-logs').then(
        ({ CloudWatchLogsClient }) => new CloudWatchLogsClient(this.#others('CloudWatch Logs')),
      ),
    );
    return this.#logs;
  }

  s3(): Promise<S3Client> {
    this.#s3 ??= this.#keep(
      import('@aws-sdk/client-s3').then(
        // Path style where buckets have no host names of their own.
        ({ S3Client }) => new S3Client({ ...this.#others('S3'), forcePathStyle: this.#endpoint.others !== undefined }),
      ),
    );
    return this.#s3;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const clients = await Promise.allSettled(this.#clients);
    for (const client of clients) if (client.status === 'fulfilled') client.value.destroy();
    this.#handler.destroy();
  }

  #keep<T extends Client>(client: Promise<T>): Promise<T> {
    this.#clients.push(client);
    return client;
  }

  /** Throws rather than call a service that is not there. */
  #others(service: string): ClientConfig {
    if (this.lambdaOnly) throw new TypeError(`Only Lambda is at ${this.endpoint}: ${service} must not be called.`);
    return this.#config(this.#endpoint.others);
  }

  #config(endpoint: string | undefined): ClientConfig {
    const { credentials } = this.#options;
    return {
      region: this.region,
      requestHandler: this.#handler,
      logger: QUIET,
      ...profileOf(this.#options),
      ...(credentials !== undefined && { credentials }),
      ...(endpoint !== undefined && { endpoint }),
    };
  }
}
