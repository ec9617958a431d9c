import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { LambdaPool, emulatorTransport } from '../../src/index.ts';
import { debugUntilThrow, freePort } from '../support/debugger.ts';
import { tasksRoot } from '../support/tasks-root.ts';
import type { TasksRoot } from '../support/tasks-root.ts';
import { runCli, startCli } from './cli.ts';

const FLAKY = `
export function odd(x: number, more?: Map<string, bigint>): number {
  console.log('looking at', x);
  if (x % 2 === 0) throw new RangeError(x + ' is even');
  return x;
}
`;
const MENDED = `
export const odd = (x: number, more?: Map<string, bigint>) => ({ x, more: more?.get('big') });
`;
const HALF_MENDED = `
export function odd(x: number, more?: Map<string, bigint>): number {
  if (x === 4) throw new RangeError('4 is still even');
  return x;
}
`;

/** A run of which the calls 1 and 3 have failed, and the files that it has written. */
async function failedRun(root: TasksRoot): Promise<{ readonly journal: string; readonly failures: string }> {
  const files = { journal: root.path('run.jsonl'), failures: root.path('failures.jsonl') };
  const transport = emulatorTransport({ tasksRoot: root.directory, isolation: 'thread', concurrency: 1 });
  await using pool = new LambdaPool({ workers: 1, transport });
  const items = [[1], [2, new Map([['big', 7n]])], [3], [4]];
  await expect(pool.starmap('math.odd', items, files)).rejects.toMatchObject({ code: 'TASK_THREW' });
  return files;
}

describe('lambdapool replay', () => {
  test('calls that still fail are told with their place in the source, their output, and 1', async () => {
    await using root = await tasksRoot({ 'math.ts': FLAKY });
    const { failures } = await failedRun(root);
    const { code, stdout, stderr } = await runCli(['replay', failures, '--tasks', root.directory]);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^call 1: still fails: math\.odd failed: RangeError: 2 is even\n +at odd \(.*math\.ts:4:\d+\)\ncall 3: still fails: [^]*\nStill failing: 2 of 2\.\n$/,
    );
    expect(stderr.split('\n').toSorted()).toEqual(['', '  | looking at 2', '  | looking at 4']);
  });

  test('mended calls succeed with the arguments of then, from a journal as from a file of failures', async () => {
    await using root = await tasksRoot({ 'math.ts': FLAKY });
    const { journal, failures } = await failedRun(root);
    await root.write('math.ts', MENDED);
    const expected = 'call 1: succeeds now: { x: 2, more: 7n }\ncall 3: succeeds now: { x: 4, more: undefined }\n';
    for (const file of [journal, failures]) {
      const result = await runCli(['replay', file, '--tasks', root.directory]);
      expect(result).toEqual({ code: 0, signal: null, stdout: `${expected}All succeed now.\n`, stderr: '' });
    }
    // The journal is only read.
    expect(await readFile(journal, 'utf8')).not.toContain('"index":3,"ok"');
  });

  test('--index runs one call', async () => {
    await using root = await tasksRoot({ 'math.ts': FLAKY });
    const { failures } = await failedRun(root);
    await root.write('math.ts', HALF_MENDED);
    const replay = (index: string): ReturnType<typeof runCli> =>
      runCli(['replay', failures, '--tasks', root.directory, '--index', index]);
    expect(await replay('1')).toMatchObject({ code: 0, stdout: 'call 1: succeeds now: 2\nAll succeed now.\n' });
    expect(await replay('3')).toMatchObject({ code: 1, stdout: expect.stringContaining('4 is still even') });
    const wrong = await replay('2');
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toMatch(/^lambdapool: Call 2 has not failed in .*failures\.jsonl\. These have: 1, 3\.\n$/);
  });

  test('a run without failures is told so', async () => {
    await using root = await tasksRoot({ 'math.ts': FLAKY });
    const { journal } = await failedRun(root);
    await root.write('math.ts', MENDED);
    await runCli(['resume', journal, '--tasks', root.directory]);
    const result = await runCli(['replay', journal, '--tasks', root.directory]);
    expect(result).toMatchObject({ code: 0, stdout: `No call in ${journal} has failed.\n` });
  });

  test.each([
    [['replay', 'none.jsonl'], 'no such file or folder'],
    [['replay', 'package.json'], 'is another kind of file'],
    [['replay', 'run.jsonl', '--inspect', 'now'], 'Expected a whole number from 1 to 65535.'],
    [['replay'], "missing required argument 'file'"],
  ])('what cannot be replayed is told in one line and with 2: %j', async (words, message) => {
    const { code, stdout, stderr } = await runCli(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^lambdapool: .*\n$/);
    expect(stderr).toContain(message);
  });

  test('--inspect waits for a debugger, which can look at the call, and says how to attach', async () => {
    await using root = await tasksRoot({ 'math.ts': FLAKY });
    const { failures } = await failedRun(root);
    const port = await freePort();
    const words = ['replay', failures, '--tasks', root.directory, '--index', '3', '--inspect', String(port)];
    await using running = startCli(words);
    expect(await debugUntilThrow(port)).toBe('RangeError: 4 is even');
    expect(running.stderr()).toContain(`"request": "attach", "name": "lambdapool", "port": ${port}`);
    expect(running.stderr()).toContain('chrome://inspect');
    expect(await running.finished).toMatchObject({ code: 1, stdout: expect.stringContaining('call 3: still fails') });
  });

  test('helps with examples', async () => {
    const { code, stdout } = await runCli(['replay', '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('$ lambdapool replay failures.jsonl --index 17 --inspect');
  });
});
