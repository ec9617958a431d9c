/** The transport to an emulator in this very process: a direct call, no socket. Bundles the tasks root and reloads it. */
import { availableParallelism } from 'node:os';
import type * as EmulatorModule from '../../emulator/emulator.ts';
import type { Emulator } from '../../emulator/emulator.ts';
import type * as TasksSourceModule from '../bundle/tasks-source.ts';
import { loadConfig } from '../config/load-config.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import { checkBucketName } from '../shared/bucket-name.ts';
import { LambdaPoolError } from '../shared/errors.ts';
import { checkBoolean, checkInteger, checkKeys, checkOneOf, checkStrings, invalidOption } from '../shared/options.ts';
import { claimChecking } from './claim/claim-transport.ts';
import type { InvokeRequest, InvokeResponse, Transport } from './transport.ts';

/** Options of `emulatorTransport`. They override the project's configuration, which overrides the defaults. */
export interface EmulatorTransportOptions {
  /**
   * Folder of the task modules: a path, relative to the working directory, or a `file:` URL.
   * @default './tasks'
   */
  readonly tasksRoot?: string | URL;
  /**
   * What an execution environment is: a process of its own, as on Lambda, or a worker thread, which starts sooner and
   * answers faster, but shares the process with the pool.
   * @default 'process'
   */
  readonly isolation?: 'process' | 'thread';
  /**
   * How many environments may run at once, 1 to 1,000. Calls beyond it wait.
   * @default the number of available cores
   */
  readonly concurrency?: number;
  /**
   * Memory of each environment in MB, 128 to 10,240. Beyond it the call fails with TASK_OUT_OF_MEMORY.
   * @default 1769
   */
  readonly memoryMb?: number;
  /**
   * Milliseconds that one invocation may take, 1 to 900,000. After that its environment is killed.
   * @default 60_000
   */
  readonly timeoutMs?: number;
  /**
   * Environment variables of the tasks, besides those of the configuration. Nothing else of this process's environment
   * reaches them.
   */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Reload task modules as they are saved.
   * @default false
   */
  readonly watch?: boolean;
  /**
   * Port on 127.0.0.1 at which the environment waits for a debugger before it runs anything. Takes `isolation: 'process'`
   * and `concurrency: 1`; `timeoutMs` does not hold.
   * @default no debugger
   */
  readonly inspectPort?: number;
  /**
   * Name of a bucket, through which calls and results travel that Lambda does not carry, up to 256 MiB each. Here it is a
   * temporary folder.
   * @default none: 6 MiB are the limit, as on Lambda
   */
  readonly payloadBucket?: string;
}

const KNOWN = [
  'tasksRoot',
  'isolation',
  'concurrency',
  'memoryMb',
  'timeoutMs',
  'env',
  'watch',
  'inspectPort',
  'payloadBucket',
];

/** Options that have been checked; what may come from the configuration is open until the emulator starts. */
interface Resolved extends EmulatorTransportOptions {
  readonly isolation: 'process' | 'thread';
  readonly concurrency: number;
  readonly watch: boolean;
}

const FUNCTION_NAME = 'lambdapool';

/**
 * A transport that runs tasks in an emulator inside this process.
 * @throws {LambdaPoolError} OPTION_INVALID at once; a tasks root that is missing or does not build rejects the calls
 * with OPTION_INVALID or BUILD_FAILED.
 * @example
 * await using pool = new LambdaPool({ workers: 4, transport: emulatorTransport({ tasksRoot: './tasks', watch: true }) });
 */
export function emulatorTransport(options: EmulatorTransportOptions = {}): Transport {
  const transport = new EmulatorTransport(resolveOptions(options));
  const { payloadBucket } = options;
  if (payloadBucket === undefined) return transport;
  return claimChecking(transport, async () => {
    const { openLocalBucket } = await import('./claim/local-bucket.ts');
    return openLocalBucket(payloadBucket);
  });
}

function resolveOptions(options: EmulatorTransportOptions): Resolved {
  checkKeys('emulatorTransport()', options, KNOWN);
  const { tasksRoot, memoryMb, timeoutMs, env, payloadBucket } = options;
  if (tasksRoot !== undefined && !(tasksRoot instanceof URL) && (typeof tasksRoot !== 'string' || tasksRoot === '')) {
    throw invalidOption('tasksRoot', 'a path or a file: URL', tasksRoot);
  }
  if (memoryMb !== undefined) checkInteger('memoryMb', memoryMb, { min: 128, max: 10_240 });
  if (timeoutMs !== undefined) checkInteger('timeoutMs', timeoutMs, { min: 1, max: 900_000 });
  if (env !== undefined) checkStrings('env', env);
  if (payloadBucket !== undefined) checkBucketName('payloadBucket', payloadBucket);
  return {
    ...options,
    isolation: checkOneOf('isolation', options.isolation ?? 'process', ['process', 'thread']),
    concurrency: checkInteger('concurrency', options.concurrency ?? availableParallelism(), { min: 1, max: 1_000 }),
    watch: checkBoolean('watch', options.watch ?? false),
  };
}

class EmulatorTransport implements Transport {
  readonly name = 'emulator';
  readonly #options: Resolved;
  #emulator: Promise<Emulator> | undefined;
  /** Spares each invocation a turn of the microtask queue. */
  #running: Emulator | undefined;
  #disposed = false;

  constructor(options: Resolved) {
    this.#options = options;
  }

  // Not async: each turn of the microtask queue that an invocation is spared can be measured.
  invoke(request: InvokeRequest, { signal }: { readonly signal: AbortSignal }): Promise<InvokeResponse> {
    if (this.#running !== undefined && !this.#disposed) return send(this.#running, request, signal);
    return this.#startAndSend(request, signal);
  }

  async #startAndSend(request: InvokeRequest, signal: AbortSignal): Promise<InvokeResponse> {
    if (this.#disposed) throw new LambdaPoolError('POOL_CLOSED', 'The emulator transport has been closed.');
    this.#emulator ??= this.#start();
    return send(await this.#emulator, request, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    const emulator = await this.#emulator?.catch(() => undefined);
    await emulator?.terminate();
  }

  async #start(): Promise<Emulator> {
    const { watch, isolation, concurrency, inspectPort, ...options } = this.#options;
    // The parts are heavy (esbuild, chokidar): loaded only when a pool really runs here.
    const [{ Emulator }, { tasksSource }, { values: config }] = await loadParts();
    const { external = [], assets = [] } = config;
    const code = tasksSource({
      tasksRoot: options.tasksRoot ?? config.tasksRoot ?? './tasks',
      watch,
      external,
      assets,
    });
    const emulator = new Emulator({ isolation, concurrency });
    emulator.register({
      functionName: FUNCTION_NAME,
      code,
      memoryMb: options.memoryMb ?? config.memoryMb,
      timeoutMs: options.timeoutMs ?? config.timeoutMs,
      env: { ...config.env, ...options.env },
      runtime: emulatedRuntime(config.runtime),
      inspectPort,
    });
    this.#running = emulator;
    return emulator;
  }
}

function send(emulator: Emulator, request: InvokeRequest, signal: AbortSignal): Promise<InvokeResponse> {
  const logType = request.logs ? 'Tail' : 'None';
  return emulator.invoke({ functionName: FUNCTION_NAME, payload: request.payload, logType, signal }).catch(rethrow);
}

function loadParts(): Promise<[typeof EmulatorModule, typeof TasksSourceModule, LoadedConfig]> {
  const modules = Promise.all([import('../../emulator/emulator.ts'), import('../bundle/tasks-source.ts')]);
  return Promise.all([modules.catch(notLoaded), loadConfig()]).then(([parts, config]) => [...parts, config]);
}

function notLoaded(cause: unknown): never {
  // Nothing has run: it must not look like a call that was lost on its way.
  const message = `The emulator could not be loaded: ${String(cause)}. Install lambdapool again.`;
  throw new LambdaPoolError('UNREACHABLE', message, { cause });
}

function emulatedRuntime(runtime: string | undefined): 'nodejs22.x' | 'nodejs24.x' | undefined {
  return runtime === undefined ? undefined : checkOneOf('runtime', runtime, ['nodejs22.x', 'nodejs24.x']);
}

function rethrow(error: unknown): never {
  throw translate(error);
}

/** An API error of the emulator, in the words of the pool. Our own errors and abort reasons pass as they are. */
function translate(error: unknown): unknown {
  if (!(error instanceof Error) || !('status' in error)) return error;
  const options = { cause: error, details: { awsCode: error.name, status: error.status } };
  if (error.status === 404) return new LambdaPoolError('FUNCTION_NOT_FOUND', error.message, options);
  if (error.status === 413) return new LambdaPoolError('PAYLOAD_TOO_LARGE', error.message, options);
  if (error.status === 429) return new LambdaPoolError('THROTTLED', error.message, { ...options, retryable: true });
  return new LambdaPoolError(
    'BUG',
    `The emulator refused an invocation of the pool: ${error.message}. Please report it.`,
    options,
  );
}
