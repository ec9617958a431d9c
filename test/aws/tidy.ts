/** Deletes all that a run on AWS has made. */
import { deleteFunction } from '../../src/deploy/delete-function.ts';
import type { Target } from '../../src/deploy/target/target.ts';
import { isLambdaPoolError } from '../../src/index.ts';
import type { AwsRun } from './run.ts';

/** What was deleted, and what is left, with the reason; a line each. */
export interface Tidied {
  readonly deleted: readonly string[];
  readonly left: readonly string[];
}

/** Goes on whatever happens, and never rejects. */
export async function tidy(run: AwsRun, target: Target): Promise<Tidied> {
  const deleted: string[] = [];
  const left: string[] = [];
  const all = run.functions().map((name) => ({ what: name, remove: () => removeFunction(target, name) }));
  const bucket = run.bucket();
  const buckets = bucket === undefined ? [] : [{ what: bucket, remove: () => removeBucket(target, bucket) }];
  for (const { what, remove } of [...all, ...buckets]) {
    try {
      deleted.push(...(await remove()));
    } catch (error) {
      left.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { deleted, left };
}

async function removeFunction(target: Target, name: string): Promise<string[]> {
  try {
    const { deleted } = await deleteFunction(target, name);
    return deleted.map((what) => `${name}: ${what}`);
  } catch (error) {
    // The run ended before it was made.
    if (isLambdaPoolError(error, 'FUNCTION_NOT_FOUND')) return [];
    throw error;
  }
}

async function removeBucket(target: Target, Bucket: string): Promise<string[]> {
  const [s3, client] = await Promise.all([target.s3(), import('@aws-sdk/client-s3')]);
  try {
    const { Contents = [] } = await s3.send(new client.ListObjectsV2Command({ Bucket }));
    for (const { Key } of Contents) await s3.send(new client.DeleteObjectCommand({ Bucket, Key }));
    await s3.send(new client.DeleteBucketCommand({ Bucket }));
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchBucket') return [];
    throw error;
  }
  return [`${Bucket}: bucket`];
}
