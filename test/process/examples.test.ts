/** The examples of the documentation, run as a reader would: each is a program of its own. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { tasksRoot } from '../support/tasks-root.ts';

const run = promisify(execFile);
const LIBRARY = new URL('../../src/index.ts', import.meta.url).href;
const TSX = import.meta.resolve('tsx');

/** The tasks that the examples call. */
const TASKS = {
  'math.ts': 'export function fibonacci(n: number): number { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }',
  'talk.ts': 'export function greet(name: string): void { console.log(`Hello, ${name}`); }',
};

/** What the programs of a page print, line by line. */
async function outputs(page: string): Promise<string[][]> {
  const text = await readFile(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
  await using root = await tasksRoot(TASKS);
  const project = path.dirname(root.directory);
  const printed: string[][] = [];
  for (const [, code = ''] of text.matchAll(/```ts\n([^]*?)```/g)) {
    const file = path.join(project, 'example.ts');
    await writeFile(file, code.replace("from 'lambdapool'", `from '${LIBRARY}'`));
    const { stdout } = await run(process.execPath, ['--import', TSX, file], { cwd: project, timeout: 60_000 });
    printed.push(stdout.trimEnd().split('\n'));
  }
  return printed;
}

test('the examples of docs/progress.md run, and print what they say', async () => {
  const [progress, logs] = await outputs('progress.md');
  expect(progress?.at(-1)).toBe('3 of 3, 0 s left');
  expect(logs).toEqual(['talk.greet[0] log: Hello, Ada', 'talk.greet[1] log: Hello, Grace']);
});
