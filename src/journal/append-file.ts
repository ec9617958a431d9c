/** A file that lines are appended to: those of one invocation in one write. */
import { fdatasync, writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { ioFailure } from './errors.ts';

/** Lines that wait are written at once when they are this long together. */
const MAX_PENDING_CHARS = 1_048_576;
/** After this long, what was written is forced to the disk, in the background. */
const SYNC_INTERVAL_MS = 1_000;

/**
 * Whatever was added is in the system's hands before the event loop goes on, and outlives the death of this process; it is
 * on the disk, and outlives a failure of power, about a second later. The write is synchronous: to the system's memory it
 * takes microseconds, and no other answer is read between an outcome and its line.
 */
export class AppendFile {
  readonly path: string;
  readonly handle: FileHandle;
  /** Told once when writing has failed, never from within `add`. Nothing more is written then. */
  onFailure: (error: unknown) => void = () => {};
  #pending = '';
  #isScheduled = false;
  #failure: { readonly error: unknown; isReported: boolean } | undefined;
  #hasWritten = false;
  #syncedAt = performance.now();
  #syncing: PromiseWithResolvers<void> | undefined;
  #closed: Promise<void> | undefined;

  /** @param handle Open for appending. It is owned from now on. */
  constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.handle = handle;
  }

  /** Takes a line, its newline included. */
  add(line: string): void {
    if (this.#failure !== undefined) return;
    this.#pending += line;
    if (this.#pending.length >= MAX_PENDING_CHARS) this.#write();
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => this.#flush());
  }

  /**
   * Writes what waits, to the disk, and closes the file. Idempotent.
   * @throws {LambdaPoolError} JOURNAL_UNUSABLE if something could not be written, now or before.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    try {
      this.#write();
      await this.#syncing?.promise;
      if (this.#failure !== undefined) throw this.#failure.error;
      if (this.#hasWritten) await this.handle.datasync();
    } finally {
      await this.handle.close();
    }
  }

  #flush(): void {
    this.#isScheduled = false;
    this.#write();
    if (this.#failure === undefined) return this.#sync();
    if (this.#failure.isReported || this.#closed !== undefined) return;
    this.#failure.isReported = true;
    this.onFailure(this.#failure.error);
  }

  #write(): void {
    if (this.#pending === '' || this.#failure !== undefined) return;
    this.#hasWritten = true;
    const bytes = Buffer.from(this.#pending);
    this.#pending = '';
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(this.handle.fd, bytes, at);
    } catch (error) {
      this.#failure = { error: ioFailure(this.path, 'written', error), isReported: false };
    }
  }

  #sync(): void {
    if (
      this.#syncing !== undefined ||
      this.#closed !== undefined ||
      performance.now() - this.#syncedAt < SYNC_INTERVAL_MS
    )
      return;
    const syncing = Promise.withResolvers<void>();
    this.#syncing = syncing;
    // A file system that cannot do it says so at the end.
    fdatasync(this.handle.fd, () => {
      this.#syncing = undefined;
      this.#syncedAt = performance.now();
      syncing.resolve();
    });
  }
}
