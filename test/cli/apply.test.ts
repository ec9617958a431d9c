import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { tasksRoot } from '../support/tasks-root.ts';
import { descendants, isAlive } from '../support/processes.ts';
import { eventually } from '../support/eventually.ts';
import { runCli, startCli } from './cli.ts';

const MATH = `
import { writeFileSync } from 'node:fs';
/** The n-th Fibonacci number. Slow. */
export function fibonacci(n: number): number { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }
export const add = (a: number, b = 1) => a + b;
export function fail(): never {
  throw new RangeError('out of range');
}
export const big = () => 2n ** 70n;
export const nothing = () => {};
export const long = (length: number) => 'x'.repeat(length);
export const loop = (mark: string) => { writeFileSync(mark, ''); for (;;) {} };
export const leave = () => process.exit(3);
`;

describe('lambdapool tasks', () => {
  test('lists the tasks with their parameters and the first sentence about them', async () => {
    await using root = await tasksRoot({
      'math.ts': 'import { x } from "./_lib.ts";\n/** Adds. Fast. */\nexport const add = (a: number, b = x) => a + b;',
      '_lib.ts': 'export const x = 1;',
      'sub/t.ts': 'export function f({ a }: { a: number }) { return a; }',
    });
    expect(await runCli(['tasks', root.directory])).toEqual({
      code: 0,
      signal: null,
      stdout: 'math.add(a, b?)  Adds.\nsub.t.f(...)\n',
      stderr: '',
    });
  });

  test('prints everything that is known as JSON', async () => {
    await using root = await tasksRoot({ 'math.ts': 'export const f = (a: number) => a;' });
    const { stdout, code } = await runCli(['tasks', root.directory, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([
      { name: 'math.f', file: 'math.ts', line: 1, params: [{ name: 'a', required: true }] },
    ]);
  });

  test.each([
    {
      what: 'that is not there',
      files: {},
      place: 'no',
      message: /^lambdapool: The tasks root .*no does not exist\. .*\n$/,
    },
    {
      what: 'without modules',
      files: {},
      place: '',
      message: /^lambdapool: The tasks root .*tasks holds no task modules\. .*\n$/,
    },
    {
      what: 'with a syntax error',
      files: { 'a.ts': 'let f = (' },
      place: '',
      message: /^lambdapool: .*\n[^]*a\.ts:1:/,
    },
  ])('refuses a tasks root $what with 2', async ({ files, place, message }) => {
    await using root = await tasksRoot(files);
    const { code, stdout, stderr } = await runCli(['tasks', root.path(place)]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});

describe('lambdapool apply', () => {
  test('prints what the task returned', async () => {
    await using root = await tasksRoot({ 'math.ts': MATH });
    const apply = (...words: readonly string[]): ReturnType<typeof runCli> =>
      runCli(['apply', ...words, '--tasks', root.directory]);
    const [byPosition, byName, big, nothing] = await Promise.all([
      apply('math.fibonacci', '--args', '[10]'),
      apply('math.add', '--kwds', '{"b":2,"a":40}'),
      apply('math.big'),
      apply('math.nothing'),
    ]);
    expect(byPosition).toEqual({ code: 0, signal: null, stdout: '55\n', stderr: '' });
    expect(byName).toMatchObject({ code: 0, stdout: '42\n' });
    expect(big).toMatchObject({ code: 0, stdout: '1180591620717411303424n\n' });
    expect(nothing).toMatchObject({ code: 0, stdout: 'undefined\n' });
  });

  test('takes ./tasks for LAMBDAPOOL_TRANSPORT=emulator', async () => {
    await using root = await tasksRoot({ 'math.ts': MATH });
    const options = { cwd: root.path('..'), env: { LAMBDAPOOL_TRANSPORT: 'emulator' } };
    expect(await runCli(['apply', 'math.add', '--args', '[1]'], options)).toMatchObject({ code: 0, stdout: '2\n' });
  });

  test('says what the task threw and where in its source, with 1', async () => {
    await using root = await tasksRoot({ 'math.ts': MATH });
    const { code, stdout, stderr } = await runCli(['apply', 'math.fail', '--tasks', root.directory]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^lambdapool: math\.fail .*RangeError: out of range\n {4}at fail \(.*math\.ts:7:\d+\)\n$/);
  });

  test('prints everything that is known of an error with --verbose', async () => {
    await using root = await tasksRoot({ 'math.ts': MATH });
    const { stderr } = await runCli(['apply', 'math.fail', '--tasks', root.directory, '--verbose']);
    expect(stderr).toMatch(/^lambdapool: TaskError: math\.fail/);
    expect(stderr).toContain("code: 'TASK_THREW'");
    expect(stderr).toMatch(/\[cause\]: RangeError: out of range\n +at fail \(.*math\.ts:7/);
  });

  test('says 1 for a task that ended its process', async () => {
    await using root = await tasksRoot({ 'math.ts': MATH });
    const { code, stderr } = await runCli(['apply', 'math.leave', '--tasks', root.directory]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^lambdapool: math\.leave .*exit status 3.*\n$/);
  });

  test('writes a large result to the end before it exits', async () => {
    await using root = await tasksRoot({ 'math.ts': MATH });
    const running = startCli(['apply', 'math.long', '--args', '[5000000]', '--tasks', root.directory]);
    await using _ = running;
    // A slow reader: the pipe holds 64 KB, the rest waits in the process.
    running.child.stdout?.pause();
    await eventually(() => expect(running.child.stdout?.readableLength).toBeGreaterThan(0), 20_000);
    running.child.stdout?.resume();
    const { code, stdout } = await running.finished;
    expect(code).toBe(0);
    expect(stdout).toHaveLength(5_000_003);
  });

  test('ends at Ctrl-C while the task loops, as shells expect, and leaves nothing behind', async () => {
    await using root = await tasksRoot({ 'math.ts': MATH });
    const mark = root.path('../looping');
    const args = JSON.stringify([mark]);
    await using running = startCli(['apply', 'math.loop', '--args', args, '--tasks', root.directory]);
    await eventually(() => expect(existsSync(mark)).toBe(true), 20_000);
    const children = descendants(running.pid);
    expect(children.length).toBeGreaterThan(0);
    running.kill('SIGINT');
    expect(await running.finished).toMatchObject({ code: 130, stdout: '', stderr: '' });
    await eventually(() => expect(children.filter(isAlive)).toEqual([]), 1_000);
  });

  test('calls the function that `lambdapool dev` serves', async () => {
    await using root = await tasksRoot({ 'math.ts': MATH });
    await using dev = startCli(['dev', root.directory, '--port', '0']);
    const [url] = await dev.seen(/http:\/\/127\.0\.0\.1:\d+/);
    const apply = (env: Record<string, string>, ...words: readonly string[]): ReturnType<typeof runCli> =>
      runCli(['apply', ...words], { env });
    const add = ['math.add', '--args', '[40,2]'];
    const [byFlag, byTransport, byAws, elsewhere, failed] = await Promise.all([
      apply({}, ...add, '--endpoint', url),
      apply({ LAMBDAPOOL_TRANSPORT: url }, ...add),
      apply({ AWS_ENDPOINT_URL_LAMBDA: url }, ...add),
      apply({}, ...add, '--endpoint', url, '--function', 'nope'),
      apply({}, 'math.fail', '--endpoint', url),
    ]);
    for (const each of [byFlag, byTransport, byAws])
      expect(each).toMatchObject({ code: 0, stdout: '42\n', stderr: '' });
    expect(elsewhere.code).toBe(2);
    expect(elsewhere.stderr).toMatch(/^lambdapool: Function not found: .*:nope:\$LATEST\. .*\n$/);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/RangeError: out of range\n {4}at fail \(.*math\.ts:7/);
  });
});

describe('lambdapool apply refuses, in one sentence and with 2,', () => {
  test.each([
    ['an unknown task', ['math.fibonaci'], /no task "math\.fibonaci".*math\.fibonacci/],
    ['arguments that are not JSON', ['math.add', '--args', '[1'], /--args is not JSON/],
    ['arguments that are no array', ['math.add', '--args', '1'], /--args must be a JSON array/],
    ['names that are no object', ['math.add', '--kwds', '[1]'], /--kwds must be a JSON object/],
    ['a parameter that the task does not have', ['math.add', '--kwds', '{"z":1}'], /unexpected keyword argument 'z'/],
    ['a missing argument', ['math.add', '--args', '[]'], /add\(\) missing 1 required .*argument.*'?a'?/],
  ])('%s', async (_, words, message) => {
    await using root = await tasksRoot({ 'math.ts': MATH });
    const { code, stdout, stderr } = await runCli(['apply', ...words, '--tasks', root.directory]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^lambdapool: .*\n$/);
    expect(stderr).toMatch(message);
  });

  test('a target where nobody listens', async () => {
    const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' };
    const { code, stderr } = await runCli(['apply', 'math.add'], { env });
    expect(code).toBe(2);
    expect(stderr).toBe(
      'lambdapool: Nobody listens at http://127.0.0.1:9 (ECONNREFUSED). Check the address, or start what should listen there.\n',
    );
  });

  test('a folder and an address at once', async () => {
    const { code, stderr } = await runCli(['apply', 'math.add', '--tasks', 't', '--endpoint', 'http://localhost:1']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'lambdapool: Give either --tasks, to run in this process, or --endpoint, to run elsewhere, not both.\n',
    });
  });
});
