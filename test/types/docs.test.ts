import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compile, repository } from './compile.ts';
import type { Diagnostic } from './compile.ts';

const node = promisify(execFile);
const TSX = import.meta.resolve('tsx');

/** Code blocks of the page, by the file name in their first line. */
function blocksOf(page: string): ReadonlyMap<string, string> {
  const blocks = [...page.matchAll(/^```ts\n\/\/ (\S+)\n([^]*?)^```$/gm)];
  return new Map(blocks.map(([, name = '', text = '']) => [name, text] as const));
}

/** What an example says that it prints: the comments behind or below its `console.log`. */
function printed(text: string): string {
  return [...text.matchAll(/(?:^|; )\/\/ (.*)$/gm)].map(([, shown]) => `${shown}\n`).join('');
}

describe('docs/typed-tasks.md', async () => {
  const blocks = blocksOf(await readFile(repository('docs/typed-tasks.md'), 'utf8'));
  const examples = [...blocks.keys()].filter((name) => name.startsWith('by-'));
  let project: string;
  let diagnostics: readonly Diagnostic[];

  beforeAll(async () => {
    project = await realpath(await mkdtemp(path.join(tmpdir(), 'lambdapool-docs-')));
    for (const [name, text] of blocks) {
      await mkdir(path.dirname(path.join(project, name)), { recursive: true });
      await writeFile(path.join(project, name), text);
    }
    await writeFile(path.join(project, 'package.json'), '{ "type": "module" }');
    const compilerOptions = {
      rootDir: '/',
      typeRoots: [repository('node_modules/@types')],
      paths: { lambdapool: [repository('src/index.ts')] },
    };
    const config = { extends: repository('tsconfig.json'), compilerOptions, include: ['.'], exclude: [] };
    await writeFile(path.join(project, 'tsconfig.json'), JSON.stringify(config));
    diagnostics = await compile(path.join(project, 'tsconfig.json'));
  });

  afterAll(() => rm(project, { recursive: true, force: true, maxRetries: 5 }));

  test('has an example for each way', () => {
    const names = ['modules', 'function', 'types', 'declaration', 'task', 'manifest'];
    expect(examples).toEqual(names.map((name) => `by-${name}.ts`));
  });

  test('has examples that compile', () => {
    expect(diagnostics.filter(({ file }) => path.basename(file) !== 'wrong.ts')).toEqual([]);
  });

  test('is right about what the compiler refuses, and why', () => {
    const lines = (blocks.get('wrong.ts') ?? '').split('\n');
    const expected = lines.flatMap((text, index) => {
      const [, words] = / \/\/ error: (.*)$/.exec(text) ?? [];
      return words === undefined ? [] : [{ line: index + 1, message: expect.stringContaining(words) }];
    });
    expect(expected.length).toBe(6);
    expect(
      diagnostics
        .filter(({ file }) => path.basename(file) === 'wrong.ts')
        .map(({ line, message }) => ({ line, message })),
    ).toEqual(expected);
  });

  test('shows the declaration that the command writes', async () => {
    const words = ['tasks', '--types', 'tasks.d.ts'];
    const { stdout } = await node(process.execPath, ['--import', TSX, repository('src/cli/main.ts'), ...words], {
      cwd: project,
    });
    expect(stdout).toBe('tasks.d.ts already has the types of 2 tasks.\n');
  });

  test('shows the command that writes the manifest', async () => {
    const words = ['tasks', './tasks', '--json'];
    const { stdout } = await node(process.execPath, ['--import', TSX, repository('src/cli/main.ts'), ...words], {
      cwd: project,
    });
    expect(await readFile(repository('docs/typed-tasks.md'), 'utf8')).toContain(
      `lambdapool ${words.join(' ')} > tasks.json`,
    );
    await writeFile(path.join(project, 'tasks.json'), stdout);
  });

  test.each(examples)('%s prints what it says', async (name) => {
    const { LAMBDAPOOL_TRANSPORT: _, ...env } = process.env;
    const { stdout, stderr } = await node(process.execPath, ['--import', TSX, name], { cwd: project, env });
    expect({ stdout, stderr }).toEqual({ stdout: printed(blocks.get(name) ?? ''), stderr: '' });
  });
});
