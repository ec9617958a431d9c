import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tasksRoot } from '../support/tasks-root.ts';
import { runCli } from './cli.ts';

const FILES = {
  'math.ts': 'export function add(a: number, b = 0): number { return a + b; }',
  'again.mts': "export { half as halve } from './_half.ts';",
  '_half.ts': 'export const half = (n: number): number => n / 2;',
  'price-list/daily.ts': 'export const of = (day: string): string => day;',
};

const imports = (text: string): string[] => [...text.matchAll(/import\('([^']*)'\)/g)].map(([, path = '']) => path);

describe('lambdapool tasks --types', () => {
  test('writes a declaration whose imports are right from where it stands', async () => {
    await using root = await tasksRoot(FILES);
    const cwd = dirname(root.directory);
    for (const [file, expected] of [
      ['tasks.d.ts', ['./tasks/again.mts', './tasks/math.ts', './tasks/price-list/daily.ts']],
      ['new/types/tasks.d.ts', ['../../tasks/again.mts', '../../tasks/math.ts', '../../tasks/price-list/daily.ts']],
      ['tasks/price-list/tasks.d.ts', ['../again.mts', '../math.ts', './daily.ts']],
      ['tasks.gen.ts', ['./tasks/again.mjs', './tasks/math.js', './tasks/price-list/daily.js']],
    ] as const) {
      const { code, stdout, stderr } = await runCli(['tasks', '--types', file], { cwd });
      expect({ code, stdout, stderr }).toEqual({
        code: 0,
        stdout: `Wrote the types of 3 tasks to ${file}.\n`,
        stderr: '',
      });
      expect(imports(await readFile(`${cwd}/${file}`, 'utf8'))).toEqual(expected);
    }
  });

  test('leaves a file alone that has the types already', async () => {
    await using root = await tasksRoot(FILES);
    const cwd = dirname(root.directory);
    await runCli(['tasks', '--types', 'tasks.d.ts'], { cwd });
    const before = await stat(`${cwd}/tasks.d.ts`, { bigint: true });
    const { code, stdout } = await runCli(['tasks', root.directory, '--types', 'tasks.d.ts'], { cwd });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'tasks.d.ts already has the types of 3 tasks.\n' });
    expect((await stat(`${cwd}/tasks.d.ts`, { bigint: true })).mtimeNs).toBe(before.mtimeNs);
  });

  test('writes anew after a change', async () => {
    await using root = await tasksRoot(FILES);
    const cwd = dirname(root.directory);
    await runCli(['tasks', '--types', 'tasks.d.ts'], { cwd });
    await root.write('math.ts', 'export function add(first: number): number { return first; }');
    const { stdout } = await runCli(['tasks', '--types', 'tasks.d.ts'], { cwd });
    expect(stdout).toBe('Wrote the types of 3 tasks to tasks.d.ts.\n');
    expect(await readFile(`${cwd}/tasks.d.ts`, 'utf8')).toContain('.add, { first: 0 }>;');
  });

  test.each([
    [['--types', 'tasks.json'], 'Expected --types to name a TypeScript file, such as tasks.d.ts, got "tasks.json".'],
    [['--types', 'tasks.d.ts', '--json'], "option '--types <file>' cannot be used with option '--json'."],
    [['--types'], "option '--types <file>' argument missing."],
  ])('refuses %j', async (words, message) => {
    await using root = await tasksRoot(FILES);
    const { code, stdout, stderr } = await runCli(['tasks', root.directory, ...words]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^lambdapool: .*\n$/);
    expect(stderr).toContain(message);
  });
});
