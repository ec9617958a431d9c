import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { tasksRoot } from '../support/tasks-root.ts';
import { runCli, startCli } from './cli.ts';

const FLAKY = `
export function odd(x: number): number {
  if (x % 2 === 0) throw new RangeError(x + ' is even');
  return x;
}
export const wait = async (ms: number) => { await new Promise((done) => setTimeout(done, ms)); return ms; };
`;

const MENDED = 'export const odd = (x: number) => 100 * x;\n';

const lines = async (file: string): Promise<string[]> => (await readFile(file, 'utf8')).trimEnd().split('\n');

describe('lambdapool map --journal and resume', () => {
  test('resume makes only the calls that failed, and prints all results', async () => {
    await using root = await tasksRoot({ 'math.ts': FLAKY });
    const journal = root.path('run.jsonl');
    const map = ['map', 'math.odd', '--tasks', root.directory, '--journal', journal];
    const first = await runCli(map, { input: '1\n\n2\n3\n4\n' });
    expect(first).toMatchObject({ code: 1, stdout: '1\nnull\n3\nnull\n' });
    expect(first.stderr).toMatch(/^lambdapool: line 3: math\.odd .*2 is even.*\nlambdapool: line 5: .*4 is even.*\n$/);
    await root.write('math.ts', MENDED);
    const resumed = await runCli(['resume', journal, '--tasks', root.directory, '--workers', '2', '-c', '10']);
    expect(resumed).toEqual({ code: 0, signal: null, stdout: '1\n200\n3\n400\n', stderr: '' });
    const again = await runCli(map, { input: '1\n2\n3\n4\n' });
    expect(again).toMatchObject({ code: 0, stdout: '1\n200\n3\n400\n', stderr: '' });
  });

  test('a call that fails again is null, has its index on stderr, and makes it 1', async () => {
    await using root = await tasksRoot({ 'math.ts': FLAKY });
    const journal = root.path('run.jsonl');
    await runCli(['map', 'math.odd', '--tasks', root.directory, '--journal', journal], { input: '1\n2\n' });
    const { code, stdout, stderr } = await runCli(['resume', journal, '--tasks', root.directory]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '1\nnull\n' });
    expect(stderr).toMatch(/^lambdapool: call 1: math\.odd .*2 is even/);
  });

  test('after Ctrl-C in the middle, resume finishes the run', async () => {
    await using root = await tasksRoot({ 'math.ts': FLAKY });
    const journal = root.path('run.jsonl');
    const words = ['map', 'math.wait', '-', '--tasks', root.directory, '--journal', journal, '--workers', '1'];
    await using running = startCli(words, { input: '1\n1\n30000\n1\n' });
    await expect
      .poll(
        () =>
          lines(journal).then(
            (all) => all.filter((line) => line.includes('"ok":')).length,
            () => 0,
          ),
        {
          timeout: 20_000,
        },
      )
      .toBe(2);
    running.kill('SIGINT');
    expect(await running.finished).toMatchObject({ code: 130, stdout: '' });
    await root.write('math.ts', 'export const wait = (ms: number) => -ms;\n');
    const { code, stdout } = await runCli(['resume', journal, '--tasks', root.directory]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '1\n1\n-30000\n-1\n' });
  });

  test.each([
    ['a file that is not there', 'none.jsonl', 'no such file or folder'],
    ['a file of another kind', 'data.jsonl', 'is another kind of file'],
  ])('%s is told in one line and with 2', async (_title, name, message) => {
    await using root = await tasksRoot({ 'math.ts': MENDED });
    await writeFile(root.path('data.jsonl'), '{"a":1}\n');
    const { code, stdout, stderr } = await runCli(['resume', root.path(name), '--tasks', root.directory]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^lambdapool: The journal .*\n$/);
    expect(stderr).toContain(message);
  });

  test('resume with a task that is no longer there is told once and with 2', async () => {
    await using root = await tasksRoot({ 'math.ts': FLAKY });
    const journal = root.path('run.jsonl');
    await runCli(['map', 'math.odd', '--tasks', root.directory, '--journal', journal], { input: '2\n4\n' });
    await root.write('math.ts', 'export const even = (x: number) => x;\n');
    const { code, stdout, stderr } = await runCli(['resume', journal, '--tasks', root.directory]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.match(/math\.odd/g)).toHaveLength(1);
  });

  test('helps with examples', async () => {
    const { code, stdout } = await runCli(['resume', '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('$ lambdapool resume run.jsonl --tasks ./tasks > results.jsonl');
  });
});
