/** A file of the calls of a run that failed, with their arguments, to be replayed. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { CallRequest } from '../../agent/protocol.ts';
import { AppendFile } from './append-file.ts';
import { ioFailure, unusable } from './errors.ts';
import { HEADER_START, callLine, failedLine, headerLine } from './format.ts';
import type { Origin } from './format.ts';

/**
 * Begins a file at `path`, in place of the one of an earlier run.
 * @throws {LambdaPoolError} JOURNAL_UNUSABLE if another kind of file is there, or it cannot be written.
 */
export async function createFailureFile(path: string, task: string): Promise<FailureFile> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND);
    await checkOurs(path, file);
    await file.truncate(0);
    await file.writeFile(headerLine({ task, startedAt: new Date().toISOString() }));
    return new FailureFile(new AppendFile(path, file));
  } catch (error) {
    await file?.close();
    throw ioFailure(path, 'written', error);
  }
}

/** Nobody loses a file because of a wrong name. */
async function checkOurs(path: string, file: FileHandle): Promise<void> {
  if (!(await file.stat()).isFile()) throw unusable(path, 'not-a-journal', 'is no file but a device or a pipe.');
  const { bytesRead, buffer } = await file.read(Buffer.alloc(HEADER_START.length), 0, HEADER_START.length, 0);
  if (bytesRead === 0 || buffer.toString() === HEADER_START) return;
  throw unusable(path, 'not-a-journal', 'is another kind of file, and would be overwritten. Give another name.');
}

/** One run's failures. */
export class FailureFile {
  readonly #file: AppendFile;

  constructor(file: AppendFile) {
    this.#file = file;
  }

  /** Tells `listener` when writing has failed. */
  onFailure(listener: (error: unknown) => void): void {
    this.#file.onFailure = listener;
  }

  /** Notes that `call` has failed. */
  failed(index: number, call: CallRequest, failure: { readonly error: unknown; readonly origin: Origin }): void {
    this.#file.add(callLine(index, call) + failedLine(index, failure.error, failure.origin));
  }

  /** @throws {LambdaPoolError} JOURNAL_UNUSABLE if something could not be written. */
  close(): Promise<void> {
    return this.#file.close();
  }
}
