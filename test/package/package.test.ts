/** The package as npm gives it to people: packed, installed into an empty project, imported and run. */
import { execFile } from 'node:child_process';
import { mkdtemp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
// npm is a shell script on POSIX and a .cmd on Windows.
const npm = (args: readonly string[], cwd: string): Promise<{ stdout: string }> =>
  run('npm', args, { cwd, shell: process.platform === 'win32' });

let project = '';

beforeAll(async () => {
  project = await mkdtemp(path.join(tmpdir(), 'lambdapool-package-'));
  const { stdout } = await npm(['pack', '--ignore-scripts', '--json', '--pack-destination', project], ROOT);
  const [, tarball] = /"filename": "([^"]+\.tgz)"/.exec(stdout) ?? [];
  expect(tarball).toBeDefined();
  await writeFile(path.join(project, 'package.json'), '{ "type": "module", "private": true }');
  await npm(['install', `./${tarball}`, '--no-audit', '--no-fund', '--prefer-offline'], project);
  await mkdir(path.join(project, 'tasks'));
  await writeFile(
    path.join(project, 'tasks/math.ts'),
    `import { taskContext } from 'lambdapool/agent';
/** The n-th Fibonacci number. */
export function fibonacci(n: number): number { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }
export function whoAmI(): string { return taskContext().task; }
`,
  );
});

afterAll(() => rm(project, { recursive: true, force: true, maxRetries: 5 }));

test('a program written as in the README runs on the installed package and ends by itself', async () => {
  await writeFile(
    path.join(project, 'program.mjs'),
    `import { LambdaPool } from 'lambdapool';
const pool = new LambdaPool({ workers: 2, tasksRoot: './tasks' });
console.log(JSON.stringify([
  await pool.apply('math.fibonacci', { args: [10] }),
  await pool.apply('math.fibonacci', { kwds: { n: 10 } }),
  await pool.map('math.fibonacci', [1, 2, 3, 4]),
  await pool.apply('math.whoAmI'),
]));
await pool.terminate();
`,
  );
  const { stdout, stderr } = await run(process.execPath, ['program.mjs'], { cwd: project, timeout: 30_000 });
  expect(JSON.parse(stdout)).toEqual([55, 55, [1, 1, 2, 3], 'math.whoAmI']);
  expect(stderr).toBe('');
  expect(await readdir(path.join(project, '.lambdapool'))).toEqual(['.gitignore']);
});

test('it comes without testcontainers, and says how to get them where they are needed', async () => {
  const program = `import { startLocalStack } from 'lambdapool'; await startLocalStack();`;
  const started = run(process.execPath, ['--input-type=module', '--eval', program], { cwd: project });
  await expect(started).rejects.toMatchObject({
    stderr: expect.stringMatching(/Cannot find package.*`npm i -D testcontainers @testcontainers\/localstack`/),
  });
});

test('the command runs by its name', async () => {
  const bin = path.join(project, 'node_modules/lambdapool/dist/src/cli/main.js');
  const { stdout } = await run(
    process.execPath,
    [bin, 'apply', 'math.fibonacci', '--args', '[10]', '--tasks', 'tasks'],
    {
      cwd: project,
      timeout: 30_000,
    },
  );
  expect(stdout).toBe('55\n');
  const links = await readdir(path.join(project, 'node_modules/.bin'));
  expect(links.some((name) => name.startsWith('lambdapool'))).toBe(true);
});

test('the installed command reads a configuration in TypeScript that imports the package', async () => {
  const folder = path.join(project, 'configured');
  await mkdir(folder);
  await writeFile(path.join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(
    path.join(folder, 'lambdapool.config.ts'),
    `import { defineConfig } from 'lambdapool';
import type { LambdaPoolConfig } from 'lambdapool';
const config: LambdaPoolConfig = { tasksRoot: '../tasks', memoryMb: 512 };
export default defineConfig(config);
`,
  );
  const bin = path.join(project, 'node_modules/lambdapool/dist/src/cli/main.js');
  const { stdout, stderr } = await run(process.execPath, [bin, 'tasks'], { cwd: folder, timeout: 30_000 });
  expect({ stdout, stderr }).toEqual({
    stdout: 'math.fibonacci(n)  The n-th Fibonacci number.\nmath.whoAmI()\n',
    stderr: '',
  });
});

test('it takes along what it runs and nothing else', async () => {
  const installed = path.join(project, 'node_modules/lambdapool');
  const names = await readdir(installed);
  const files = ['dist', 'localstack', 'package.json', 'README.md', 'LICENSE', 'CHANGELOG.md'];
  expect(new Set(names)).toEqual(new Set(files));
  expect(new Set(await readdir(path.join(installed, 'dist')))).toEqual(
    new Set(['agent', 'emulator', 'localstack', 'src']),
  );
  expect(await readdir(path.join(installed, 'localstack'))).toEqual(['compose.yaml']);
  const { version } = JSON.parse(await readFile(path.join(installed, 'package.json'), 'utf8')) as { version: string };
  const bin = path.join(installed, 'dist/src/cli/main.js');
  expect((await run(process.execPath, [bin, '--version'])).stdout.trim()).toBe(version);
});

test.each(['lambdapool', 'lambdapool/agent', 'lambdapool/emulator'])(
  '%s exports what is meant to be public',
  async (name) => {
    const program = `import * as all from '${name}'; console.log(JSON.stringify(Object.keys(all)))`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], { cwd: project });
    expect(JSON.parse(stdout)).toMatchSnapshot();
  },
);
