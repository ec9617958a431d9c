/** Reads the failed calls of a journal or a file of failures, with their arguments. Changes nothing. */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { CallRequest } from '../../agent/protocol.ts';
import { ioFailure, unusable } from './errors.ts';
import { JOURNAL_VERSION, readEntry, readHeader } from './format.ts';
import type { FailedLine } from './format.ts';
import { scanLines } from './scan-lines.ts';

/** A call that failed. */
export interface FailedCall {
  readonly index: number;
  readonly call: CallRequest;
  /** What is written of its last failure. */
  readonly failure: FailedLine;
}

/** The failed calls of a run, by index. */
export interface Failures {
  readonly task: string;
  readonly calls: readonly FailedCall[];
}

/**
 * The calls that have failed and not returned since.
 * @throws {LambdaPoolError} JOURNAL_UNUSABLE if the file is neither a journal nor a file of failures.
 */
export async function readFailures(path: string): Promise<Failures> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const { task, failed } = await readOutcomes(path, file);
    const calls = await readCallsOf(file, failed);
    return { task, calls: calls.toSorted((a, b) => a.index - b.index) };
  } catch (error) {
    throw ioFailure(path, 'read', error);
  } finally {
    await file?.close();
  }
}

interface Outcomes {
  readonly task: string;
  readonly failed: ReadonlyMap<number, FailedLine>;
}

async function readOutcomes(path: string, file: FileHandle): Promise<Outcomes> {
  let task: string | undefined;
  const failed = new Map<number, FailedLine>();
  const returned = new Set<number>();
  await scanLines(file, (line) => {
    if (task === undefined) {
      task = readTask(path, line);
      return true;
    }
    const entry = readEntry(line);
    if (entry?.kind === 'returned') returned.add(entry.index);
    if (entry?.kind === 'failed') failed.set(entry.index, entry.failure);
    return true;
  });
  if (task === undefined) throw neither(path);
  for (const index of returned) failed.delete(index);
  return { task, failed };
}

/** Once it is known which have failed, only their arguments are held. */
async function readCallsOf(file: FileHandle, failed: ReadonlyMap<number, FailedLine>): Promise<FailedCall[]> {
  const calls: FailedCall[] = [];
  await scanLines(file, (line) => {
    const entry = readEntry(line);
    const failure = entry?.kind === 'call' ? failed.get(entry.index) : undefined;
    if (entry?.kind === 'call' && failure !== undefined) calls.push({ index: entry.index, call: entry.call, failure });
    return calls.length < failed.size;
  });
  return calls;
}

function readTask(path: string, line: string): string {
  const header = readHeader(line);
  if (header?.lambdapoolJournal === JOURNAL_VERSION) return header.task;
  if (header === undefined) throw neither(path);
  const version = `has format version ${header.lambdapoolJournal}; this lambdapool reads version ${JOURNAL_VERSION}`;
  throw unusable(path, 'version', `${version}. Use the version that wrote it.`);
}

function neither(path: string): unknown {
  return unusable(path, 'not-a-journal', 'is another kind of file. Give a journal, or a file of failures.');
}
