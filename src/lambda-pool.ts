/** The composition root: decides where a pool runs and makes its transport. Reads LAMBDAPOOL_TRANSPORT. */
import { availableParallelism } from 'node:os';
import type { PoolParts } from './pool/core.ts';
import { LazyTransport } from './pool/lazy-transport.ts';
import { POOL_KEYS } from './pool/options.ts';
import type { PoolOptions, TaskOptions } from './pool/options.ts';
import { Pool } from './pool/pool.ts';
import { WorkerCount } from './pool/worker-count.ts';
import { checkBucketName } from './shared/bucket-name.ts';
import { LambdaPoolError } from './shared/errors.ts';
import { checkKeys, checkString, invalidOption, show } from './shared/options.ts';
import { MAX_CLAIMED_BYTES } from './transport/claim/claim-transport.ts';
import type { LambdaTransportCredentials, LambdaTransportOptions } from './transport/lambda.ts';
import type { Transport } from './transport/transport.ts';
import { namesOf } from './typed/task-names.ts';
import type { TaskName, Untyped } from './typed/task-types.ts';

/**
 * Options of `LambdaPool`. Where it runs: `transport` if given; else what LAMBDAPOOL_TRANSPORT says (`lambda`,
 * `localstack`, `emulator`, or the URL of an endpoint such as `http://127.0.0.1:3001`); else on Lambda if `lambdaEntrypoint`
 * is given; else in an emulator in this process.
 */
export interface LambdaPoolOptions<Tasks = Untyped> extends Omit<PoolOptions, 'workers' | 'taskOptions'> {
  /**
   * The modules of the tasks, by the names that they have in the tasks root: `{ math, pipeline: { forecast } }`. The pool
   * then takes their functions for their names, and refuses unknown names before it sends anything. Calls run where
   * the pool runs, also then.
   */
  readonly tasks?: Tasks | undefined;
  /** Options for some tasks, by full name: `{ 'math.fibonacci': { retries: 2 } }`. */
  readonly taskOptions?: { readonly [Name in TaskName<Tasks>]?: TaskOptions } | undefined;
  /**
   * How many invocations may be in flight at once, in the whole pool. Required on AWS Lambda. `'auto'`: as many as the
   * account lets the function have, asked at the first call (lambda:GetAccountSettings, lambda:GetFunctionConcurrency); in
   * the emulator, the number of available cores.
   * @default the number of available cores, where it runs on this machine
   */
  readonly workers?: number | 'auto' | undefined;
  /**
   * A transport, which the pool then owns and closes (see `shared`), or where to run: `'lambda'`, `'localstack'` or
   * `'emulator'`.
   * @default as described above
   */
  readonly transport?: Transport | 'lambda' | 'localstack' | 'emulator' | undefined;
  /** The Lambda function that holds the tasks: its name, `name:qualifier`, or its ARN. */
  readonly lambdaEntrypoint?: string | undefined;
  /** AWS access key; goes with `awsSecretAccessKey`. Default: the system's credentials. */
  readonly awsAccessKeyId?: string | undefined;
  readonly awsSecretAccessKey?: string | undefined;
  /** For temporary credentials. */
  readonly awsSessionToken?: string | undefined;
  /** Region, such as `eu-central-1`. Default: the system's. */
  readonly awsRegionName?: string | undefined;
  /** Name of a profile in the shared AWS configuration files. */
  readonly awsProfile?: string | undefined;
  /** Credentials as the AWS SDK takes them: an object, or a function that gets them. Instead of the `aws...` keys. */
  readonly credentials?: LambdaTransportCredentials | undefined;
  /**
   * Folder of the task modules, which the emulator and LocalStack bundle: a path, relative to the working directory, or a
   * `file:` URL.
   * @default that of the configuration file, else './tasks'
   */
  readonly tasksRoot?: string | URL | undefined;
  /**
   * A bucket in the function's region, through which calls and results travel that Lambda does not carry, up to 256 MiB
   * each; they are deleted afterwards. On AWS it must be there, and the credentials need s3:PutObject, s3:GetObject and
   * s3:DeleteObject on `lambdapool/*` in it. Elsewhere any name will do. A `transport` that you give takes it itself.
   * @default none: 6 MiB are the limit
   */
  readonly payloadBucket?: string | undefined;
}

/** AWS: concurrent executions of a Region, https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, read 2026-11 */
const USUAL_CONCURRENCY = 1_000;

const PLACES = "a transport, 'lambda', 'localstack' or 'emulator'";

/** Names of the options that say where a pool or executor runs. */
export const PLACE_KEYS: readonly string[] = [
  'transport',
  'lambdaEntrypoint',
  'awsAccessKeyId',
  'awsSecretAccessKey',
  'awsSessionToken',
  'awsRegionName',
  'awsProfile',
  'credentials',
  'tasksRoot',
  'payloadBucket',
];

/**
 * A pool of workers that run tasks, on AWS Lambda or on this machine.
 * @throws {LambdaPoolError} OPTION_INVALID, at once. The transport is made at the first call.
 * @example
 * await using pool = new LambdaPool({ workers: 10, lambdaEntrypoint: 'math-helpers' });
 * await pool.map('math.fibonacci', [1, 2, 3]);
 * @example Checked at compile time: a name, an item or a result that does not fit is an error.
 * import * as math from './tasks/math.ts';
 * const pool = new LambdaPool({ tasks: { math } });
 */
export class LambdaPool<Tasks = Untyped> extends Pool<Tasks> {
  constructor(options: LambdaPoolOptions<Tasks> = {}) {
    checkKeys('LambdaPool', options, ['tasks', ...POOL_KEYS, ...PLACE_KEYS]);
    const { tasks, ...others }: LambdaPoolOptions = options;
    const names = namesOf(tasks, others.taskOptions);
    const { transport, workers, workerCount } = resolvePlace(others);
    super(
      transport,
      { ...withoutPlace(others), workers },
      { workers: workerCount, names, deployment: deploymentOf(others) },
    );
  }

  /**
   * Runs `use` with a new pool. When it returns, the pool finishes what it has and ends; when it throws, the pool terminates.
   * @example
   * const squares = await LambdaPool.with({ workers: 4 }, (pool) => pool.map('math.square', [1, 2, 3]));
   */
  static async with<R, Tasks = Untyped>(
    options: LambdaPoolOptions<Tasks>,
    use: (pool: LambdaPool<Tasks>) => Promise<R> | R,
  ): Promise<R> {
    const pool = new LambdaPool<Tasks>(options);
    try {
      const result = await use(pool);
      pool.close();
      await pool.join();
      return result;
    } catch (error) {
      await pool.terminate().catch(() => {});
      throw error;
    }
  }
}

/** The options that do not say where it runs. */
export function withoutPlace(options: LambdaPoolOptions): Omit<PoolOptions, 'workers'> {
  return Object.fromEntries(Object.entries(options).filter(([key]) => !PLACE_KEYS.includes(key)));
}

/** What was deployed where, for messages. */
export function deploymentOf({ lambdaEntrypoint, tasksRoot }: LambdaPoolOptions): PoolParts['deployment'] {
  return { functionName: lambdaEntrypoint, tasksRoot: tasksRoot?.toString() };
}

/** A transport, and how many invocations may be in flight. */
export interface Place {
  readonly transport: Transport;
  readonly workers: number;
  /** Where the transport finds out the number of workers when it is opened: `workers` is a guess then. */
  readonly workerCount?: WorkerCount;
}

/**
 * Decides where it runs.
 * @throws {LambdaPoolError} OPTION_INVALID
 */
export function resolvePlace(options: LambdaPoolOptions): Place {
  const { transport } = options;
  if (transport !== undefined && typeof transport !== 'string') {
    if (options.workers === 'auto') throw autoElsewhere();
    if (options.payloadBucket !== undefined) throw bucketElsewhere();
    return { transport: checkTransport(transport), workers: localWorkers(options) };
  }
  const name = transport ?? process.env['LAMBDAPOOL_TRANSPORT'] ?? '';
  const origin = transport === undefined ? 'LAMBDAPOOL_TRANSPORT' : 'transport';
  if (name === 'emulator') return onEmulator(options);
  if (name === 'localstack') return onLocalStack(options);
  if (name === 'lambda') return onLambda(options, origin);
  if (origin === 'LAMBDAPOOL_TRANSPORT' && /^https?:\/\//.test(name)) return onEndpoint(options, name);
  if (name !== '') throw unknownPlace(origin, name);
  return options.lambdaEntrypoint === undefined ? onEmulator(options) : onLambda(options, 'lambdaEntrypoint');
}

function onEmulator(options: LambdaPoolOptions): Place {
  const workers = localWorkers(options);
  const root = checkRoot(options);
  const transport = lazyTransport('emulator', options, async () => {
    const { emulatorTransport } = await import('./transport/emulator.ts');
    return emulatorTransport({ ...root, concurrency: workers, ...bucketOf(options) });
  });
  return { transport, workers };
}

function onLocalStack(options: LambdaPoolOptions): Place {
  const root = checkRoot(options);
  const transport = lazyTransport('localstack', options, async () => {
    const { localstackTransport } = await import('./transport/localstack.ts');
    return localstackTransport({ ...root, ...bucketOf(options) });
  });
  return { transport, workers: localWorkers(options) };
}

/** Left open, it is the configuration's. */
function checkRoot({ tasksRoot }: LambdaPoolOptions): { readonly tasksRoot?: string | URL } {
  if (tasksRoot === undefined) return {};
  return { tasksRoot: tasksRoot instanceof URL ? tasksRoot : checkString('tasksRoot', tasksRoot) };
}

function onLambda(options: LambdaPoolOptions, origin: string): Place {
  const { workers, lambdaEntrypoint } = options;
  if (lambdaEntrypoint === undefined) {
    throw new LambdaPoolError(
      'OPTION_INVALID',
      `\`${origin}\` says that the pool runs on AWS Lambda: give \`lambdaEntrypoint\`, the name or ARN of the function that holds the tasks.`,
      { details: { option: 'lambdaEntrypoint' } },
    );
  }
  checkString('lambdaEntrypoint', lambdaEntrypoint);
  if (workers === undefined) {
    throw new LambdaPoolError(
      'OPTION_INVALID',
      'Give `workers`, the number of invocations that may run on AWS Lambda at once: there is no default where each costs money.',
      { details: { option: 'workers' } },
    );
  }
  const target = { functionName: lambdaEntrypoint, ...access(options) };
  return workers === 'auto' ? onAccount(target) : { transport: lambda(target), workers };
}

/** An emulator or another stand-in for Lambda that somebody else runs. It does not check keys, but the SDK wants some. */
function onEndpoint(options: LambdaPoolOptions, endpoint: string): Place {
  const { lambdaEntrypoint = 'lambdapool' } = options;
  const functionName = checkString('lambdaEntrypoint', lambdaEntrypoint);
  if (!URL.canParse(endpoint)) throw unknownPlace('LAMBDAPOOL_TRANSPORT', endpoint);
  const standIn = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  const target = { functionName, ...standIn, ...access(options), endpoint };
  return options.workers === 'auto' ? onAccount(target) : { transport: lambda(target), workers: localWorkers(options) };
}

/** As many workers as the account lets the function have: asked before the first invocation. */
function onAccount(target: LambdaTransportOptions): Place {
  // A new pool's chunks are cut for the usual account; if it has less, they are only smaller than they need be.
  const workerCount = new WorkerCount(USUAL_CONCURRENCY, false);
  const transport = lazyTransport('lambda', target, async () => {
    const [{ LambdaAccount }, { lambdaTransport }] = await Promise.all([
      import('./transport/lambda/account.ts'),
      import('./transport/lambda.ts'),
    ]);
    const opened = lambdaTransport(target);
    workerCount.value = await new LambdaAccount(target).concurrency();
    return opened;
  });
  return { transport, workers: USUAL_CONCURRENCY, workerCount };
}

function lambda(options: LambdaTransportOptions): Transport {
  return lazyTransport('lambda', options, async () => {
    const { lambdaTransport } = await import('./transport/lambda.ts');
    return lambdaTransport(options);
  });
}

function access(options: LambdaPoolOptions): Omit<LambdaTransportOptions, 'functionName'> {
  const { awsRegionName, awsProfile } = options;
  const credentials = resolveCredentials(options);
  return {
    ...(awsRegionName !== undefined && { region: checkString('awsRegionName', awsRegionName) }),
    ...(awsProfile !== undefined && { profile: checkString('awsProfile', awsProfile) }),
    ...(credentials !== undefined && { credentials }),
    ...bucketOf(options),
  };
}

function bucketOf({ payloadBucket }: LambdaPoolOptions): { readonly payloadBucket?: string } {
  return payloadBucket === undefined ? {} : { payloadBucket: checkBucketName('payloadBucket', payloadBucket) };
}

/** What the transport will carry depends on its options alone, and calls are cut by it before it is opened. */
function lazyTransport(
  name: string,
  { payloadBucket }: Pick<LambdaPoolOptions, 'payloadBucket'>,
  open: () => Promise<Transport>,
): Transport {
  if (payloadBucket === undefined) return new LazyTransport(name, open);
  checkBucketName('payloadBucket', payloadBucket);
  return new LazyTransport(name, open, MAX_CLAIMED_BYTES);
}

/** Messages never show the values: they are secrets. */
function resolveCredentials(options: LambdaPoolOptions): LambdaTransportCredentials | undefined {
  const { awsAccessKeyId, awsSecretAccessKey, awsSessionToken, credentials } = options;
  const keys = { awsAccessKeyId, awsSecretAccessKey, awsSessionToken };
  const given = Object.entries(keys).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    if (typeof value !== 'string' || value === '')
      throw refusedKey(name, `Expected the option \`${name}\` to be a non-empty string.`);
  }
  if (given.length === 0) return credentials;
  if (credentials !== undefined) {
    throw refusedKey(
      'credentials',
      'Give either `credentials` or `awsAccessKeyId` and `awsSecretAccessKey`, not both.',
    );
  }
  if (awsAccessKeyId === undefined || awsSecretAccessKey === undefined) {
    const missing = awsAccessKeyId === undefined ? 'awsAccessKeyId' : 'awsSecretAccessKey';
    throw refusedKey(
      missing,
      `\`${missing}\` is missing: \`awsAccessKeyId\` and \`awsSecretAccessKey\` go together. Leave both out to use the system's credentials.`,
    );
  }
  return {
    accessKeyId: awsAccessKeyId,
    secretAccessKey: awsSecretAccessKey,
    ...(awsSessionToken !== undefined && { sessionToken: awsSessionToken }),
  };
}

function refusedKey(option: string, message: string): LambdaPoolError {
  return new LambdaPoolError('OPTION_INVALID', message, { details: { option } });
}

function localWorkers({ workers }: LambdaPoolOptions): number {
  return workers === undefined || workers === 'auto' ? availableParallelism() : workers;
}

function autoElsewhere(): LambdaPoolError {
  const message =
    "`workers: 'auto'` asks the AWS account of `lambdaEntrypoint`; nobody can be asked about a transport that you give. " +
    'Give `workers` a number.';
  return new LambdaPoolError('OPTION_INVALID', message, { details: { option: 'workers' } });
}

function bucketElsewhere(): LambdaPoolError {
  const message =
    'Give `payloadBucket` to the transport, as in `lambdaTransport({ functionName, payloadBucket })`: a pool cannot add it to ' +
    'one that you have made.';
  return new LambdaPoolError('OPTION_INVALID', message, { details: { option: 'payloadBucket' } });
}

function checkTransport(transport: Transport): Transport {
  if (typeof transport?.invoke === 'function' && typeof transport[Symbol.asyncDispose] === 'function') return transport;
  throw invalidOption('transport', PLACES, transport);
}

function unknownPlace(origin: string, name: unknown): LambdaPoolError {
  const known = origin === 'transport' ? PLACES : "'lambda', 'localstack', 'emulator' or an http: URL";
  return new LambdaPoolError('OPTION_INVALID', `Expected \`${origin}\` to be ${known}, got ${show(name)}.`, {
    details: { option: origin },
  });
}
