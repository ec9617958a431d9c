/** The configuration file as real processes read it: Node strips its types, and `lambdapool` needs not be installed. */
import { writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { tasksRoot } from '../support/tasks-root.ts';
import type { TasksRoot } from '../support/tasks-root.ts';
import { runCli, startCli } from './cli.ts';
import type { Finished } from './cli.ts';

const LOOK = `export const look = (name: string) => process.env[name] ?? null;
export const price = async () => (await import('node:fs/promises')).readFile(new URL('./price.csv', import.meta.url), 'utf8');`;

async function project(config: string, name = 'lambdapool.config.ts'): Promise<TasksRoot> {
  const root = await tasksRoot({ 'env.ts': LOOK, 'price.csv': '42' });
  await writeFile(root.path(`../${name}`), config);
  return root;
}

function run(root: TasksRoot, ...words: readonly string[]): Promise<Finished> {
  return runCli(words, { cwd: root.path('..') });
}

const CONFIG = `import { defineConfig } from 'lambdapool';

interface Stage { readonly name: string }
const stage: Stage = { name: 'test' };

export default defineConfig({
  functionName: 'looker',
  memoryMb: 512,
  env: { STAGE: stage.name },
  assets: ['*.csv'],
});
`;

describe('a configuration', () => {
  test('in TypeScript is read without a build and without an installed package', async () => {
    await using root = await project(CONFIG);
    const { code, stdout, stderr } = await run(root, '--print-config');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(
      'Configuration: lambdapool.config.ts\n' +
        'functionName  looker    lambdapool.config.ts:7\n' +
        'tasksRoot     ./tasks   default\n' +
        'memoryMb      512       lambdapool.config.ts:8\n' +
        'timeoutMs     60000     default\n' +
        'env.STAGE     (hidden)  lambdapool.config.ts:9\n' +
        'layers        (none)    default\n' +
        'external      (none)    default\n' +
        'assets        *.csv     lambdapool.config.ts:10\n',
    );
  });

  test('is overridden by variables, and they by flags, before and after the command', async () => {
    await using root = await project(`export default { region: 'eu-north-1', memoryMb: 512 };`);
    const options = { cwd: root.path('..'), env: { AWS_REGION: 'eu-west-1' } };
    const [before, after] = await Promise.all([
      runCli(['--print-config', 'create', 'f', '--json', '--memory', '640'], options),
      runCli(['create', 'f', '--print-config', '--json', '--memory', '640', '--region', 'us-east-2'], options),
    ]);
    expect(JSON.parse(before.stdout)).toMatchObject({
      settings: {
        memoryMb: { value: 640, origin: 'flag', name: '--memory' },
        region: { value: 'eu-west-1', origin: 'environment', name: 'AWS_REGION' },
      },
    });
    expect(JSON.parse(after.stdout)).toMatchObject({
      settings: { region: { value: 'us-east-2', origin: 'flag', name: '--region' } },
    });
  });

  test('in a package of CommonJS modules is read without a warning', async () => {
    await using root = await project(CONFIG);
    await writeFile(root.path('../package.json'), '{ "name": "untyped" }');
    expect(await run(root, '--print-config', '--json')).toMatchObject({ code: 0, stderr: '' });
  });

  test('holds for what apply runs here: variables and assets', async () => {
    await using root = await project(CONFIG);
    const apply = (...words: readonly string[]): Promise<Finished> => run(root, 'apply', ...words, '--tasks', 'tasks');
    const [stage, price] = await Promise.all([apply('env.look', '--args', '["STAGE"]'), apply('env.price')]);
    expect([stage.stdout, price.stdout, stage.stderr + price.stderr]).toEqual(['"test"\n', '"42"\n', '']);
  });

  test('holds for what dev serves: name, variables, memory and runtime', async () => {
    await using root = await project(CONFIG.replace('memoryMb: 512,', `memoryMb: 512, runtime: 'nodejs22.x',`));
    await using dev = startCli(['dev', '--port', '0', '--env', 'EXTRA=1'], { cwd: root.path('..') });
    const [url] = await dev.seen(/http:\/\/127\.0\.0\.1:\d+/);
    const look = (name: string): Promise<Finished> =>
      run(root, 'apply', 'env.look', '--args', JSON.stringify([name]), '--endpoint', url);
    const answers = await Promise.all(
      ['STAGE', 'EXTRA', 'AWS_LAMBDA_FUNCTION_MEMORY_SIZE', 'AWS_EXECUTION_ENV', 'AWS_LAMBDA_FUNCTION_NAME'].map(look),
    );
    expect(answers.map(({ stdout, stderr }) => stdout + stderr)).toEqual([
      '"test"\n',
      '"1"\n',
      '"512"\n',
      '"AWS_Lambda_nodejs22.x"\n',
      '"looker"\n',
    ]);
  });

  test('gives calls a bucket for values that are too large for an invocation', async () => {
    await using root = await project(`export default { payloadBucket: 'large-values' };`);
    await root.write('size.ts', 'export const of = (text: string) => text.length;');
    const options = { cwd: root.path('..'), input: `${JSON.stringify('x'.repeat(7_000_000))}\n` };
    const { code, stdout, stderr } = await runCli(['map', 'size.of', '--tasks', 'tasks', '--workers', '1'], options);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '7000000\n', stderr: '' });
  });

  test('gives tasks and replay their tasks root, as seen from its own folder', async () => {
    await using root = await project(`export default { tasksRoot: './tasks' };`);
    const { stdout } = await runCli(['tasks'], { cwd: root.directory });
    expect(stdout).toContain('env.look(name)');
  });
});

describe('a configuration is refused in one sentence with 2 where', () => {
  test.each([0, 1])('it ends the process with %i', async (exitCode) => {
    await using root = await project(`process.exit(${exitCode});`);
    const { code, stdout, stderr } = await run(root, 'create', 'f');
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: `lambdapool: lambdapool.config.ts ended the process while it was read (\`process.exit(${exitCode})\`). Nothing was done: let it end by itself.\n`,
    });
  });

  test.each([
    [
      'it is no TypeScript',
      'export default {\n  memoryMb: 5 5 };',
      /^lambdapool: lambdapool\.config\.ts:2 cannot be read: .+\.\n$/,
    ],
    ['it throws', '\nthrow new Error("no database")', /^lambdapool: lambdapool\.config\.ts:2 failed: no database\.\n$/],
    [
      'it uses what is not there',
      'export default { memoryMb: size };',
      /^lambdapool: lambdapool\.config\.ts:1 failed: size is not defined\.\n$/,
    ],
    [
      'it imports what is not there',
      'import x from "./x.ts";\nexport default x;',
      /^lambdapool: lambdapool\.config\.ts(:1)? failed: Cannot find module .*\n$/,
    ],
    [
      'it has no default export',
      'export const memoryMb = 512;',
      /^lambdapool: lambdapool\.config\.ts has no default export\. Write .*\n$/,
    ],
    [
      'a key is unknown',
      'export default {\n timeout: 5 };',
      /^lambdapool: lambdapool\.config\.ts:2: the configuration has no key `timeout`\. Did you mean `timeoutMs`\?\n$/,
    ],
    [
      'a value is wrong',
      'export default { memoryMb: "1 GB" };',
      /^lambdapool: lambdapool\.config\.ts:1: Expected the option `memoryMb` .*, got "1 GB" \(string\)\.\n$/,
    ],
    [
      'a unit is wrong',
      'export default { timeoutMs: 30 };',
      /^lambdapool: .*`timeoutMs` counts milliseconds.*30_000\?\n$/,
    ],
    [
      'only AWS knows the value',
      'export default { layers: ["pandas"] };',
      /^lambdapool: lambdapool\.config\.ts:1: Expected the option `layers\[0\]` to be the ARN .*\n$/,
    ],
  ])('%s', async (_, config, message) => {
    await using root = await project(config);
    const { code, stdout, stderr } = await run(root, 'create', 'f', '--region', 'eu-west-1');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  test('it asks for more of lambdapool than defineConfig', async () => {
    await using root = await project(
      `import { LambdaPool } from 'lambdapool';\nexport default { pool: LambdaPool };`,
      'lambdapool.config.mjs',
    );
    const { code, stderr } = await run(root, 'tasks');
    expect(code).toBe(2);
    expect(stderr).toBe(
      "lambdapool: lambdapool.config.mjs imports `LambdaPool` from 'lambdapool', of which a configuration can use `defineConfig` only.\n",
    );
  });
});
