/** Two writers never hold one file. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { lock } from '../../../src/journal/lock.ts';
import { folder } from './files.ts';

/** A process that has ended. */
const deadPid = (): number => spawnSync(process.execPath, ['--version']).pid;

const holder = (facts: object): string =>
  JSON.stringify({ pid: process.pid, thread: 0, host: hostname(), id: 'theirs', ...facts });

test('a second writer is refused while the first holds the file, and gets it after that', async () => {
  await using f = await folder();
  const first = lock(f.path('run.jsonl'));
  expect(() => lock(f.path('run.jsonl'))).toThrow(
    expect.objectContaining({
      code: 'JOURNAL_UNUSABLE',
      message: expect.stringContaining(`is being written by process ${process.pid}`),
      details: expect.objectContaining({ problem: 'locked' }),
    }),
  );
  first[Symbol.dispose]();
  lock(f.path('run.jsonl'))[Symbol.dispose]();
  expect(readdirSync(path.dirname(f.path('x')))).toEqual([]);
});

test('the lock of a process that has died is taken over', async () => {
  await using f = await folder();
  await f.write('run.jsonl.lock', holder({ pid: deadPid() }));
  using _ = lock(f.path('run.jsonl'));
  expect(await f.text('run.jsonl.lock')).toContain(`"pid":${process.pid}`);
});

test('a lock of an earlier process that had our id, as in a restarted container, is taken over', async () => {
  await using f = await folder();
  await f.write('run.jsonl.lock', holder({}));
  using _ = lock(f.path('run.jsonl'));
  expect(await f.text('run.jsonl.lock')).not.toContain('theirs');
});

test.each([
  ['a process that lives', { pid: process.ppid }],
  ['a process of another machine, which nobody can look for', { pid: deadPid(), host: 'elsewhere' }],
  ['another thread of this process', { thread: 7 }],
])('the lock of %s is respected', async (_title, facts) => {
  await using f = await folder();
  await f.write('run.jsonl.lock', holder(facts));
  expect(() => lock(f.path('run.jsonl'))).toThrow(/delete .*run\.jsonl\.lock/);
});

test('a lock file that somebody else wrote is not touched', async () => {
  await using f = await folder();
  await f.write('run.jsonl.lock', 'something');
  expect(() => lock(f.path('run.jsonl'))).toThrow('another writer');
  expect(await f.text('run.jsonl.lock')).toBe('something');
});

test('letting go leaves the lock of whoever has taken it over', async () => {
  await using f = await folder();
  const first = lock(f.path('run.jsonl'));
  await f.write('run.jsonl.lock', holder({ id: 'other' }));
  first[Symbol.dispose]();
  expect(existsSync(f.path('run.jsonl.lock'))).toBe(true);
});
