import { rm, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { tasksRoot } from '../support/tasks-root.ts';
import { runCli, startCli } from './cli.ts';

const MATH = `
export const square = (x: number) => x * x;
export const wait = async (ms: number) => { await new Promise((done) => setTimeout(done, ms)); return ms; };
export const map = (x: number) => new Map([[x, 2n]]);
export function odd(x: number): number {
  if (x % 2 === 0) throw new RangeError(x + ' is even');
  return x;
}
`;

describe('lambdapool map', () => {
  test('reads items from standard input and prints results in order', async () => {
    await using root = await tasksRoot({ 'math.ts': MATH });
    const words = ['map', 'math.wait', '--tasks', root.directory, '--workers', '3'];
    expect(await runCli(words, { input: '90\n\n30\n1' })).toEqual({
      code: 0,
      signal: null,
      stdout: '90\n30\n1\n',
      stderr: '',
    });
  });

  test('reads items from a file, and none from an empty one', async () => {
    await using root = await tasksRoot({ 'math.ts': MATH, 'items.jsonl': '1\n2\n3\n', 'empty.jsonl': '' });
    const map = (file: string): ReturnType<typeof runCli> =>
      runCli(['map', 'math.square', root.path(file), '--tasks', root.directory, '--chunksize', '2']);
    const [some, none] = await Promise.all([map('items.jsonl'), map('empty.jsonl')]);
    expect(some).toEqual({ code: 0, signal: null, stdout: '1\n4\n9\n', stderr: '' });
    expect(none).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
  });

  test('prints the first result before the input has ended', async () => {
    await using root = await tasksRoot({ 'math.ts': MATH });
    await using running = startCli(['map', 'math.square', '--tasks', root.directory]);
    running.child.stdin?.write('7\n');
    await running.seen(/^49$/m);
    running.child.stdin?.end('8\n');
    expect(await running.finished).toMatchObject({ code: 0, stdout: '49\n64\n' });
  });

  test('goes on after a failure, with null in its place, a line on stderr and 1 at the end', async () => {
    await using root = await tasksRoot({ 'math.ts': MATH });
    const words = ['map', 'math.odd', '-', '--tasks', root.directory];
    const { code, stdout, stderr } = await runCli(words, { input: '1\n\n2\n3\n4\n' });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '1\nnull\n3\nnull\n' });
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^lambdapool: line 3: math\.odd .*RangeError: 2 is even \(at odd \(.*math\.ts:6:\d+\)\)$/);
    expect(lines[1]).toMatch(/^lambdapool: line 5: .*4 is even/);
  });

  test('writes results that JSON cannot hold as their nearest relative', async () => {
    await using root = await tasksRoot({ 'math.ts': MATH });
    const { stdout } = await runCli(['map', 'math.map', '--tasks', root.directory], { input: '1\n' });
    expect(stdout).toBe('[[1,"2"]]\n');
  });

  test('stops quietly when nobody reads its results any more', async () => {
    await using root = await tasksRoot({ 'math.ts': MATH });
    await using running = startCli(['map', 'math.square', '--tasks', root.directory, '-c', '50']);
    running.child.stdin?.write(`${Array.from({ length: 20_000 }, (_, at) => at).join('\n')}\n`);
    await running.seen(/^49$/m);
    running.child.stdout?.destroy();
    // Standard input stays open, as that of `yes | lambdapool map ... | head` does.
    expect(await running.finished).toMatchObject({ code: 0, stderr: '' });
  });

  test('ends at Ctrl-C while it waits for input', async () => {
    await using root = await tasksRoot({ 'math.ts': MATH });
    await using running = startCli(['map', 'math.square', '--tasks', root.directory]);
    running.child.stdin?.write('1\n');
    await running.seen(/^1$/m);
    running.kill('SIGINT');
    expect(await running.finished).toMatchObject({ code: 130, stdout: '1\n', stderr: '' });
  });

  test('works through the function that `lambdapool dev` serves', async () => {
    await using root = await tasksRoot({ 'math.ts': MATH });
    await using dev = startCli(['dev', root.directory, '--port', '0']);
    const [url] = await dev.seen(/http:\/\/127\.0\.0\.1:\d+/);
    const input = Array.from({ length: 500 }, (_, at) => at).join('\n');
    const { code, stdout } = await runCli(['map', 'math.square', '-e', url, '-c', '20'], { input });
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n').map(Number)).toEqual(Array.from({ length: 500 }, (_, at) => at * at));
  });
});

describe('lambdapool map refuses, in one sentence and with 2,', () => {
  test('a line that is not JSON, after the results before it', async () => {
    await using root = await tasksRoot({ 'math.ts': MATH });
    const { code, stdout, stderr } = await runCli(['map', 'math.square', '--tasks', root.directory], {
      input: '1\n2\n{three}\n4\n',
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '1\n4\n' });
    expect(stderr).toMatch(/^lambdapool: standard input, line 3 is not JSON \(.*\): \{three\}\n$/);
  });

  test('an unknown task, once', async () => {
    await using root = await tasksRoot({ 'math.ts': MATH });
    const words = ['map', 'math.sqare', '--tasks', root.directory];
    const { code, stdout, stderr } = await runCli(words, { input: '1\n2\n3\n' });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^lambdapool: There is no task "math\.sqare".*\n$/);
  });

  test('AWS Lambda without a number of workers', async () => {
    const { code, stderr } = await runCli(['map', 'math.square'], { env: { LAMBDAPOOL_TRANSPORT: 'lambda' } });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^lambdapool: Give --workers, .*\n$/);
  });

  test('a file that is not there', async () => {
    await using root = await tasksRoot({ 'math.ts': MATH });
    const { code, stderr } = await runCli(['map', 'math.square', 'none.jsonl', '--tasks', root.directory]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: 'lambdapool: There is no file none.jsonl.\n' });
  });

  test('a folder in place of a file', async () => {
    await using root = await tasksRoot({ 'math.ts': MATH });
    const words = ['map', 'math.square', root.directory, '--tasks', root.directory];
    const { code, stderr } = await runCli(words);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^lambdapool: .*tasks is a folder; expected a file with one JSON value a line\.\n$/);
  });

  test('an item that is too large for an invocation, and goes on with the others', async () => {
    await using root = await tasksRoot({ 'math.ts': MATH });
    const file = root.path('../items.jsonl');
    await writeFile(file, `1\n"${'x'.repeat(7_000_000)}"\n3\n`);
    const { code, stdout, stderr } = await runCli(['map', 'math.square', file, '--tasks', root.directory]);
    await rm(file);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '1\nnull\n9\n' });
    expect(stderr).toMatch(/^lambdapool: line 2: .*6,?291,?456.*\n$/);
    expect(stderr.length).toBeLessThan(400);
  });
});
