/** Tells which packages hold native code, which a bundle cannot. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export interface NativePackage {
  readonly name: string;
  /** Absolute path of its folder. */
  readonly directory: string;
}

const NATIVE_FILES = /^(binding\.gyp|prebuilds)$|\.node$/;
// How napi-rs, esbuild, sharp and others ship binaries: one optional package for each platform.
const PLATFORM_PACKAGE = /(linux|darwin|win32)-(x64|arm64)/;
const BUILD_FOLDERS = new Set(['build', 'Release', 'lib', 'binding', 'dist', 'src', 'bin']);

/** The package that a file inside node_modules belongs to. */
export function packageOf(file: string): NativePackage | undefined {
  const [, directory] = /^((?:.*[\\/])?node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(file) ?? [];
  if (directory === undefined) return undefined;
  const parent = basename(dirname(directory));
  return { name: parent.startsWith('@') ? `${parent}/${basename(directory)}` : basename(directory), directory };
}

/** Remembers its answers: packages seldom change while we run. */
export class NativePackages {
  readonly #known = new Map<string, Promise<boolean>>();

  /** Those of the packages behind `files` that hold native code. */
  async among(files: Iterable<string>): Promise<NativePackage[]> {
    const packages = new Map<string, NativePackage>();
    for (const file of files) {
      const found = packageOf(file);
      if (found !== undefined) packages.set(found.directory, found);
    }
    const native = await Promise.all([...packages.values()].map((each) => this.#isNative(each.directory)));
    return [...packages.values()].filter((_, index) => native[index]);
  }

  #isNative(directory: string): Promise<boolean> {
    const known = this.#known.get(directory) ?? isNative(directory);
    this.#known.set(directory, known);
    return known;
  }
}

async function isNative(directory: string): Promise<boolean> {
  return (await declaresNative(directory)) || (await holdsNative(directory, 3));
}

async function declaresNative(directory: string): Promise<boolean> {
  try {
    const manifest: unknown = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));
    if (typeof manifest !== 'object' || manifest === null) return false;
    if ('gypfile' in manifest || 'napi' in manifest) return true;
    const optional = 'optionalDependencies' in manifest ? manifest.optionalDependencies : undefined;
    return Object.keys(Object(optional)).some((name) => PLATFORM_PACKAGE.test(name));
  } catch {
    return false;
  }
}

async function holdsNative(directory: string, depth: number): Promise<boolean> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  if (entries.some((entry) => NATIVE_FILES.test(entry.name))) return true;
  if (depth === 0) return false;
  const folders = entries.filter((entry) => entry.isDirectory() && BUILD_FOLDERS.has(entry.name));
  const found = await Promise.all(folders.map((entry) => holdsNative(join(directory, entry.name), depth - 1)));
  return found.includes(true);
}
