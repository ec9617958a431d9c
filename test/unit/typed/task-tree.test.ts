import { inspect } from 'node:util';
import { beforeEach, describe, expect, test } from 'vitest';
import type * as math from '../../../fixtures/tasks/math.ts';
import type * as clean from '../../../fixtures/tasks/pipeline/clean.ts';
import { AsyncResult } from '../../../src/pool/async-result.ts';
import { taskTree } from '../../../src/pool/task-tree.ts';
import type { NamedCalls, TaskTree } from '../../../src/pool/task-tree.ts';

interface Tasks {
  readonly math: typeof math;
  readonly pipeline: { readonly clean: typeof clean };
}

describe('the tree of tasks', () => {
  let calls: unknown[][];
  let task: TaskTree<Tasks>;

  beforeEach(() => {
    calls = [];
    const seen =
      <R>(method: string, result: R) =>
      (...args: unknown[]): R => {
        calls.push([method, ...args]);
        return result;
      };
    const pool: NamedCalls = {
      apply: seen('apply', Promise.resolve(55)),
      applyAsync: seen('applyAsync', new AsyncResult<unknown>(Promise.resolve(55), 'call', {})),
      map: seen('map', Promise.resolve([1, 1])),
      starmap: seen('starmap', Promise.resolve([3])),
    };
    task = taskTree<Tasks>(pool);
  });

  test('calls a task with its arguments', async () => {
    expect(await task.math.fibonacci(10)).toBe(55);
    await task.pipeline.clean.lines(['a;b']);
    await task.math.mean();
    expect(calls).toEqual([
      ['apply', 'math.fibonacci', { args: [10] }],
      ['apply', 'pipeline.clean.lines', { args: [['a;b']] }],
      ['apply', 'math.mean', { args: [] }],
    ]);
  });

  test('maps a task, with options', async () => {
    expect(await task.math.fibonacci.map([1, 2], { chunksize: 1 })).toEqual([1, 1]);
    expect(await task.math.add.starmap([[1, 2]])).toEqual([3]);
    expect(calls).toEqual([
      ['map', 'math.fibonacci', [1, 2], { chunksize: 1 }],
      ['starmap', 'math.add', [[1, 2]], undefined],
    ]);
  });

  test('starts a call and gives out its AsyncResult', async () => {
    const result = task.math.add.async(1, 2);
    expect(result).toBeInstanceOf(AsyncResult);
    expect(await result.get()).toBe(55);
    expect(calls).toEqual([['applyAsync', 'math.add', { args: [1, 2] }]]);
  });

  test('is the same at every look', () => {
    expect(task.math.fibonacci).toBe(task.math.fibonacci);
    expect(task.math.fibonacci).not.toBe(task.math.factorial);
    expect(task.math.fibonacci.map).toBe(task.math.fibonacci.map);
  });

  test('has tasks with the names of what functions have', async () => {
    const odd = taskTree<{ odd: { name: () => void; call: () => void; constructor: () => void } }>({
      ...unused,
      apply: async (name) => name,
    });
    expect(await odd.odd.name()).toBe('odd.name');
    expect(await odd.odd.call()).toBe('odd.call');
    expect(await odd.odd.constructor()).toBe('odd.constructor');
  });

  test('can be awaited, printed, and made a string or JSON of, without a call', async () => {
    expect(await Promise.resolve(task.math.fibonacci)).toBe(task.math.fibonacci);
    expect(await Promise.resolve(task)).toBe(task);
    expect(JSON.stringify({ task: task.math.fibonacci, all: task })).toBe('{"all":{}}');
    expect([task.math.fibonacci, task.math, task].map(String)).toEqual([
      'pool.task.math.fibonacci',
      'pool.task.math',
      'pool.task',
    ]);
    expect(inspect(task.math.fibonacci)).toBe('[Function: math.fibonacci]');
    expect(inspect(task, { showProxy: true })).toContain('Proxy');
    expect([Object.keys(task), Object.keys(task.math), 'fibonacci' in task.math]).toEqual([[], [], false]);
    expect(structuredCloneFails(task.math)).toBe(true);
    expect(calls).toEqual([]);
  });

  test('cannot be written to', () => {
    expect(() => Object.assign(task.math, { fibonacci: () => 1 })).toThrow(TypeError);
    expect(() => Object.assign(task, { math: 1 })).toThrow(TypeError);
  });
});

const refuse = (): never => {
  throw new Error('not called');
};
const unused: NamedCalls = { apply: refuse, applyAsync: refuse, map: refuse, starmap: refuse };

function structuredCloneFails(value: unknown): boolean {
  try {
    structuredClone(value);
    return false;
  } catch {
    return true;
  }
}
