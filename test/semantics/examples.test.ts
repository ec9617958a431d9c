/** The examples of docs/pool.md and docs/executor.md, each page as one program, on the fixture tasks. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const LIBRARY = new URL('../../src/index.ts', import.meta.url).href;
const FIXTURES = fileURLToPath(new URL('../../fixtures/tasks', import.meta.url));
const IMPORT = /^import \{([^}]*)\} from 'lambdapool';\n/gm;

/** What the examples of a page print, line by line, when they are run one after another. */
async function output(page: string): Promise<string[]> {
  const text = await readFile(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
  const code = [...text.matchAll(/```ts\n([^]*?)```/g)].map(([, each = '']) => each).join('\n');
  const names = new Set(
    [...code.matchAll(IMPORT)].flatMap(([, list = '']) => list.split(',').map((name) => name.trim())),
  );
  const program = `import { ${[...names].join(', ')} } from '${LIBRARY}';\n${code.replace(IMPORT, '')}`;
  const folder = await mkdtemp(path.join(tmpdir(), 'lambdapool-examples-'));
  try {
    const file = path.join(folder, 'example.mts');
    await writeFile(file, program.replaceAll("'./tasks'", JSON.stringify(FIXTURES)));
    const args = ['--import', import.meta.resolve('tsx'), file];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, {
      timeout: 50_000,
      killSignal: 'SIGKILL',
    });
    return [...stdout.trimEnd().split('\n'), ...(stderr === '' ? [] : [`stderr: ${stderr}`])];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test('the examples of docs/pool.md run, and print what they say', async () => {
  const lines = await output('pool.md');
  expect(lines.slice(0, 3)).toEqual([
    '[ 1, 4, 9 ]',
    '6n',
    'math.factorial failed: RangeError: factorial() needs an integer of at least 0, got -1',
  ]);
  expect(lines.join('\n')).toMatch(/stderr: RangeError: factorial\(\) needs[^]*math\.ts:\d+/);
});

test('the examples of docs/executor.md run, and print what they say', async () => {
  const lines = await output('executor.md');
  expect(lines.slice(0, 3).sort()).toEqual(['6765', '75025', '832040']);
  expect(lines).toEqual([
    ...lines.slice(0, 3),
    'true false running',
    'returned',
    '832040',
    'null',
    '1024',
    '59049',
    '1048576',
  ]);
});
