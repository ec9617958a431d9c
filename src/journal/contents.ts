/** Reads a journal from its beginning: which run it is of, and what is known of it. */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { CallRequest } from '../../agent/protocol.ts';
import { unusable } from './errors.ts';
import { HEADER_START, JOURNAL_VERSION, readEntry, readHeader } from './format.ts';
import { scanLines } from './scan-lines.ts';

/** The run that a journal is of. */
export interface RunFacts {
  readonly task: string;
  /** How many calls it has. */
  readonly calls: number;
  /** SHA-256 of their lines. */
  readonly hash: string;
}

/** A journal as it was read. */
export interface Contents {
  readonly run: RunFacts;
  /** Whether all calls are written down. If not, none was sent. */
  readonly isComplete: boolean;
  /** Results in their places; undefined, too, where there is none. */
  readonly results: unknown[];
  /** 1 for each call that has returned. */
  readonly returned: Uint8Array;
  /** How many those are. */
  readonly done: number;
  /** Where the last complete line ends. */
  readonly end: number;
}

/**
 * What is in `file`; undefined if it is empty, or was cut within the first line.
 * @throws {LambdaPoolError} JOURNAL_UNUSABLE if it is something else, or damaged.
 */
export async function readContents(path: string, file: FileHandle): Promise<Contents | undefined> {
  let reader: ContentsReader | undefined;
  const rest = await scanLines(file, (line, end) => {
    if (reader === undefined) reader = new ContentsReader(path, readRun(path, line), end);
    else reader.read(line, end);
    return true;
  });
  if (reader === undefined && !rest.startsWith(HEADER_START) && !HEADER_START.startsWith(rest)) throw notAJournal(path);
  return reader;
}

/** The calls at the positions in `wanted`, which ascend. */
export async function readCalls(file: FileHandle, wanted: readonly number[]): Promise<CallRequest[]> {
  const calls: CallRequest[] = [];
  let line = -1;
  await scanLines(file, (text) => {
    if (line === wanted[calls.length]) {
      const entry = readEntry(text);
      calls.push(entry?.kind === 'call' ? entry.call : null);
    }
    line += 1;
    return calls.length < wanted.length;
  });
  return calls;
}

function readRun(path: string, line: string): RunFacts {
  const header = readHeader(line);
  if (header === undefined) throw notAJournal(path);
  const { lambdapoolJournal: version, task, calls, hash } = header;
  if (version !== JOURNAL_VERSION) {
    const known = `this lambdapool reads version ${JOURNAL_VERSION}`;
    throw unusable(path, 'version', `has format version ${version}; ${known}. Use the version that wrote it.`);
  }
  if (calls === undefined || hash === undefined) {
    throw unusable(path, 'not-a-journal', 'holds failures only, not a whole run. `lambdapool replay` runs those.');
  }
  return { task, calls, hash };
}

class ContentsReader implements Contents {
  readonly run: RunFacts;
  readonly results: unknown[];
  readonly returned: Uint8Array;
  done = 0;
  end: number;
  readonly #path: string;
  readonly #hash = createHash('sha256');
  #calls = 0;

  constructor(path: string, run: RunFacts, end: number) {
    this.#path = path;
    this.run = run;
    this.end = end;
    this.results = Array.from({ length: run.calls });
    this.returned = new Uint8Array(run.calls);
  }

  get isComplete(): boolean {
    return this.#calls === this.run.calls;
  }

  read(line: string, end: number): void {
    this.end = end;
    if (this.isComplete) return this.#readOutcome(line);
    this.#hash.update(line);
    this.#calls += 1;
    if (this.isComplete && this.#hash.digest('hex') !== this.run.hash) {
      throw unusable(this.#path, 'damaged', 'is damaged: the calls in it are not those that it was begun with.');
    }
  }

  /** A line that cannot be read counts for nothing: its call is made again. Of two results the first holds. */
  #readOutcome(line: string): void {
    const entry = readEntry(line);
    if (entry?.kind !== 'returned' || entry.index >= this.run.calls || this.returned[entry.index] === 1) return;
    this.returned[entry.index] = 1;
    this.results[entry.index] = entry.value;
    this.done += 1;
  }
}

function notAJournal(path: string): unknown {
  return unusable(path, 'not-a-journal', 'is another kind of file. Give the name of a new file, or of a journal.');
}
