/** A journal that is open for writing: one run, what is known of it, and what becomes of it. */
import { createHash } from 'node:crypto';
import { constants, realpathSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CallRequest } from '../../agent/protocol.ts';
import { AppendFile } from './append-file.ts';
import { readCalls, readContents } from './contents.ts';
import type { Contents, RunFacts } from './contents.ts';
import { ioFailure, unusable } from './errors.ts';
import { callLine, failedLine, headerLine, returnedLine } from './format.ts';
import type { Origin } from './format.ts';
import { lock } from './lock.ts';

/** Calls are written this many characters at a time. */
const BATCH_CHARS = 1_048_576;

/**
 * Opens the journal of the run of `calls` at `path`; begins it if there is none.
 * @throws {LambdaPoolError} JOURNAL_UNUSABLE if the file is of another run, is no journal, or somebody else writes it.
 */
export function openJournal(path: string, task: string, calls: readonly CallRequest[]): Promise<Journal> {
  const run: RunFacts = { task, calls: calls.length, hash: hashOf(calls) };
  return withFile(path, 'a+', async (opened) => {
    const found = await readContents(path, opened.file);
    if (found !== undefined) checkSameRun(path, found.run, run);
    return found?.isComplete === true ? goOn(opened, found) : begin(opened, run, calls);
  });
}

/**
 * Opens a journal to go on with its run.
 * @throws {LambdaPoolError} JOURNAL_UNUSABLE
 */
export function reopenJournal(path: string): Promise<Journal> {
  return withFile(path, constants.O_RDWR | constants.O_APPEND, async (opened) => {
    const found = await readContents(path, opened.file);
    if (found?.isComplete === true) return goOn(opened, found);
    const said = 'was cut while its calls were being written. Nothing was sent: run the program that began it again.';
    throw unusable(path, 'damaged', said);
  });
}

interface OpenFile {
  readonly path: string;
  readonly file: FileHandle;
  readonly lock: Disposable;
}

/** Locks and opens the file for `use`; lets go of it if that fails. */
async function withFile<T>(path: string, flags: string | number, use: (opened: OpenFile) => Promise<T>): Promise<T> {
  const whole = wholePath(path);
  let locked: Disposable | undefined;
  let file: FileHandle | undefined;
  try {
    locked = lock(whole);
    file = await open(whole, flags);
    if (!(await file.stat()).isFile()) throw unusable(path, 'not-a-journal', 'is no file but a device or a pipe.');
    return await use({ path, file, lock: locked });
  } catch (error) {
    await file?.close();
    locked?.[Symbol.dispose]();
    throw ioFailure(path, 'opened', error);
  }
}

/** The same for all ways to write it, so that all find the same lock. */
function wholePath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

function checkSameRun(path: string, found: RunFacts, run: RunFacts): void {
  if (found.task === run.task && found.hash === run.hash) return;
  const differs =
    found.task !== run.task
      ? `is of another run: its task is ${found.task}, this one's ${run.task}.`
      : `is of another run of ${run.task}: its ${found.calls} calls are not the ${run.calls} of this one.`;
  throw unusable(path, 'other-run', `${differs} Give each run a journal of its own, or delete this one.`);
}

/** Cuts off half a line: what is appended to it would be lost, too. */
async function goOn(opened: OpenFile, found: Contents): Promise<Journal> {
  await opened.file.truncate(found.end);
  return new Journal(opened, found, false);
}

async function begin(opened: OpenFile, run: RunFacts, calls: readonly CallRequest[]): Promise<Journal> {
  const { file } = opened;
  await file.truncate(0);
  let text = headerLine({ ...run, startedAt: new Date().toISOString() });
  for (const [index, call] of calls.entries()) {
    text += callLine(index, call);
    if (text.length < BATCH_CHARS) continue;
    await file.writeFile(text);
    text = '';
  }
  await file.writeFile(text);
  // Only a run whose calls are safe is sent.
  await file.datasync();
  const results: unknown[] = Array.from({ length: calls.length });
  const returned = new Uint8Array(calls.length);
  return new Journal(opened, { run, isComplete: true, results, returned, done: 0, end: 0 }, true);
}

function hashOf(calls: readonly CallRequest[]): string {
  const hash = createHash('sha256');
  for (const [index, call] of calls.entries()) hash.update(callLine(index, call).slice(0, -1));
  return hash.digest('hex');
}

/** One writer's hold of a journal. Closing it gives it free. */
export class Journal implements AsyncDisposable {
  readonly run: RunFacts;
  /** Results of earlier runs in their places, among undefined ones. */
  readonly results: unknown[];
  /** How many those are. */
  readonly done: number;
  /** Positions of the calls without result. */
  readonly missing: readonly number[];
  /** Whether the run has just begun. */
  readonly isNew: boolean;
  readonly #file: AppendFile;
  readonly #lock: Disposable;
  #closed: Promise<void> | undefined;

  constructor({ path, file, lock }: OpenFile, contents: Contents, isNew: boolean) {
    const { run, results, done, returned } = contents;
    this.run = run;
    this.results = results;
    this.done = done;
    this.missing = Array.from(returned.keys()).filter((index) => returned[index] === 0);
    this.isNew = isNew;
    this.#file = new AppendFile(path, file);
    this.#lock = lock;
  }

  /** Tells `listener` when writing has failed: what comes after is not written down. */
  onFailure(listener: (error: unknown) => void): void {
    this.#file.onFailure = listener;
  }

  /** The calls without result, in the order of `missing`. */
  readMissing(): Promise<CallRequest[]> {
    return readCalls(this.#file.handle, this.missing);
  }

  /** Notes a result. */
  returned(index: number, value: unknown, origin: Origin): void {
    this.#file.add(returnedLine(index, value, origin));
  }

  /** Notes a failure. The call is made again when the run goes on. */
  failed(index: number, error: unknown, origin: Origin): void {
    this.#file.add(failedLine(index, error, origin));
  }

  /**
   * Writes what waits, to the disk, and lets go of the file. Idempotent.
   * @throws {LambdaPoolError} JOURNAL_UNUSABLE if something could not be written.
   */
  close(): Promise<void> {
    this.#closed ??= this.#file.close().finally(() => this.#lock[Symbol.dispose]());
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Takes it back: a run of which nothing can be sent has not begun. */
  async discard(): Promise<void> {
    await rm(this.#file.path, { force: true });
    await this.close();
  }
}
