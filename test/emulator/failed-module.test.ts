/** A task module that does not load the first time, as when the database that it connects to is not up yet. */
import { expect, test } from 'vitest';
import { LambdaPool, emulatorTransport } from '../../src/index.ts';
import { tasksRoot } from '../support/tasks-root.ts';

const source = (flag: string): string => `
import { existsSync } from 'node:fs';
if (!existsSync(${JSON.stringify(flag)})) throw new Error('the database is not up');
export function answer(): number { return 42; }
`;

test('a module that did not load once is loaded again, in a fresh environment, when its cause is gone', async () => {
  await using root = await tasksRoot({});
  await root.write('late.ts', source(root.path('up.txt')));
  await root.write('other.ts', 'export function pid(): number { return process.pid; }');
  const transport = emulatorTransport({ tasksRoot: root.directory, concurrency: 1 });
  await using pool = new LambdaPool({ workers: 1, transport });
  const failure = { code: 'INIT_FAILED', cause: { message: 'the database is not up' } };
  await expect(pool.apply('late.answer')).rejects.toMatchObject(failure);
  const before = await pool.apply<number>('other.pid');
  // Still down: each call is told so, and none waits for ever.
  await expect(pool.apply('late.answer')).rejects.toMatchObject(failure);
  await root.write('up.txt', '');
  expect(await pool.apply('late.answer')).toBe(42);
  expect(await pool.apply<number>('other.pid')).not.toBe(before);
});
