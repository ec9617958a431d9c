/** Keeps the packages of functions that came as zips, unpacked, in a folder of its own until nobody needs them. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CodeBundle } from '../../../src/bundle/code-source.ts';
import { hashOf } from '../../../src/bundle/content-hash.ts';
import { openPackage } from './unzip.ts';

/** A package on the disk. Whoever made it holds it until `release`; further holders come by `hold`. */
export interface StoredPackage {
  /** The zip as it came. */
  readonly zipFile: string;
  readonly zipBytes: number;
  /** SHA-256 of the zip in base64, as AWS tells it. */
  readonly sha256: string;
  /** One more holder, who lets go by disposing of the bundle. */
  hold(handler: string): CodeBundle;
  /** One more holder, who lets go by `release`. */
  share(): StoredPackage;
  release(): Promise<void>;
}

/** Sees to it that a folder goes, however this process ends. */
export interface FolderGuard {
  guardFolder(folder: string): void;
}

export class PackageStore implements AsyncDisposable {
  readonly #guard: FolderGuard;
  #folder: Promise<string> | undefined;
  #count = 0;

  constructor(guard: FolderGuard) {
    this.#guard = guard;
  }

  /** @throws {ServiceError} for a zip that cannot be unpacked, or should not be. */
  async add(zip: Uint8Array): Promise<StoredPackage> {
    const contents = openPackage(zip);
    this.#folder ??= this.#open();
    this.#count += 1;
    const folder = join(await this.#folder, String(this.#count));
    const directory = join(folder, 'code');
    try {
      const folders = new Set([directory, ...contents.directories.map((path) => join(directory, path))]);
      for (const { path } of contents.files) folders.add(dirname(join(directory, path)));
      for (const each of folders) await mkdir(each, { recursive: true });
      // One after the other, so that no more than one is in memory.
      for (const { path, isExecutable, read } of contents.files) {
        await writeFile(join(directory, path), await read(), { flag: 'wx', mode: isExecutable ? 0o755 : 0o644 });
      }
      await writeFile(join(folder, 'package.zip'), zip);
    } catch (error) {
      await remove(folder);
      throw error;
    }
    return stored(folder, zip);
  }

  /** Removes everything. To be called when no environment is left. */
  async [Symbol.asyncDispose](): Promise<void> {
    const folder = await this.#folder?.catch(() => undefined);
    if (folder !== undefined) await remove(folder);
  }

  async #open(): Promise<string> {
    // Where the temporary folder is a link, Node would load modules by another path than the function is told.
    const folder = await mkdtemp(join(await realpath(tmpdir()), 'lambdapool-functions-'));
    this.#guard.guardFolder(folder);
    return folder;
  }
}

function stored(folder: string, zip: Uint8Array): StoredPackage {
  const directory = join(folder, 'code');
  const sha256 = createHash('sha256').update(zip).digest('base64');
  let holders = 0;
  const letGo = async (): Promise<void> => {
    holders -= 1;
    if (holders === 0) await remove(folder);
  };
  const holder = (): (() => Promise<void>) => {
    holders += 1;
    let gone: Promise<void> | undefined;
    return () => (gone ??= letGo());
  };
  const hold = (handler: string): CodeBundle => {
    return { directory, handler, hash: hashOf(sha256, handler), [Symbol.asyncDispose]: holder() };
  };
  const share = (): StoredPackage => {
    return { zipFile: join(folder, 'package.zip'), zipBytes: zip.length, sha256, hold, share, release: holder() };
  };
  return share();
}

async function remove(folder: string): Promise<void> {
  // What an environment that is just ending still holds open on Windows goes with the guard.
  await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
}
