/** `lambdapool map`: one task over many items, JSON lines in and out. */
import { createReadStream } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { LambdaPool } from '../../lambda-pool.ts';
import { usage } from '../arguments.ts';
import { failureLine } from '../failure.ts';
import type { Input, Io } from '../io.ts';
import { readJsonLines } from '../json-lines.ts';
import { openPool } from '../open-pool.ts';
import { isOfAll, printOutcomes } from '../outcomes.ts';
import { startProgress } from '../progress.ts';
import type { Progress } from '../progress.ts';
import { toJsonLine } from '../results.ts';
import type { Target } from '../target.ts';

export interface MapCommandOptions {
  readonly target: Target;
  readonly task: string;
  /** Absent or `-`: standard input. */
  readonly file?: string | undefined;
  readonly workers?: number | undefined;
  readonly chunksize?: number | undefined;
  /** A file to write the run to, with which it can go on. */
  readonly journal?: string | undefined;
}

/** Reads, calls and prints as it goes. Returns how many calls failed. */
export async function map(options: MapCommandOptions, io: Io, signal: AbortSignal): Promise<number> {
  const { target } = options;
  const workers = options.workers ?? defaultWorkers(target);
  const name = options.file ?? '-';
  const input = name === '-' ? io.stdin : openFile(name);
  try {
    if (name === '-' && input.isTerminal)
      await io.stderr.write('Reading items from the terminal, one JSON value a line; Ctrl-D ends.\n');
    await using pool = await openPool(target, { workers, signal });
    using progress = await startProgress(io.stderr, options.task, await countItems(name, io));
    const items = new NumberedItems(input, name === '-' ? 'standard input' : name);
    const { chunksize, journal } = options;
    if (journal !== undefined)
      return await mapWithJournal({ pool, items, progress, options: { ...options, journal }, signal }, io);
    const results = pool.imap(options.task, items, { signal, ...(chunksize !== undefined && { chunksize }) });
    return await print({ results, items, progress }, io);
  } finally {
    input.close();
  }
}

function defaultWorkers(target: Target): number {
  if (target.kind !== 'aws') return availableParallelism();
  throw usage('Give --workers, the number of invocations that may run on AWS Lambda at once: each costs money.');
}

/** Items for the pool; remembers the line of each until its result is there. */
class NumberedItems implements AsyncIterable<unknown> {
  readonly #input: Input;
  readonly #name: string;
  readonly #lines: number[] = [];
  #failure: { readonly error: unknown } | undefined;

  constructor(input: Input, name: string) {
    this.#input = input;
    this.#name = name;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown, void, undefined> {
    try {
      for await (const { line, value } of readJsonLines(this.#input, this.#name)) {
        this.#lines.push(line);
        yield value;
      }
    } catch (error) {
      this.#failure = { error: readError(error, this.#name) };
      throw this.#failure.error;
    }
  }

  /** Line of the oldest item without result. */
  nextLine(): number | undefined {
    return this.#lines.shift();
  }

  /** Whether `error` is the input's own: it ends the map, and no item has failed. */
  hasFailedWith(error: unknown): boolean {
    return this.#failure?.error === error;
  }
}

interface Journalled {
  readonly pool: LambdaPool;
  readonly items: NumberedItems;
  readonly progress: Progress;
  readonly options: MapCommandOptions & { readonly journal: string };
  readonly signal: AbortSignal;
}

/** All items are read before the first is sent, as a journal is one of a whole run; results are printed at the end. */
async function mapWithJournal(parts: Journalled, io: Io): Promise<number> {
  const { pool, items, progress, options, signal } = parts;
  let told = 0;
  const outcomes = await pool.mapSettled(options.task, items, {
    signal,
    journal: options.journal,
    chunksize: options.chunksize ?? 1,
    onProgress: ({ done, failed }) => {
      for (; told < done + failed; told += 1) progress.advance(told >= done);
    },
  });
  progress[Symbol.dispose]();
  return printOutcomes(outcomes, io, () => `line ${items.nextLine()}`);
}

interface Printing {
  readonly results: AsyncIterableIterator<unknown>;
  readonly items: NumberedItems;
  readonly progress: Progress;
}

/** One line of output for each item, in order: its result, or null where it failed. */
async function print({ results, items, progress }: Printing, io: Io): Promise<number> {
  let failed = 0;
  for (;;) {
    const step = await results.next().catch((error: unknown) => ({ error }));
    if ('done' in step && step.done === true) return failed;
    if ('error' in step && (io.outputClosed.aborted || isOfAll(step.error) || items.hasFailedWith(step.error))) {
      throw step.error;
    }
    const line = items.nextLine();
    // An error that belongs to no item ended the whole map: Ctrl-C.
    if (line === undefined && 'error' in step) throw step.error;
    if ('error' in step || io.stdout.isTerminal) progress.makeRoom();
    if ('error' in step) {
      failed += 1;
      await io.stderr.write(`lambdapool: line ${line}: ${failureLine(step.error)}\n`);
    }
    await io.stdout.write(`${'error' in step ? 'null' : toJsonLine(step.value)}\n`);
    progress.advance('error' in step);
  }
}

function openFile(name: string): Input {
  const stream = createReadStream(name);
  return {
    isTerminal: false,
    close: () => void stream.destroy(),
    [Symbol.asyncIterator]: () => stream[Symbol.asyncIterator](),
  };
}

/** For the progress bar only, and only a file can be read twice. */
async function countItems(name: string, io: Io): Promise<number | undefined> {
  if (name === '-' || !io.stderr.isTerminal) return undefined;
  let items = 0;
  let blank = true;
  try {
    for await (const chunk of createReadStream(name)) {
      for (const byte of Buffer.from(chunk)) {
        if (byte === 10) blank = true;
        else if (blank && byte > 32) {
          blank = false;
          items += 1;
        }
      }
    }
  } catch (error) {
    throw readError(error, name);
  }
  return items;
}

function readError(error: unknown, name: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return usage(`There is no file ${name}.`, error);
  if (code === 'EISDIR') return usage(`${name} is a folder; expected a file with one JSON value a line.`, error);
  if (code === 'EACCES') return usage(`${name} may not be read by this user.`, error);
  return error;
}
