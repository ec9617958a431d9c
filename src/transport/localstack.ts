/** The transport to LocalStack: finds or starts one, deploys the tasks into it, and invokes them there. */
import { waitFor } from '../shared/abort.ts';
import { checkBucketName } from '../shared/bucket-name.ts';
import { LambdaPoolError, isLambdaPoolError } from '../shared/errors.ts';
import { checkInteger, checkKeys, checkString, checkStrings, invalidOption } from '../shared/options.ts';
import { MAX_CLAIMED_BYTES } from './claim/claim-transport.ts';
import type { Lease } from './localstack/container-lease.ts';
import type { InvokeRequest, InvokeResponse, Transport } from './transport.ts';

/** Options of `localstackTransport`. What is left out is as the project's configuration says. */
export interface LocalStackTransportOptions {
  /**
   * Folder of the task modules: a path, relative to the working directory, or a `file:` URL.
   * @default that of the configuration, else './tasks'
   */
  readonly tasksRoot?: string | URL;
  /**
   * Name of the function in LocalStack. It is deployed over what has this name there, if lambdapool deployed that.
   * @default that of the configuration for its tasks root, else one made from the tasks root and these options
   */
  readonly functionName?: string;
  /**
   * Memory of the function in MB, 128 to 10,240.
   * @default 1769
   */
  readonly memoryMb?: number;
  /**
   * Milliseconds that one invocation may take: whole seconds, 1,000 to 900,000.
   * @default 60_000
   */
  readonly timeoutMs?: number;
  /** Environment variables of the tasks, added to those of the configuration. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Runtime of the function, such as `nodejs22.x`.
   * @default the newest
   */
  readonly runtime?: string;
  /**
   * A bucket in LocalStack, through which calls and results travel that Lambda does not carry; it is made if it is not there.
   * @default none: 6 MiB are the limit
   */
  readonly payloadBucket?: string;
  /**
   * URL of a LocalStack that runs.
   * @default AWS_ENDPOINT_URL, else http://localhost:4566 if LocalStack answers there, else a container is started
   */
  readonly endpoint?: string;
  /**
   * Image to start where none runs.
   * @default LOCALSTACK_IMAGE, else the newest that LOCALSTACK_AUTH_TOKEN, or the lack of it, allows
   */
  readonly image?: string;
}

const KNOWN = [
  'tasksRoot',
  'functionName',
  'memoryMb',
  'timeoutMs',
  'env',
  'runtime',
  'payloadBucket',
  'endpoint',
  'image',
];
/**
 * A transport to LocalStack. At the first invocation it looks for one that runs, or starts a container, which all transports
 * of this process share and the last one stops; it deploys the tasks, unless they are there as they are now; and it invokes
 * them. A LocalStack that it found goes on afterwards and keeps the function.
 * @throws {LambdaPoolError} OPTION_INVALID at once.
 * @example
 * await using pool = new LambdaPool({ workers: 2, transport: localstackTransport({ tasksRoot: './tasks' }) });
 */
export function localstackTransport(options: LocalStackTransportOptions = {}): Transport {
  return new LocalStackTransport(checkOptions(options));
}

function checkOptions(options: LocalStackTransportOptions): LocalStackTransportOptions {
  checkKeys('localstackTransport()', options, KNOWN);
  const { tasksRoot, functionName, memoryMb, timeoutMs, env, runtime, payloadBucket, endpoint, image } = options;
  if (tasksRoot !== undefined && !(tasksRoot instanceof URL)) checkString('tasksRoot', tasksRoot);
  if (functionName !== undefined) checkString('functionName', functionName);
  if (memoryMb !== undefined) checkInteger('memoryMb', memoryMb, { min: 128, max: 10_240 });
  if (timeoutMs !== undefined && checkInteger('timeoutMs', timeoutMs, { min: 1_000, max: 900_000 }) % 1_000 !== 0) {
    throw invalidOption('timeoutMs', 'whole seconds, as Lambda counts them', timeoutMs);
  }
  if (env !== undefined) checkStrings('env', env);
  if (runtime !== undefined) checkString('runtime', runtime);
  if (payloadBucket !== undefined) checkBucketName('payloadBucket', payloadBucket);
  if (endpoint !== undefined && !/^https?:$/.test(URL.parse(checkString('endpoint', endpoint))?.protocol ?? '')) {
    throw invalidOption('endpoint', 'an http: or https: URL', endpoint);
  }
  if (image !== undefined) checkString('image', image);
  return options;
}

/** What an invocation takes. */
interface Opened {
  readonly lease: Lease;
  readonly functionName: string;
  readonly transport: Transport;
}

class LocalStackTransport implements Transport {
  readonly name = 'localstack';
  readonly maxPayloadBytes: number | undefined;
  readonly #options: LocalStackTransportOptions;
  readonly #controller = new AbortController();
  #opening: Promise<Opened> | undefined;
  #opened: Opened | undefined;

  constructor(options: LocalStackTransportOptions) {
    this.#options = options;
    this.maxPayloadBytes = options.payloadBucket === undefined ? undefined : MAX_CLAIMED_BYTES;
  }

  async invoke(request: InvokeRequest, { signal }: { readonly signal: AbortSignal }): Promise<InvokeResponse> {
    if (this.#controller.signal.aborted) throw closed();
    signal.throwIfAborted();
    const opened = this.#opened ?? (await waitFor(this.#open(), { signal }, 'The start of LocalStack'));
    try {
      return await opened.transport.invoke(request, { signal });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw await explain(error, opened);
    }
  }

  /** Does not wait for a container that is still starting, or an image on its way: that ends by itself afterwards. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#controller.abort(closed());
    const opened = this.#opened;
    if (opened === undefined) return;
    await opened.transport[Symbol.asyncDispose]();
    await opened.lease.release();
  }

  /** If that fails, the next invocation tries again. */
  #open(): Promise<Opened> {
    this.#opening ??= this.#start().catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  async #start(): Promise<Opened> {
    const { signal } = this.#controller;
    const { endpoint, image, payloadBucket, ...functionOptions } = this.#options;
    const parts = await import('./localstack/parts.ts');
    const { values } = await parts.loadConfig();
    const wanted = parts.wantedFunction(functionOptions, values);
    const lease = await parts.noticeWhenSlow(() => parts.leaseLocalStack({ endpoint, image }, signal));
    try {
      const { functionName } = wanted;
      await parts.deployTasks(lease, wanted, signal);
      signal.throwIfAborted();
      const { region } = lease;
      const transport = parts.lambdaTransport({
        functionName,
        endpoint: lease.endpoint,
        region,
        credentials: parts.CREDENTIALS,
        ...(payloadBucket !== undefined && { payloadBucket }),
      });
      this.#opened = { lease, functionName, transport };
      return this.#opened;
    } catch (error) {
      await lease.release().catch(() => {});
      throw error;
    }
  }
}

function closed(): LambdaPoolError {
  return new LambdaPoolError('POOL_CLOSED', 'The LocalStack transport has been closed.');
}

/** A LocalStack that went away does not come back by itself, and nobody should wait for it. */
async function explain(error: unknown, { lease, functionName }: Opened): Promise<unknown> {
  const parts = await import('./localstack/parts.ts');
  const options = { cause: error, details: { endpoint: lease.endpoint, functionName } };
  if (isLambdaPoolError(error, 'FUNCTION_NOT_FOUND')) {
    const message = `The function ${functionName} is not in LocalStack at ${lease.endpoint} anymore: LocalStack was restarted, or somebody deleted it. A new pool deploys it again.`;
    return new LambdaPoolError('FUNCTION_NOT_FOUND', message, options);
  }
  const isLoss = isLambdaPoolError(error, 'UNREACHABLE') || isLambdaPoolError(error, 'OUTCOME_UNKNOWN');
  if (!isLoss || (await parts.isLocalStack(lease.endpoint))) return error;
  lease.lost();
  const ran =
    error.code === 'OUTCOME_UNKNOWN'
      ? ' Nobody can tell whether the calls that were running have done their work.'
      : '';
  const whose = lease.isOurs ? 'its container was stopped' : 'it was stopped';
  const message = `LocalStack at ${lease.endpoint} does not answer anymore: ${whose}.${ran} A new pool starts or finds another one.`;
  return new LambdaPoolError(error.code, message, options);
}
