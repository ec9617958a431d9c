/** From names to functions. */
import { describe, expect, test } from 'vitest';
import { TaskTable } from '../../../agent/task-table.ts';
import type { Resolved, TaskModules } from '../../../agent/task-table.ts';
import { entry, manifestOf } from './harness.ts';

const double = (n: unknown): number => Number(n) * 2;

function tableOf(modules: TaskModules, names: readonly string[] = ['math.double']): TaskTable {
  return new TaskTable(modules, manifestOf(Object.fromEntries(names.map((name) => [name, null]))));
}

function failure(resolved: Resolved): { code: string; error: Error } {
  if (resolved.task !== undefined || !(resolved.thrown instanceof Error)) throw new Error('Expected a failure.');
  return { code: resolved.code, error: resolved.thrown };
}

test('a task is found in the module that the manifest names', async () => {
  const table = tableOf({ 'a.b': async () => ({ double }) }, ['a.b.double']);
  const { task } = await table.resolve('a.b.double');
  expect(task?.fn).toBe(double);
  expect((await table.resolve('a.b.double')).task).toBe(task);
});

test('a module is loaded at the first call of one of its tasks, and once', async () => {
  const loaded: string[] = [];
  const table = tableOf(
    {
      math: async () => (loaded.push('math'), { double, triple: double }),
      text: async () => (loaded.push('text'), { upper: double }),
    },
    ['math.double', 'math.triple', 'text.upper'],
  );
  expect(loaded).toEqual([]);
  await Promise.all([table.resolve('math.double'), table.resolve('math.triple'), table.resolve('math.double')]);
  await table.resolve('math.double');
  expect(loaded).toEqual(['math']);
});

describe('an import that fails', () => {
  test('fails with what was thrown, and the next call tries again', async () => {
    const broken = new SyntaxError('not today');
    let attempts = 0;
    const table = tableOf({
      math: async () => {
        attempts += 1;
        if (attempts < 3) throw broken;
        return { double };
      },
    });
    const [first, beside] = await Promise.all([table.resolve('math.double'), table.resolve('math.double')]);
    expect(first).toEqual({ code: 'INIT_FAILED', thrown: broken });
    expect(beside).toEqual({ code: 'INIT_FAILED', thrown: broken });
    expect(attempts).toBe(1);
    expect(failure(await table.resolve('math.double')).error).toBe(broken);
    expect((await table.resolve('math.double')).task?.fn).toBe(double);
  });

  test('may throw before it gives a promise, or throw undefined', async () => {
    const table = tableOf({
      math: () => {
        throw undefined;
      },
    });
    expect(await table.resolve('math.double')).toEqual({ code: 'INIT_FAILED', thrown: undefined });
  });
});

describe('a name that is not in the manifest', () => {
  test('is answered with the near ones and the number of tasks', async () => {
    const { code, error } = failure(await tableOf({ math: async () => ({ double }) }).resolve('math.duble'));
    expect(code).toBe('TASK_NOT_FOUND');
    expect(error.name).toBe('TaskNotFound');
    expect(error.message).toBe(
      'There is no task "math.duble" among the 1 task of this function. Did you mean math.double?',
    );
  });

  test('without near ones names the command that lists them', async () => {
    const { error } = failure(await tableOf({}, ['a.b', 'c.d']).resolve('weather.tomorrow'));
    expect(error.message).toContain('among the 2 tasks of this function. `lambdapool tasks` lists them.');
  });

  test.each([
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'math.__proto__',
    'math.constructor',
    'math.prototype',
    'math',
    'math.',
    '.double',
    'math.double.call',
    '../math.double',
    './math',
    'file:///etc/passwd',
    'node:fs.readFileSync',
    'math.double\0',
    'MATH.DOUBLE',
    '',
  ])('%o never resolves', async (name) => {
    let loads = 0;
    const table = tableOf({ math: async () => ((loads += 1), { double }) });
    expect(failure(await table.resolve(name)).code).toBe('TASK_NOT_FOUND');
    expect(loads).toBe(0);
  });

  test('is cut in the message when it is a megabyte long', async () => {
    const { error } = failure(await tableOf({}).resolve('x'.repeat(1_000_000)));
    expect(error.message).toContain('(1000000 characters)');
    expect(error.message.length).toBeLessThan(400);
  });
});

describe('an entry that leads to no function', () => {
  class Shape {
    readonly sides = 3;
  }
  test.each([
    { exported: {}, why: 'exports no "double"' },
    { exported: Object.create({ double }), why: 'exports no "double"' },
    { exported: { double: 5 }, why: 'it is 5 (number), not a function' },
    { exported: { double: null }, why: 'it is null, not a function' },
    { exported: { double: Shape }, why: 'it is a class, not a function' },
    { exported: { double: class extends Shape {} }, why: 'it is a class, not a function' },
  ])('is not found: $why', async ({ exported, why }) => {
    const { code, error } = failure(await tableOf({ math: async () => exported }).resolve('math.double'));
    expect(code).toBe('TASK_NOT_FOUND');
    expect(error.message).toContain(why);
    expect(error.message).toContain('`lambdapool update`');
  });

  test('a module that the bundle lacks is not looked for on a prototype', async () => {
    const manifest = { version: 1, hash: '', tasks: { 'x.y': { ...entry('x.y'), module: 'constructor' } } } as const;
    const { code, error } = failure(await new TaskTable({}, manifest).resolve('x.y'));
    expect(code).toBe('TASK_NOT_FOUND');
    expect(error.message).toContain('no module "constructor"');
  });

  test('an export that an object inherits is no task', async () => {
    const manifest = { version: 1, hash: '', tasks: { 'x.y': { ...entry('x.y'), export: 'toString' } } } as const;
    expect(failure(await new TaskTable({ x: async () => ({}) }, manifest).resolve('x.y')).code).toBe('TASK_NOT_FOUND');
  });
});

test('async functions, generators and bound functions are functions', async () => {
  const functions = { a: async () => 1, g: function* g() {}, b: double.bind(null) };
  const table = tableOf({ m: async () => functions }, ['m.a', 'm.g', 'm.b']);
  for (const name of ['m.a', 'm.g', 'm.b']) expect((await table.resolve(name)).task).toBeDefined();
});
