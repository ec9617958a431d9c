/** Keeps two writers from one file: a lock file beside it, which names the process that holds it. */
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { threadId } from 'node:worker_threads';
import { unusable } from './errors.ts';

/** Who holds a lock. */
interface Holder {
  readonly pid: number;
  readonly thread: number;
  readonly host: string;
  readonly id: string;
}

/** Locks of this thread: after a restart in a container, another one may have had our id. */
const held = new Set<string>();

const MAX_ATTEMPTS = 100;

/**
 * Locks `path` until disposed of. The lock of a process of this machine that has died is taken over.
 * @throws {LambdaPoolError} JOURNAL_UNUSABLE while somebody else holds it.
 */
export function lock(path: string): Disposable {
  const file = `${path}.lock`;
  const own: Holder = { pid: process.pid, thread: threadId, host: hostname(), id: randomUUID() };
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    if (create(file, own)) return hold(file, own);
    const text = read(file);
    // Gone in the meantime.
    if (text === undefined) continue;
    const holder = parse(text);
    if (holder === undefined || isAlive(holder)) throw locked(path, file, holder);
    takeAway(file, text);
  }
  throw locked(path, file, undefined);
}

function hold(file: string, own: Holder): Disposable {
  held.add(own.id);
  return {
    [Symbol.dispose]() {
      held.delete(own.id);
      if (parse(read(file) ?? '')?.id === own.id) rmSync(file, { force: true });
    },
  };
}

/** Makes the lock file with its text at once, so that nobody ever reads half of it. False if there is one. */
function create(file: string, own: Holder): boolean {
  const draft = `${file}.${own.id}`;
  writeFileSync(draft, JSON.stringify(own));
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Removes the lock of the dead, and only that one: somebody else may have taken it over since we read it. */
function takeAway(file: string, text: string): void {
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  try {
    if (read(aside) !== text) linkSync(aside, file);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function isAlive({ pid, thread, host, id }: Holder): boolean {
  // Nobody can tell from here whether a process of another machine runs.
  if (host !== hostname()) return true;
  if (pid === process.pid && thread === threadId) return held.has(id);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parse(text: string): Holder | undefined {
  try {
    const { pid, thread = 0, host, id }: Partial<Holder> = JSON.parse(text);
    if (typeof pid !== 'number' || typeof host !== 'string' || typeof id !== 'string') return undefined;
    return { pid, thread, host, id };
  } catch {
    return undefined;
  }
}

function locked(path: string, file: string, holder: Holder | undefined): unknown {
  const who = holder === undefined ? 'another writer' : `process ${holder.pid} on ${holder.host}`;
  const sentence = `is being written by ${who}. Wait until that has ended; if it has ended already, delete ${file}.`;
  return unusable(path, 'locked', sentence);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
