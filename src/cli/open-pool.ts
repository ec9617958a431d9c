/** Opens the pool that `apply` and `map` work with. */
import { connect } from 'node:net';
import { LambdaPoolError } from '../shared/errors.ts';
import type { LambdaPool } from '../lambda-pool.ts';
import type { Transport } from '../transport/transport.ts';
import { DUMMY_KEY } from './client-lines.ts';
import type { Target } from './target.ts';

export interface PoolFacts {
  readonly workers: number;
  readonly signal: AbortSignal;
}

/**
 * A pool at `target`, which it owns.
 * @throws {LambdaPoolError} UNREACHABLE at once where nobody listens: a pool would wait for somebody.
 */
export async function openPool(target: Target, { workers, signal }: PoolFacts): Promise<LambdaPool> {
  const [{ LambdaPool }, transport] = await Promise.all([
    import('../lambda-pool.ts'),
    openTransport(target, workers),
    reach(target, signal),
  ]);
  return new LambdaPool({ workers, transport });
}

async function openTransport(target: Target, workers: number): Promise<Transport> {
  const { payloadBucket } = target;
  const bucket = payloadBucket === undefined ? {} : { payloadBucket };
  if (target.kind === 'tasks') {
    const { emulatorTransport } = await import('../transport/emulator.ts');
    return emulatorTransport({ tasksRoot: target.tasksRoot, concurrency: workers, ...bucket });
  }
  if (target.kind === 'localstack') {
    const { localstackTransport } = await import('../transport/localstack.ts');
    // Everything else is as the configuration says.
    const { functionName } = target;
    return localstackTransport({ ...bucket, ...(functionName !== undefined && { functionName }) });
  }
  const { lambdaTransport } = await import('../transport/lambda.ts');
  const { functionName, region } = target;
  if (target.kind === 'aws') {
    const { profile } = target;
    return lambdaTransport({
      functionName,
      ...bucket,
      ...(region !== undefined && { region }),
      ...(profile !== undefined && { profile }),
    });
  }
  const { endpoint, dummyKeys } = target;
  return lambdaTransport({
    functionName,
    endpoint,
    ...bucket,
    ...(region !== undefined && { region }),
    ...(dummyKeys && { credentials: { accessKeyId: DUMMY_KEY, secretAccessKey: DUMMY_KEY } }),
  });
}

const CONNECT_TIMEOUT_MS = 5_000;

async function reach(target: Target, signal: AbortSignal): Promise<void> {
  if (target.kind !== 'endpoint') return;
  const { endpoint, assumed } = target;
  const { hostname, port, protocol } = new URL(endpoint);
  const reason = await tryToConnect(
    hostname.replace(/^\[(.*)\]$/, '$1'),
    Number(port) || (protocol === 'https:' ? 443 : 80),
    signal,
  );
  if (reason === undefined) return;
  const next = assumed
    ? 'Start `lambdapool dev` in another terminal, run the tasks here with --tasks DIR, or name another --endpoint.'
    : 'Check the address, or start what should listen there.';
  throw new LambdaPoolError('UNREACHABLE', `Nobody listens at ${endpoint} (${reason}). ${next}`, {
    details: { endpoint },
  });
}

/** What stood in the way, or undefined. */
function tryToConnect(host: string, port: number, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: CONNECT_TIMEOUT_MS });
    const onAbort = (): void => end(() => reject(signal.reason));
    const end = (settle: () => void): void => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      settle();
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('connect', () => end(() => resolve(undefined)));
    socket.once('timeout', () => end(() => resolve(`no answer within ${CONNECT_TIMEOUT_MS} ms`)));
    socket.on('error', (error: NodeJS.ErrnoException) => end(() => resolve(error.code ?? error.message)));
  });
}
