/** The files of an installed package: which of them are compiled, for what, and which go along. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { platformsOf, type Platform } from './binary.ts';
import type { InstalledPackage } from './installed-packages.ts';

/** A compiled file of a package. */
export interface Binary {
  /** Path within the package, with forward slashes. */
  readonly path: string;
  readonly platforms: readonly Platform[];
}

/** Other packages are placed by themselves; what a compiler leaves lying about serves nobody. */
const LEFT_OUT = new Set(['node_modules', '.git', 'obj.target', '.deps']);

/** Paths of all files of a package that go along, with forward slashes, sorted. Links are followed. */
export async function listPackageFiles(directory: string, prefix = ''): Promise<string[]> {
  const names = (await readdir(join(directory, prefix))).filter((name) => !LEFT_OUT.has(name));
  const found = await Promise.all(
    names.map(async (name) => {
      const path = prefix === '' ? name : `${prefix}/${name}`;
      // A link that leads nowhere is nothing.
      const entry = await stat(join(directory, path)).catch(() => undefined);
      if (entry?.isDirectory() === true) return listPackageFiles(directory, path);
      return entry?.isFile() === true ? [path] : [];
    }),
  );
  return found.flat().sort();
}

/**
 * The compiled files on which the package depends: its addons, and every program or library of a package that exists
 * for one platform only. Others may carry programs for systems that are not theirs, and not mind.
 */
export async function listBinaries(installed: InstalledPackage, files: readonly string[]): Promise<Binary[]> {
  const { os, cpu } = installed.manifest;
  const all = os.length > 0 || cpu.length > 0;
  const binaries: Binary[] = [];
  for (const path of files) {
    if (!all && !path.endsWith('.node')) continue;
    const platforms = platformsOf(await readFile(join(installed.directory, path)));
    if (platforms !== undefined) binaries.push({ path, platforms });
  }
  return binaries;
}
