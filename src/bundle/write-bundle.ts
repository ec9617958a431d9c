/** Writes a built bundle as a folder. */
import { link, mkdir, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { NativePackage } from './native-packages.ts';
import type { BuiltTasks } from './task-builder.ts';

/** A folder written before, whose unchanged files can be shared. */
export interface WrittenBundle {
  readonly directory: string;
  readonly built: BuiltTasks;
}

/** `directory` is new or empty. What has not changed since `previous` is linked to it, not written again. */
export async function writeBundle(directory: string, built: BuiltTasks, previous?: WrittenBundle): Promise<void> {
  const folders = new Set([...built.files.keys()].map((path) => join(directory, dirname(path))));
  for (const folder of folders) await mkdir(folder, { recursive: true });
  await Promise.all([...built.files].map(([path, contents]) => placeFile({ directory, path, contents, previous })));
}

interface Placed {
  readonly directory: string;
  readonly path: string;
  readonly contents: string | Uint8Array;
  readonly previous: WrittenBundle | undefined;
}

async function placeFile({ directory, path, contents, previous }: Placed): Promise<void> {
  const target = join(directory, path);
  if (previous !== undefined && previous.built.files.get(path) === contents) {
    const linked = await link(join(previous.directory, path), target).then(
      () => true,
      () => false,
    );
    if (linked) return;
  }
  await writeFile(target, contents);
}

/**
 * Node looks for packages from the bundle's folder upwards. Those that only their importer can see (pnpm, nested
 * node_modules) are linked into the bundle.
 */
export async function linkPackages(directory: string, packages: readonly NativePackage[]): Promise<void> {
  const lookup = createRequire(join(directory, 'index.mjs'));
  for (const { name, directory: target } of packages) {
    if (canFind(lookup, name)) continue;
    const path = join(directory, 'node_modules', name);
    await mkdir(dirname(path), { recursive: true });
    await symlink(target, path, 'junction');
  }
}

function canFind(lookup: NodeJS.Require, name: string): boolean {
  try {
    lookup.resolve(name);
    return true;
  } catch (error) {
    // A package that forbids `require` is found all the same.
    return error instanceof Error && 'code' in error && error.code === 'ERR_PACKAGE_PATH_NOT_EXPORTED';
  }
}
