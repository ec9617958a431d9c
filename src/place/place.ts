/** Decides where a pool runs and makes its transport. Reads LAMBDAPOOL_TRANSPORT. */
import { availableParallelism } from 'node:os';
import type { PoolParts } from '../pool/core.ts';
import { LazyTransport } from '../pool/lazy-transport.ts';
import { WorkerCount } from '../pool/worker-count.ts';
import { checkBucketName } from '../shared/bucket-name.ts';
import { LambdaPoolError } from '../shared/errors.ts';
import { checkString, invalidOption, show } from '../shared/options.ts';
import { MAX_CLAIMED_BYTES } from '../transport/claim/claim-transport.ts';
import type { LambdaTransportOptions } from '../transport/lambda.ts';
import type { Transport } from '../transport/transport.ts';
import { access } from './aws-access.ts';
import { bucketOf } from './options.ts';
import type { PlaceOptions } from './options.ts';

/** AWS: concurrent executions of a Region, https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, read 2026-11 */
const USUAL_CONCURRENCY = 1_000;

const PLACES = "a transport, 'lambda', 'localstack' or 'emulator'";

/** What was deployed where, for messages. */
export function deploymentOf({ lambdaEntrypoint, tasksRoot }: PlaceOptions): PoolParts['deployment'] {
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
export function resolvePlace(options: PlaceOptions): Place {
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

function onEmulator(options: PlaceOptions): Place {
  const workers = localWorkers(options);
  const root = checkRoot(options);
  const transport = lazyTransport('emulator', options, async () => {
    const { emulatorTransport } = await import('../transport/emulator.ts');
    return emulatorTransport({ ...root, concurrency: workers, ...bucketOf(options) });
  });
  return { transport, workers };
}

function onLocalStack(options: PlaceOptions): Place {
  const root = checkRoot(options);
  const transport = lazyTransport('localstack', options, async () => {
    const { localstackTransport } = await import('../transport/localstack.ts');
    return localstackTransport({ ...root, ...bucketOf(options) });
  });
  return { transport, workers: localWorkers(options) };
}

/** Left open, it is the configuration's. */
function checkRoot({ tasksRoot }: PlaceOptions): { readonly tasksRoot?: string | URL } {
  if (tasksRoot === undefined) return {};
  return { tasksRoot: tasksRoot instanceof URL ? tasksRoot : checkString('tasksRoot', tasksRoot) };
}

function onLambda(options: PlaceOptions, origin: string): Place {
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
  const find: FindTarget = () => Promise.resolve(target);
  return workers === 'auto' ? onAccount(find, options) : { transport: lambda(find, options), workers };
}

/** An emulator or another stand-in for Lambda that somebody else runs. It does not check keys, but the SDK wants some. */
function onEndpoint(options: PlaceOptions, endpoint: string): Place {
  const { lambdaEntrypoint } = options;
  if (lambdaEntrypoint !== undefined) checkString('lambdaEntrypoint', lambdaEntrypoint);
  if (!URL.canParse(endpoint)) throw unknownPlace('LAMBDAPOOL_TRANSPORT', endpoint);
  const standIn = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  const target = { ...standIn, ...access(options), endpoint };
  const find: FindTarget = async () => ({ ...target, functionName: lambdaEntrypoint ?? (await servedFunction()) });
  if (options.workers === 'auto') return onAccount(find, options);
  return { transport: lambda(find, options), workers: localWorkers(options) };
}

/** The name that `lambdapool dev` gives to the function that it serves. */
async function servedFunction(): Promise<string> {
  const { loadConfig } = await import('../config/load-config.ts');
  const { values } = await loadConfig();
  return values.functionName ?? 'lambdapool';
}

/** Which function it is may stand in the configuration, which is read at the first call. */
type FindTarget = () => Promise<LambdaTransportOptions>;

/** As many workers as the account lets the function have: asked before the first invocation. */
function onAccount(find: FindTarget, options: PlaceOptions): Place {
  // A new pool's chunks are cut for the usual account; if it has less, they are only smaller than they need be.
  const workerCount = new WorkerCount(USUAL_CONCURRENCY, false);
  const transport = lazyTransport('lambda', options, async () => {
    const [{ LambdaAccount }, { lambdaTransport }, target] = await Promise.all([
      import('../transport/lambda/account.ts'),
      import('../transport/lambda.ts'),
      find(),
    ]);
    const opened = lambdaTransport(target);
    workerCount.value = await new LambdaAccount(target).concurrency();
    return opened;
  });
  return { transport, workers: USUAL_CONCURRENCY, workerCount };
}

function lambda(find: FindTarget, options: PlaceOptions): Transport {
  return lazyTransport('lambda', options, async () => {
    const [{ lambdaTransport }, target] = await Promise.all([import('../transport/lambda.ts'), find()]);
    return lambdaTransport(target);
  });
}

/** What the transport will carry depends on its options alone, and calls are cut by it before it is opened. */
function lazyTransport(
  name: string,
  { payloadBucket }: Pick<PlaceOptions, 'payloadBucket'>,
  open: () => Promise<Transport>,
): Transport {
  if (payloadBucket === undefined) return new LazyTransport(name, open);
  checkBucketName('payloadBucket', payloadBucket);
  return new LazyTransport(name, open, MAX_CLAIMED_BYTES);
}

function localWorkers({ workers }: PlaceOptions): number {
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
