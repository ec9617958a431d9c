/** Keeps the packages of functions that came as zips, unpacked, in a folder of its own until nobody needs them. */
import { createHash } from 'node:crypto';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CodeBundle } from '../../../src/bundle/code-source.ts';
import { hashOf } from '../../../src/bundle/content-hash.ts';
import { LambdaPoolError } from '../../../src/shared/errors.ts';
import { unzipInto } from './unzip.ts';

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
  readonly #adding = new Set<Promise<string>>();
  #closed = false;

  constructor(guard: FolderGuard) {
    this.#guard = guard;
  }

  /**
   * @throws {ServiceError} for a zip that cannot be unpacked, or should not be.
   * @throws {LambdaPoolError} UNREACHABLE on closing.
   */
  async add(zip: Uint8Array): Promise<StoredPackage> {
    if (this.#closed) throw new LambdaPoolError('UNREACHABLE', 'The emulator is closed. Create another `Emulator`.');
    const adding = this.#write(zip);
    this.#adding.add(adding);
    try {
      return stored(await adding, zip);
    } finally {
      this.#adding.delete(adding);
    }
  }

  /** Removes everything. To be called when no environment is left. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#adding);
    const folder = await this.#folder?.catch(() => undefined);
    if (folder !== undefined) await remove(folder);
  }

  /** Returns the folder of the package. */
  async #write(zip: Uint8Array): Promise<string> {
    this.#folder ??= this.#open();
    // Before anything is waited for: others come meanwhile.
    const number = (this.#count += 1);
    const folder = join(await this.#folder, String(number));
    try {
      await unzipInto(join(folder, 'code'), zip);
      await writeFile(join(folder, 'package.zip'), zip);
      return folder;
    } catch (error) {
      await remove(folder);
      throw error;
    }
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
