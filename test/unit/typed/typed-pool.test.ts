import { describe, expect, test } from 'vitest';
import * as math from '../../../fixtures/tasks/math.ts';
import * as text from '../../../fixtures/tasks/text.ts';
import { LambdaExecutor, LambdaPool } from '../../../src/index.ts';
import type { Transport } from '../../../src/index.ts';
import { FakeTransport } from '../../support/fake-transport.ts';
import { drain, rejection } from '../pool/setup.ts';

// What runs is what the transport has, whatever functions the client holds. Names are all that must be the same.
const transportOf = (): FakeTransport =>
  new FakeTransport({
    ...namesake('math', math),
    ...namesake('text', text),
    'math.square': (x: number) => x * x,
    'math.add': (a: number, b: number) => a + b,
    'text.shout': (words: string) => words.toUpperCase(),
  });
const namesake = (module: string, functions: object): Record<string, () => string> =>
  Object.fromEntries(Object.keys(functions).map((name) => [`${module}.${name}`, () => 'another']));
const open = (transport: Transport) => new LambdaPool({ workers: 2, transport, tasks: { math, text } });

describe('a pool that was given its modules', () => {
  test('takes a function in the place of its name, in each kind of call', async () => {
    const transport = transportOf();
    await using pool = open(transport);
    expect(await pool.apply(math.square, { args: [3] })).toBe(9);
    expect(await pool.apply(math.square, { kwds: { x: 3 } })).toBe(9);
    expect(await pool.applyAsync(math.square, { args: [3] })).toBe(9);
    expect(await pool.map(math.square, [1, 2])).toEqual([1, 4]);
    expect(await pool.mapSettled(math.square, [2])).toEqual([{ status: 'fulfilled', value: 4 }]);
    expect(await pool.starmap(math.add, [[1, 2]])).toEqual([3]);
    expect(await pool.mapAsync(math.square, [1, 2])).toEqual([1, 4]);
    expect(await pool.starmapAsync(math.add, [[1, 2]])).toEqual([3]);
    expect(await drain(pool.imap(math.square, [1, 2]))).toEqual({ values: [1, 4], error: undefined });
    expect(await drain(pool.imapUnordered(text.shout, ['a']))).toEqual({ values: ['A'], error: undefined });
    expect(new Set(transport.seen.map(({ request }) => request.task))).toEqual(
      new Set(['math.square', 'math.add', 'text.shout']),
    );
  });

  test('names the task in messages, not the function', async () => {
    const transport = transportOf();
    transport.hold();
    await using pool = open(transport);
    const waits = pool.mapAsync(math.square, [1]).get({ timeoutMs: 0 });
    const wait = pool.applyAsync(math.square, { args: [1] }).get({ timeoutMs: 0 });
    expect(await rejection(waits)).toMatchObject({ message: expect.stringContaining("mapAsync('math.square')") });
    expect(await rejection(wait)).toMatchObject({ message: expect.stringContaining("applyAsync('math.square')") });
  });

  test('refuses what it does not know before it sends anything', async () => {
    const transport = transportOf();
    await using pool = open(transport);
    // As a program in plain JavaScript may: the compiler refuses it.
    const loose: LambdaPool = pool;
    const near = { code: 'TASK_NOT_FOUND', details: { task: 'math.sqare', near: ['math.square'] } };
    expect(await rejection(loose.apply('math.sqare', { args: [1] }))).toMatchObject(near);
    expect(await rejection(loose.map('math.sqare', [1]))).toMatchObject(near);
    expect(await rejection(loose.mapSettled('math.sqare', [1]))).toMatchObject(near);
    expect(() => loose.applyAsync('math.sqare', { args: [1] })).toThrow(expect.objectContaining(near));
    expect(() => loose.mapAsync('math.sqare', [1])).toThrow(expect.objectContaining(near));
    expect(() => loose.imap('math.sqare', [1])).toThrow(expect.objectContaining(near));
    const own = (x: number): number => x;
    expect(await rejection(pool.map(own, [1]))).toMatchObject({ code: 'TASK_NOT_FOUND', details: { function: 'own' } });
    expect(transport.seen).toEqual([]);
  });

  test('gives a task its options by name when it is called as a function', async () => {
    const transport = transportOf();
    const options = { workers: 1, transport, tasks: { math }, taskOptions: { 'math.square': { retries: 1 } } };
    await using pool = new LambdaPool(options);
    expect(await pool.apply(math.square, { args: [2] })).toBe(4);
    transport.dieNext('Runtime.ExitError', 'Runtime exited with error: exit status 1');
    expect(await pool.apply(math.square, { args: [3] })).toBe(9);
    expect(transport.seen.length).toBe(3);
  });

  test('refuses options of a task that there is not', () => {
    const wrong: object = { transport: transportOf(), tasks: { math }, taskOptions: { 'math.sqare': {} } };
    expect(() => new LambdaPool(wrong)).toThrow(expect.objectContaining({ code: 'TASK_NOT_FOUND' }));
    expect(() => new LambdaExecutor(wrong)).toThrow(expect.objectContaining({ code: 'TASK_NOT_FOUND' }));
  });

  test('refuses `tasks` that are none', () => {
    const wrong: object = { transport: transportOf(), tasks: 'math' };
    expect(() => new LambdaPool(wrong)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
    expect(() => new LambdaExecutor(wrong)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  });
});

describe('pool.task', () => {
  test('calls tasks as functions, with and without their modules', async () => {
    for (const tasks of [{ math, text }, undefined]) {
      await using pool = new LambdaPool<{ math: typeof math; text: typeof text }>({ transport: transportOf(), tasks });
      expect(pool.task).toBe(pool.task);
      expect(await pool.task.math.square(3)).toBe(9);
      expect(await pool.task.math.square.map([1, 2], { chunksize: 1 })).toEqual([1, 4]);
      expect(await pool.task.math.add.starmap([[1, 2]])).toEqual([3]);
      expect(await pool.task.text.shout.async('a').get()).toBe('A');
    }
  });

  test('refuses unknown tasks when they are called, if the modules are known', async () => {
    const transport = transportOf();
    await using pool = open(transport);
    const tree: object = pool.task;
    const call: unknown = Reflect.get(Reflect.get(tree, 'math'), 'sqare');
    if (typeof call !== 'function') throw new Error('The tree has no such branch.');
    expect(await rejection(call(1))).toMatchObject({ code: 'TASK_NOT_FOUND', details: { near: ['math.square'] } });
    expect(transport.seen).toEqual([]);
  });
});

describe('an executor that was given its modules', () => {
  test('takes a function in the place of its name, and refuses what it does not know', async () => {
    const transport = transportOf();
    await using executor = new LambdaExecutor({ maxWorkers: 2, transport, tasks: { math } });
    expect(await executor.submit(math.square, { args: [3] }).result()).toBe(9);
    expect((await drain(executor.map(math.add, [1, 2], [3, 4]))).values).toEqual([4, 6]);
    const loose: LambdaExecutor = executor;
    expect(() => loose.submit('math.sqare')).toThrow(expect.objectContaining({ code: 'TASK_NOT_FOUND' }));
    expect(() => loose.map('math.sqare', [1])).toThrow(expect.objectContaining({ code: 'TASK_NOT_FOUND' }));
    expect(new Set(transport.seen.map(({ request }) => request.task))).toEqual(new Set(['math.square', 'math.add']));
  });
});

test('A pool without modules refuses a function, and sends nothing', async () => {
  const transport = transportOf();
  await using pool = new LambdaPool<{ math: typeof math }>({ workers: 1, transport });
  expect(await rejection(pool.map(math.square, [1]))).toMatchObject({ code: 'OPTION_INVALID' });
  expect(transport.seen).toEqual([]);
});
