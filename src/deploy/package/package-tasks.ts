/** Makes the folder that is deployed: the bundle of the tasks, and the packages with native code that it needs. */
import { copyFile, mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Manifest } from '../../../agent/manifest.ts';
import { bundleTasks, type TaskBundle } from '../../bundle/bundle-tasks.ts';
import { toPath } from '../../bundle/paths.ts';
import { LambdaPoolError } from '../../shared/errors.ts';
import { platformsOf, showPlatform } from './binary.ts';
import { checkPackage, type CheckedPackage } from './check-binaries.ts';
import { readPackage } from './installed-packages.ts';
import { planPackages } from './package-tree.ts';
import type { TargetPlatform } from './target-platform.ts';

export interface PackageTasksOptions {
  /** Folder of the task modules; a relative path is relative to the working directory. */
  readonly tasksRoot: string | URL;
  /** Folder to write; made if it is not there, refused if it is not empty. */
  readonly outDir: string | URL;
  /** Packages to leave out; the function gets them from a layer. */
  readonly external?: readonly string[] | undefined;
  /** Globs, relative to the tasks root, of files to copy beside the modules. */
  readonly assets?: readonly string[] | undefined;
  /** The function's machine: `lambdaPlatform('arm64')`, or `hostPlatform()` where this machine runs it. */
  readonly platform: TargetPlatform;
}

/** A module, package or other file of a deployable folder. */
export interface PackagePart {
  readonly name: string;
  readonly bytes: number;
}

/** A folder that Lambda runs as it is. */
export interface TasksPackage {
  /** Absolute path. */
  readonly directory: string;
  readonly handler: 'index.handler';
  readonly manifest: Manifest;
  /** The manifest's. It does not speak of packages with native code: only equal zips are equal code. */
  readonly hash: string;
  /** Paths within the folder, with forward slashes, sorted. */
  readonly files: readonly string[];
  /** What it is made of, largest first. */
  readonly parts: readonly PackagePart[];
  /** What deserves mention and is no error, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Bundles the tasks below a root, and puts packages with native code beside them with all that these need.
 * @throws {LambdaPoolError} BUILD_FAILED as `bundleTasks` does, and for compiled code that the function's machine cannot
 * run; OPTION_INVALID for a missing root or a full `outDir`.
 */
export async function packageTasks(options: PackageTasksOptions): Promise<TasksPackage> {
  const { tasksRoot, outDir, external = [], assets = [], platform } = options;
  const bundle = await bundleTasks({ tasksRoot, outDir, external, assets, moved: true });
  if (Object.keys(bundle.manifest.tasks).length === 0) throw noTasks(tasksRoot, bundle.notes);
  await checkOwnAddons(bundle, platform);
  const roots = await Promise.all(
    [...bundle.nativePackages].sort(byName).map(({ name, directory }) => readPackage(name, directory)),
  );
  const tree = await planPackages(roots, (manifest) => platform.takes(manifest));
  const packages = await Promise.all(tree.packages.map((placed) => checkPackage(placed, platform)));
  const copied: PackagePart[] = [];
  for (const each of packages) copied.push(await copyPackage(each, bundle.directory));
  const files = [...bundle.files, ...packages.flatMap(({ path, files }) => files.map((file) => `${path}/${file}`))];
  return {
    directory: bundle.directory,
    handler: bundle.handler,
    manifest: bundle.manifest,
    hash: bundle.hash,
    files: files.sort(),
    parts: [...bundle.parts, ...copied].sort((a, b) => b.bytes - a.bytes),
    notes: [...bundle.notes, ...tree.notes, ...external.map(noteOfExternal)],
  };
}

/** Whoever develops may begin with none; to deploy them is a mistake, and the notes say which. */
function noTasks(tasksRoot: string | URL, notes: readonly string[]): LambdaPoolError {
  const root = toPath(tasksRoot);
  const message = `The tasks root ${root} holds no tasks. A task is an exported function, such as \`export function add(a: number, b: number) { return a + b }\`.`;
  return new LambdaPoolError('BUILD_FAILED', [message, ...notes].join('\n'), { details: { tasksRoot: root } });
}

function noteOfExternal(name: string): string {
  return `The package ${name} is external and does not go along: a layer has to bring it.`;
}

async function copyPackage({ path, directory, files }: CheckedPackage, to: string): Promise<PackagePart> {
  let bytes = 0;
  for (const file of files) {
    const copy = join(to, path, file);
    await mkdir(dirname(copy), { recursive: true });
    await copyFile(join(directory, file), copy);
    bytes += (await stat(copy)).size;
  }
  return { name: path, bytes };
}

/** Addons that lie among the user's own sources. */
async function checkOwnAddons({ directory, files }: TaskBundle, target: TargetPlatform): Promise<void> {
  for (const file of files.filter((each) => each.endsWith('.node'))) {
    const platforms = platformsOf(await readFile(join(directory, file)));
    if (platforms === undefined || target.runs(platforms)) continue;
    const name = file.replace(/^tasks\/(.*)-[^-]+\.node$/, '$1.node');
    throw new LambdaPoolError(
      'BUILD_FAILED',
      `The addon ${name} among the tasks is for ${platforms.map(showPlatform).join(' and ')}, and the function runs on ${target.name}. Put one there that was compiled for ${target.name}.`,
      { details: { file: name, platform: target.name } },
    );
  }
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
