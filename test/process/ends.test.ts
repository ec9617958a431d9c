/** However a program ends, no process of ours outlives it by more than a second. */
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { isAlive } from '../support/processes.ts';
import { tasksRoot } from '../support/tasks-root.ts';
import { runProgram } from './run-program.ts';

const busy = `
export function quick(n: number): number { return n; }
export function announceAndLoop(_: number): never { while (true) {} }
`;

const allGone = (pids: readonly number[]): Promise<void> =>
  eventually(() => expect(pids.filter(isAlive)).toEqual([]), 1_000);

test('after the end of `await using` with tasks in endless loops, no process is left, and the program ends', async () => {
  await using root = await tasksRoot({ 'busy.ts': busy });
  await using program = runProgram('ways-to-end', ['await-using', root.directory]);
  const { pids } = await program.nextJson<{ pids: number[] }>();
  expect(pids.length).toBeGreaterThanOrEqual(3);
  await program.nextJson();
  await allGone(pids);
  expect(await program.ended()).toBe(0);
});

test('after a thrown error no process is left', async () => {
  await using root = await tasksRoot({ 'busy.ts': busy });
  await using program = runProgram('ways-to-end', ['throw', root.directory]);
  const { pids } = await program.nextJson<{ pids: number[] }>();
  expect(await program.ended()).toBe(1);
  await allGone(pids);
  expect(program.stderr()).toContain('thrown on purpose');
});

test('after an uncaught exception no process is left', async () => {
  await using root = await tasksRoot({ 'busy.ts': busy });
  await using program = runProgram('ways-to-end', ['uncaught', root.directory]);
  const { pids } = await program.nextJson<{ pids: number[] }>();
  expect(await program.ended()).toBe(1);
  await allGone(pids);
});

test.each(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  'after %s to the program while tasks are inside endless loops, no process is left',
  async (signal) => {
    await using root = await tasksRoot({ 'busy.ts': busy });
    await using program = runProgram('ways-to-end', ['wait', root.directory]);
    const { pids } = await program.nextJson<{ pids: number[] }>();
    process.kill(program.pid, signal);
    expect(await program.ended()).toBe(signal);
    await allGone(pids);
  },
);

test('a program that forgets to close its pool ends by itself, and so do its processes', async () => {
  await using root = await tasksRoot({ 'busy.ts': busy });
  await using program = runProgram('ways-to-end', ['forget', root.directory]);
  const { pids } = await program.nextJson<{ pids: number[] }>();
  const ended = await Promise.race([
    program.ended(),
    new Promise((resolve) => {
      setTimeout(() => resolve('still running after 3 s'), 3_000);
    }),
  ]);
  expect(ended).toBe(0);
  await allGone(pids);
});
