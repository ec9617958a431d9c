/** Objects as files in a temporary folder, which goes at the end. Names are never paths: each file has a number for a name. */
import { createReadStream, createWriteStream } from 'node:fs';
import type { ReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Guard } from '../guard/guard.ts';

/** What a folder takes. */
export interface FolderLimits {
  readonly maxObjectBytes: number;
  readonly maxTotalBytes: number;
  readonly maxObjects: number;
}

/** One object: what stays the same as long as it is there. */
export interface StoredObject {
  readonly bytes: number;
  readonly contentType: string;
  /** Unlike for each content that ever had the name. */
  readonly etag: string;
}

/** Why an object was not taken. */
export type Refused = 'object-too-large' | 'folder-full';

/** A little more than the largest that a pool puts there. */
const DEFAULT_LIMITS: FolderLimits = {
  maxObjectBytes: 257 * 1024 ** 2,
  maxTotalBytes: 8 * 1024 ** 3,
  maxObjects: 100_000,
};

interface Entry extends StoredObject {
  readonly file: string;
}

export class ObjectFolder implements AsyncDisposable {
  readonly #limits: FolderLimits;
  readonly #entries = new Map<string, Entry>();
  #directory: Promise<string> | undefined;
  /** Of all files, half-written ones included. */
  #totalBytes = 0;
  #files = 0;
  #writing = 0;
  #isClosed = false;
  /** For processes that end without waiting, or are killed: what lies here may be nobody else's to see. */
  readonly #guard = new Guard();

  constructor(limits: FolderLimits = DEFAULT_LIMITS) {
    this.#limits = limits;
  }

  /** How many objects there are. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * Takes an object, in the place of one that had the name. What is refused, or does not come to its end, changes nothing.
   * Rejects with the error of `body` or of the file system.
   */
  async put(name: string, body: Readable, contentType: string): Promise<StoredObject | Refused> {
    if (!this.#entries.has(name) && this.#entries.size + this.#writing >= this.#limits.maxObjects) return 'folder-full';
    this.#writing += 1;
    try {
      return await this.#take(name, body, contentType);
    } finally {
      this.#writing -= 1;
    }
  }

  find(name: string): StoredObject | undefined {
    return this.#entries.get(name);
  }

  /** The content; undefined if there is no such object. */
  read(name: string): ReadStream | undefined {
    const entry = this.#entries.get(name);
    return entry && createReadStream(entry.file);
  }

  async delete(name: string): Promise<void> {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    this.#entries.delete(name);
    await this.#discard(entry);
  }

  /** Removes the folder with all that is in it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#entries.clear();
    const directory = await this.#directory?.catch(() => undefined);
    if (directory !== undefined) await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    this.#guard[Symbol.dispose]();
  }

  async #take(name: string, body: Readable, contentType: string): Promise<StoredObject | Refused> {
    const directory = await this.#open();
    this.#files += 1;
    const file = path.join(directory, String(this.#files));
    const tally = { bytes: 0 };
    try {
      await pipeline(body, (chunks: AsyncIterable<Buffer>) => this.#count(chunks, tally), createWriteStream(file));
    } catch (error) {
      await this.#discard({ file, bytes: tally.bytes });
      if (error instanceof RefusedError) return error.reason;
      throw error;
    }
    const before = this.#entries.get(name);
    const entry = { file, bytes: tally.bytes, contentType, etag: `"${path.basename(file)}"` };
    this.#entries.set(name, entry);
    if (before !== undefined) await this.#discard(before);
    return entry;
  }

  #open(): Promise<string> {
    if (this.#isClosed) return Promise.reject(new Error('The folder of the objects has been removed.'));
    this.#directory ??= this.#make();
    return this.#directory;
  }

  async #make(): Promise<string> {
    const directory = await mkdtemp(path.join(tmpdir(), 'lambdapool-objects-'));
    this.#guard.guardFolder(directory);
    return directory;
  }

  async *#count(chunks: AsyncIterable<Buffer>, tally: { bytes: number }): AsyncGenerator<Buffer> {
    const { maxObjectBytes, maxTotalBytes } = this.#limits;
    for await (const chunk of chunks) {
      tally.bytes += chunk.length;
      this.#totalBytes += chunk.length;
      if (tally.bytes > maxObjectBytes) throw new RefusedError('object-too-large');
      if (this.#totalBytes > maxTotalBytes) throw new RefusedError('folder-full');
      yield chunk;
    }
  }

  async #discard({ file, bytes }: Pick<Entry, 'file' | 'bytes'>): Promise<void> {
    this.#totalBytes -= bytes;
    await rm(file, { force: true });
  }
}

class RefusedError extends Error {
  readonly reason: Refused;

  constructor(reason: Refused) {
    super(reason);
    this.reason = reason;
  }
}
