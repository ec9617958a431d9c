/** Rows of `multiprocessing.Pool`: calls, results and order. */
import { expect } from 'vitest';
import { LambdaPoolError, TaskError } from '../../src/index.ts';
import type { Row } from './row.ts';
import { ascending, drain, failingAt, failingAtAsync, range, rejection, squares } from './tools.ts';

export const POOL_CALLS: readonly Row[] = [
  {
    subject: 'Pool',
    test: 'test_apply',
    behaviour: 'arguments go by position and by name',
    async run(ground) {
      await using pool = ground.pool();
      expect(await pool.apply('math.square', { args: [5] })).toBe(25);
      expect(await pool.apply('math.square', { kwds: { x: 3 } })).toBe(9);
      expect(await pool.apply('math.power', { args: [2], kwds: { exponent: 5 } })).toBe(32);
    },
  },
  {
    subject: 'Pool',
    test: 'test_map',
    behaviour: 'results are in the order of the items, with and without a chunksize',
    async run(ground) {
      await using pool = ground.pool();
      expect(await pool.map('math.square', range(10))).toEqual(squares(10));
      expect(await pool.map('math.square', range(100), { chunksize: 20 })).toEqual(squares(100));
    },
  },
  {
    subject: 'Pool',
    test: 'test_starmap',
    behaviour: 'each item is spread to arguments, with and without a chunksize',
    async run(ground) {
      await using pool = ground.pool();
      const pairs = range(10).map((n) => [n, 9 - n]);
      expect(await pool.starmap('math.add', pairs)).toEqual(range(10).map(() => 9));
      expect(await pool.starmap('math.add', pairs, { chunksize: 3 })).toEqual(range(10).map(() => 9));
    },
  },
  {
    subject: 'Pool',
    test: 'test_starmap_async',
    behaviour: 'get() gives the list',
    async run(ground) {
      await using pool = ground.pool();
      expect(await pool.starmapAsync('math.add', [[1, 2], [3]]).get()).toEqual([3, 3]);
    },
  },
  {
    subject: 'Pool',
    test: 'test_map_async',
    behaviour: 'get() gives the list',
    async run(ground) {
      await using pool = ground.pool();
      expect(await pool.mapAsync('math.square', range(10)).get()).toEqual(squares(10));
    },
  },
  {
    subject: 'Pool',
    test: 'test_map_async_callbacks',
    behaviour: 'one callback is called once, with the whole list or the error, before wait() returns',
    async run(ground) {
      await using pool = ground.pool();
      const good: unknown[] = [];
      const bad: unknown[] = [];
      const callbacks = { callback: (r: unknown) => good.push(r), errorCallback: (e: unknown) => bad.push(e) };
      expect(await pool.mapAsync('math.square', [1, 2], callbacks).wait()).toBe(true);
      expect(good).toEqual([[1, 4]]);
      expect(await pool.mapAsync('faults.throwIfOdd', [0, 1, 2], callbacks).wait()).toBe(true);
      expect(good).toHaveLength(1);
      expect(bad).toEqual([expect.objectContaining({ code: 'TASK_THREW', index: 1 })]);
    },
  },
  {
    subject: 'Pool',
    test: 'test_map_unplicklable',
    behaviour: 'an item that cannot be sent rejects with the path of what cannot, and nothing hangs',
    async run(ground) {
      await using pool = ground.pool();
      const items = [1, { rows: [{ fn: () => 1 }] }];
      const error = await rejection(pool.map('echo.echo', items));
      expect(error).toMatchObject({ code: 'NOT_SERIALIZABLE' });
      expect(error.message).toContain('item 1: args[0].rows[0].fn');
      expect(await pool.apply('math.square', { args: [2] })).toBe(4);
    },
  },
  {
    subject: 'Pool',
    test: 'test_map_chunksize',
    behaviour: 'an empty list with a chunksize does not stall',
    async run(ground) {
      await using pool = ground.pool();
      expect(await pool.mapAsync('math.square', [], { chunksize: 1 }).get({ timeoutMs: 5_000 })).toEqual([]);
    },
  },
  {
    subject: 'Pool',
    test: 'test_map_handle_iterable_exception',
    behaviour: 'an iterable that throws, at its first item or later, rejects the map with that error; the pool goes on',
    async run(ground) {
      await using pool = ground.pool();
      const lying = { length: 10, [Symbol.iterator]: () => failingAt(3) };
      for (const items of [failingAt(0), failingAt(3), failingAtAsync(3), lying]) {
        await expect(pool.map('math.square', items)).rejects.toThrow(/^no item [03]$/);
      }
      expect(await pool.map('math.square', range(3))).toEqual(squares(3));
    },
  },
  {
    subject: 'Pool',
    test: 'test_async',
    behaviour: 'get() waits for the end',
    async run(ground) {
      await using pool = ground.pool();
      const result = pool.applyAsync('faults.sleep', { args: [50] });
      expect(result.ready()).toBe(false);
      expect(await result.get()).toBe(50);
      expect(result.ready()).toBe(true);
    },
  },
  {
    subject: 'Pool',
    test: 'test_async_timeout',
    behaviour: 'get() gives up after its timeoutMs; the call goes on',
    async run(ground) {
      await using pool = ground.pool();
      const result = pool.applyAsync('faults.sleep', { args: [300] });
      expect(await rejection(result.get({ timeoutMs: 20 }))).toMatchObject({ code: 'WAIT_TIMEOUT' });
      expect(() => result.successful()).toThrow(expect.objectContaining({ code: 'INVALID_STATE' }));
      expect(await result).toBe(300);
    },
  },
  {
    subject: 'Pool',
    test: 'test_imap',
    behaviour: 'results come in order, by a loop and by next(), and then the end, again and again',
    async run(ground) {
      await using pool = ground.pool();
      expect((await drain(pool.imap('math.square', range(10)))).values).toEqual(squares(10));
      expect((await drain(pool.imap('math.square', range(250), { chunksize: 100 }))).values).toEqual(squares(250));
      const results = pool.imap('math.square', range(3));
      for (const value of squares(3)) expect(await results.next()).toEqual({ done: false, value });
      expect(await results.next()).toEqual({ done: true, value: undefined });
      expect(await results.next()).toEqual({ done: true, value: undefined });
    },
  },
  {
    subject: 'Pool',
    test: 'test_imap_handle_iterable_exception',
    behaviour:
      'what came before the failing item comes out, by whole chunks (2: 6 of 7; 4: 4 of 7), and then the error',
    async run(ground) {
      await using pool = ground.pool();
      for (const [chunksize, failAt, count] of [
        [1, 3, 3],
        [2, 7, 6],
        [4, 7, 4],
      ] as const) {
        for (const items of [failingAt(failAt), failingAtAsync(failAt)]) {
          const { values, error } = await drain(pool.imap('math.square', items, { chunksize }));
          expect(values).toEqual(squares(count));
          expect((error as Error).message).toBe(`no item ${failAt}`);
        }
      }
    },
  },
  {
    subject: 'Pool',
    test: 'test_imap_unordered',
    behaviour: 'all results come, each once, in any order',
    async run(ground) {
      await using pool = ground.pool();
      for (const chunksize of [1, 53]) {
        const { values } = await drain(pool.imapUnordered<number>('math.square', range(200), { chunksize }));
        expect(values.sort(ascending)).toEqual(squares(200));
      }
    },
  },
  {
    subject: 'Pool',
    test: 'test_imap_unordered_handle_iterable_exception',
    behaviour:
      'each value comes at most once, and the error after at most as many requests as there were items, and one',
    async run(ground) {
      await using pool = ground.pool();
      const { values, error } = await drain(pool.imapUnordered<number>('math.square', failingAt(7)));
      expect(values.sort(ascending)).toEqual(squares(7));
      expect((error as Error).message).toBe('no item 7');
    },
  },
  {
    subject: 'Pool',
    test: 'test_empty_iterable',
    behaviour: 'every way of calling makes nothing of nothing',
    async run(ground) {
      await using pool = ground.pool();
      expect(await pool.map('math.square', [])).toEqual([]);
      expect(await pool.mapAsync('math.square', []).get()).toEqual([]);
      expect((await drain(pool.imap('math.square', []))).values).toEqual([]);
      expect((await drain(pool.imapUnordered('math.square', []))).values).toEqual([]);
    },
  },
  {
    subject: 'Pool',
    test: 'test_traceback',
    behaviour:
      'an error keeps its name, properties and the stack of the remote source; one of the iterable has no remote cause',
    async run(ground) {
      await using pool = ground.pool();
      const error = await rejection(pool.apply('faults.throwError', { args: ['refused'] }));
      expect(error).toBeInstanceOf(TaskError);
      expect(error.cause).toMatchObject({ name: 'OrderError', message: 'refused', status: 409 });
      expect((error.cause as Error).stack).toMatch(/faults\.ts:\d+:\d+/);
      const ours = await rejection(pool.map('math.square', failingAt(1)));
      expect(ours).not.toBeInstanceOf(LambdaPoolError);
      expect(ours.cause).toBeUndefined();
    },
  },
  {
    subject: 'Pool',
    test: 'test_wrapped_exception',
    behaviour:
      'the cause of a TaskError is the error that was thrown, of the same built-in class, and not wrapped again',
    async run(ground) {
      await using pool = ground.pool();
      const error = await rejection(pool.apply('faults.throwIfOdd', { args: [1] }));
      expect(error).toMatchObject({ code: 'TASK_THREW', message: 'faults.throwIfOdd failed: RangeError: 1 is odd' });
      expect(error.cause).toBeInstanceOf(RangeError);
      expect((error.cause as Error).cause).toBeUndefined();
    },
  },
  {
    subject: 'Pool',
    test: 'test_map_no_failfast',
    behaviour: "a failed call does not end a map early, unless onError is 'failFast'; with 'settle' it is a result",
    async run(ground) {
      await using pool = ground.pool();
      const items = [-1, 400];
      const settled = async (onError: 'wait' | 'failFast'): Promise<boolean> => {
        const all = { done: false };
        const onProgress = ({ done }: { done: number }): void => void (all.done = done === 1);
        const error = await rejection(
          pool.starmap(
            'faults.sleepOrThrow',
            items.map((ms) => [ms]),
            { chunksize: 1, onError, onProgress },
          ),
        );
        expect(error).toMatchObject({ code: 'TASK_THREW', index: 0 });
        return all.done;
      };
      expect(await settled('wait')).toBe(true);
      expect(await settled('failFast')).toBe(false);
      expect(await pool.map('faults.throwIfOdd', [0, 1], { onError: 'settle' })).toEqual([
        { status: 'fulfilled', value: 0 },
        { status: 'rejected', reason: expect.objectContaining({ code: 'TASK_THREW', index: 1 }) },
      ]);
      expect((await pool.mapSettled('faults.throwIfOdd', [1, 2])).map(({ status }) => status)).toEqual([
        'rejected',
        'fulfilled',
      ]);
    },
  },
  {
    subject: 'Pool',
    test: 'test_async_error_callback',
    behaviour: 'errorCallback gets the error that get() rejects with',
    async run(ground) {
      await using pool = ground.pool();
      const seen: unknown[] = [];
      const result = pool.applyAsync('faults.throwIfOdd', { args: [1], errorCallback: (error) => seen.push(error) });
      const error = await rejection(result.get());
      expect(seen).toEqual([error]);
      expect(result.successful()).toBe(false);
    },
  },
  {
    subject: 'Pool',
    test: 'test_unpickleable_result',
    behaviour:
      'a result that cannot be sent fails its call with the path of what cannot; twenty of them cost no environment',
    async run(ground) {
      await using pool = ground.pool({ workers: 1 });
      const { id } = await pool.apply<{ id: string }>('state.environment');
      for (let time = 0; time < 20; time += 1) {
        const error = await rejection(pool.apply('faults.returnsFunction'));
        expect(error).toMatchObject({ code: 'RESULT_NOT_SERIALIZABLE' });
        expect(error.message).toContain('rows[0].fn');
      }
      expect(await pool.apply('state.environment')).toMatchObject({ id });
    },
  },
];
