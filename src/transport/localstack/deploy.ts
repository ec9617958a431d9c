/** Brings the tasks into a LocalStack: once, where nothing has changed since the last time. */
import { ensureFunction } from '../../deploy/deploy-function.ts';
import { openTarget } from '../../deploy/target.ts';
import type { Target } from '../../deploy/target.ts';
import type { LambdaTransportCredentials } from '../lambda.ts';
import type { Wanted } from './settings.ts';

/** LocalStack checks no keys, but the SDK wants some; these are those of its own tools. */
export const CREDENTIALS: LambdaTransportCredentials = { accessKeyId: 'test', secretAccessKey: 'test' };

interface Place {
  readonly endpoint: string;
  readonly region: string;
}

/** What a transport needs in LocalStack. */
export interface Needed extends Wanted {
  readonly payloadBucket?: string | undefined;
}

/** By endpoint and function. Two deployments of one function at a time would refuse each other. */
const deploying = new Map<string, Promise<void>>();

/**
 * Creates or updates the function, and makes its bucket, after any other deployment of it in this process.
 * @throws {LambdaPoolError} BUILD_FAILED, DEPLOY_FAILED ...
 */
export async function deployTasks(place: Place, needed: Needed, signal: AbortSignal): Promise<void> {
  const key = `${place.endpoint} ${needed.functionName}`;
  const earlier = deploying.get(key) ?? Promise.resolve();
  const mine = earlier.catch(() => {}).then(() => deploy(place, needed, signal));
  deploying.set(key, mine);
  try {
    await mine;
  } finally {
    if (deploying.get(key) === mine) deploying.delete(key);
  }
}

async function deploy({ endpoint, region }: Place, needed: Needed, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await using target = await openTarget({ endpoint, region, credentials: CREDENTIALS });
  const { payloadBucket, ...request } = needed;
  if (payloadBucket !== undefined) await ensureBucket(target, payloadBucket);
  await ensureFunction(target, request, { signal });
}

/** On AWS a bucket has an owner, a region and rules that are not ours to choose; here it is only a place. */
async function ensureBucket(target: Target, bucket: string): Promise<void> {
  const { CreateBucketCommand } = await import('@aws-sdk/client-s3');
  const s3 = await target.s3();
  // In us-east-1 making a bucket that is there already is no error.
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
}
