/** Brings the tasks into a LocalStack: once, where nothing has changed since the last time. */
import { ensureFunction } from '../../deploy/deploy-function.ts';
import { openTarget } from '../../deploy/target/target.ts';
import type { LambdaTransportCredentials } from '../lambda.ts';
import type { Wanted } from './settings.ts';

/** LocalStack checks no keys, but the SDK wants some; these are those of its own tools. */
export const CREDENTIALS: LambdaTransportCredentials = { accessKeyId: 'test', secretAccessKey: 'test' };

interface Place {
  readonly endpoint: string;
  readonly region: string;
}

/** By endpoint and function. Two deployments of one function at a time would refuse each other. */
const deploying = new Map<string, Promise<void>>();

/**
 * Creates or updates the function, after any other deployment of it in this process.
 * @throws {LambdaPoolError} BUILD_FAILED, DEPLOY_FAILED ...
 */
export async function deployTasks(place: Place, wanted: Wanted, signal: AbortSignal): Promise<void> {
  const key = `${place.endpoint} ${wanted.functionName}`;
  const earlier = deploying.get(key) ?? Promise.resolve();
  const mine = earlier.catch(() => {}).then(() => deploy(place, wanted, signal));
  deploying.set(key, mine);
  try {
    await mine;
  } finally {
    if (deploying.get(key) === mine) deploying.delete(key);
  }
}

async function deploy({ endpoint, region }: Place, wanted: Wanted, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await using target = await openTarget({ endpoint, region, credentials: CREDENTIALS });
  await ensureFunction(target, wanted, { signal });
}
