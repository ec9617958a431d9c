/** Tasks on their way to a function: packaged, zipped, measured, and put into S3 where a request is too small for them. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '../../../agent/manifest.ts';
import { LambdaPoolError } from '../../shared/errors.ts';
import type { Code } from './lambda-api.ts';
import { packageTasks } from '../package/package-tasks.ts';
import { checkPackageSize, showSize, tooLargeInline } from '../package/size.ts';
import type { PackageSize } from '../package/size.ts';
import { hostPlatform, lambdaPlatform, type Architecture } from '../package/target-platform.ts';
import { zipFolder } from '../package/zip.ts';
import type { Work } from '../work.ts';

/** What to deploy. */
export interface DeployTasks {
  /** Folder of the task modules; a relative path is relative to the working directory. */
  readonly tasksRoot: string | URL;
  /** Packages to leave out of the bundle: a layer has them. */
  readonly external?: readonly string[] | undefined;
  /** Globs, relative to the tasks root, of files to copy beside the modules. */
  readonly assets?: readonly string[] | undefined;
}

/** The code of a function, ready to be sent. */
export interface ZippedTasks {
  readonly zip: Uint8Array;
  /** As Lambda tells it: base64. Equal exactly if the code is equal. */
  readonly sha256: string;
  readonly size: PackageSize;
  readonly manifest: Manifest;
  readonly notes: readonly string[];
}

export async function zipTasks(work: Work, tasks: DeployTasks, architecture: Architecture): Promise<ZippedTasks> {
  // The emulator runs functions on this machine, whatever architecture they are said to have.
  const platform = work.target.isEmulator ? hostPlatform() : lambdaPlatform(architecture);
  const outDir = await mkdtemp(join(tmpdir(), 'lambdapool-deploy-'));
  try {
    const made = await work.step('bundle', async (note) => {
      const { tasksRoot, external, assets } = tasks;
      const made = await packageTasks({ tasksRoot, outDir, external, assets, platform });
      const count = Object.keys(made.manifest.tasks).length;
      note(`${count} ${count === 1 ? 'task' : 'tasks'}`);
      return made;
    });
    return await work.step('zip', async (note) => {
      const zip = await zipFolder(made.directory);
      const size = await checkPackageSize(made, zip);
      note(showSize(size.zippedBytes));
      const sha256 = createHash('sha256').update(zip).digest('base64');
      return { zip, sha256, size, manifest: made.manifest, notes: made.notes };
    });
  } finally {
    await rm(outDir, { recursive: true, force: true });
  }
}

/**
 * The bucket through which code must travel; undefined: one request carries it.
 * @throws {LambdaPoolError} PAYLOAD_TOO_LARGE if there is none to take.
 */
export function checkWay({ target }: Work, size: PackageSize, bucket: string | undefined): string | undefined {
  if (size.inline) return undefined;
  if (target.lambdaOnly) throw tooLargeInline(size);
  if (bucket === undefined) throw bucketMissing(size);
  return bucket;
}

/** Runs `use` with the code as it is sent. What was put into S3 for that is deleted again, however it ends. */
export async function withCode<T>(
  work: Work,
  { zip, sha256, size, bucket }: Pick<ZippedTasks, 'zip' | 'sha256' | 'size'> & { readonly bucket: string | undefined },
  use: (code: Code) => Promise<T>,
): Promise<T> {
  const Bucket = checkWay(work, size, bucket);
  if (Bucket === undefined) return use({ ZipFile: zip });
  const place = {
    Bucket,
    Key: `lambdapool/${work.functionName}/${Buffer.from(sha256, 'base64').toString('hex')}.zip`,
  };
  const [{ DeleteObjectCommand, PutObjectCommand }, client] = await Promise.all([
    import('@aws-sdk/client-s3'),
    work.target.s3(),
  ]);
  try {
    await work.step('upload', async (note) => {
      const command = new PutObjectCommand({ ...place, Body: zip });
      await work.send('s3:PutObject', (options) => client.send(command, options));
      note(`s3://${place.Bucket}/${place.Key}`);
    });
    return await use({ S3Bucket: place.Bucket, S3Key: place.Key });
  } finally {
    // Without the signal: an interrupted run leaves nothing that costs money either.
    await client.send(new DeleteObjectCommand(place)).catch(() => undefined);
  }
}

function bucketMissing({ zippedBytes, largest }: PackageSize): LambdaPoolError {
  return new LambdaPoolError(
    'PAYLOAD_TOO_LARGE',
    `The code is ${showSize(zippedBytes)} zipped, more than one request carries. Name a bucket in the function's region with ` +
      `\`codeBucket\`, through which it can travel, or import less. The largest parts are ${largest}.`,
    { details: { option: 'codeBucket', zippedBytes } },
  );
}
