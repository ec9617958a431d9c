/** Tasks root to deployable folder, once. */
import { readdir, realpath } from 'node:fs/promises';
import type { Manifest } from '../../agent/manifest.ts';
import { LambdaPoolError } from '../shared/errors.ts';
import { makeFolder } from '../shared/make-folder.ts';
import { AGENT_MAP } from './agent-bundle.ts';
import { resolveTasksRoot } from './discover.ts';
import type { NativePackage } from './native-packages.ts';
import { toPath } from './paths.ts';
import { findProject } from './project-folder.ts';
import { relocateMap, unplacedAgentMap } from './relocate-maps.ts';
import { TaskBuilder, type BuiltTasks } from './task-builder.ts';
import type { BundlePart } from './task-outputs.ts';
import { writeBundle } from './write-bundle.ts';

export interface BundleTasksOptions {
  /** Folder of the task modules; a relative path is relative to the working directory. */
  readonly tasksRoot: string | URL;
  /** Folder to write; made if it is not there, refused if it is not empty. */
  readonly outDir: string | URL;
  /** Packages to leave out of the bundle. */
  readonly external?: readonly string[];
  /** Globs, relative to the tasks root, of files to copy beside the modules: `**\/*.csv`. */
  readonly assets?: readonly string[];
  /**
   * Whether the folder will run on another machine. Then its source maps name the sources by their place in the project,
   * as if that lay where the folder will lie, so that the bytes do not tell where it was made. @default false
   */
  readonly moved?: boolean;
}

/** A deployable folder. */
export interface TaskBundle {
  /** Absolute path. */
  readonly directory: string;
  /** Handler as Lambda writes it. */
  readonly handler: 'index.handler';
  /** The manifest's: equal exactly if the code is equal. */
  readonly hash: string;
  readonly manifest: Manifest;
  /** Paths within the folder, with forward slashes, sorted. */
  readonly files: readonly string[];
  /** Packages with native code. They are not in the folder and must be deployed with it. */
  readonly nativePackages: readonly NativePackage[];
  /** How much each source, package and asset weighs in the folder, source maps aside. */
  readonly parts: readonly BundlePart[];
  /** What deserves mention and is no error, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Bundles the tasks below a root into a folder that Lambda and the emulator run as it is.
 * @throws {LambdaPoolError} BUILD_FAILED with file, line and code frame; OPTION_INVALID for a missing root or a full `outDir`.
 */
export async function bundleTasks(options: BundleTasksOptions): Promise<TaskBundle> {
  const tasksRoot = await resolveTasksRoot(toPath(options.tasksRoot));
  const project = await findProject(tasksRoot);
  const directory = await emptyFolder(toPath(options.outDir));
  const builder = new TaskBuilder({
    tasksRoot,
    project,
    external: options.external ?? [],
    assets: options.assets ?? [],
  });
  try {
    const built = await builder.build();
    await writeBundle(directory, {
      ...built,
      files: withMaps(built, project, options.moved === true ? undefined : directory),
    });
    const { manifest, nativePackages, parts, notes } = built;
    const files = [...built.files.keys()].sort();
    return { directory, handler: 'index.handler', hash: manifest.hash, manifest, files, nativePackages, parts, notes };
  } finally {
    await builder[Symbol.asyncDispose]();
  }
}

async function emptyFolder(path: string): Promise<string> {
  await makeFolder(path);
  if ((await readdir(path)).length > 0) {
    throw new LambdaPoolError(
      'OPTION_INVALID',
      `The folder ${path} for the bundle is not empty. Empty it, or name another \`outDir\`.`,
      {
        details: { option: 'outDir', outDir: path },
      },
    );
  }
  return realpath(path);
}

function withMaps(built: BuiltTasks, project: string, directory: string | undefined): BuiltTasks['files'] {
  return new Map(
    [...built.files].map(([path, contents]) => {
      const text = (): string => Buffer.from(contents).toString();
      if (path === AGENT_MAP && directory === undefined) return [path, unplacedAgentMap(text())];
      if (!/^tasks\/[^/]+\.mjs\.map$/.test(path)) return [path, contents];
      return [path, relocateMap(text(), project, directory ?? project)];
    }),
  );
}
