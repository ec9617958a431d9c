/** Python's own tests of multiprocessing.Pool (Lib/test/_test_multiprocessing.py), by their names. */
import { expect, test } from 'vitest';
import type { LambdaPoolError } from '../../../src/shared/errors.ts';
import { TaskError } from '../../../src/shared/errors.ts';
import { drain, failingAt, failingAtAsync, range, rejection, setup, squares } from './setup.ts';
import { settle } from './fake-clock.ts';

test('Pool test_apply: arguments go by position and by name', async () => {
  await using s = setup();
  expect(await s.pool.apply('math.square', { args: [5] })).toBe(25);
  expect(await s.pool.apply('math.square', { kwds: { n: 5 } })).toBe(25);
  expect(await s.pool.apply('math.power', { args: [2], kwds: { exponent: 5 } })).toBe(32);
});

test('Pool test_map: results are in the order of the items, whatever the chunks', async () => {
  await using s = setup();
  expect(await s.pool.map('math.square', range(10))).toEqual(squares(10));
  expect(await s.pool.map('math.square', range(100), { chunksize: 20 })).toEqual(squares(100));
  expect(s.transport.seen.slice(-5).map(({ request }) => request.calls.length)).toEqual([20, 20, 20, 20, 20]);
});

test('Pool test_map: the default chunk is Python’s ceil(length / (workers * 4))', async () => {
  await using s = setup({ workers: 2 });
  await s.pool.map('math.square', range(20));
  expect(s.transport.seen.map(({ request }) => request.calls.length)).toEqual([3, 3, 3, 3, 3, 3, 2]);
});

test('Pool test_starmap: each item is spread into arguments', async () => {
  await using s = setup();
  const pairs = range(10).map((n): [number, number] => [n, 9 - n]);
  const sums = pairs.map(([a, b]) => a + b);
  expect(await s.pool.starmap('math.add', pairs)).toEqual(sums);
  expect(await s.pool.starmap('math.add', new Set(pairs), { chunksize: 3 })).toEqual(sums);
  expect(await s.pool.starmap('math.add', [new Set([1, 2])])).toEqual([3]);
});

test('Pool test_starmap_async and test_map_async: get() gives the list', async () => {
  await using s = setup();
  expect(await s.pool.mapAsync('math.square', range(10)).get()).toEqual(squares(10));
  expect(await s.pool.starmapAsync('math.add', [[1, 2]]).get()).toEqual([3]);
});

test('Pool test_map_async_callbacks: each is called once, with the whole list or the error, before wait() returns', async () => {
  await using s = setup();
  const good: unknown[] = [];
  const bad: unknown[] = [];
  const callbacks = { callback: (r: unknown) => good.push(r), errorCallback: (e: unknown) => bad.push(e) };
  expect(await s.pool.mapAsync('math.square', [1, 2], callbacks).wait()).toBe(true);
  expect(good).toEqual([[1, 4]]);
  expect(await s.pool.mapAsync('fault.ifOdd', [0, 1, 2, 3], callbacks).wait()).toBe(true);
  expect(good).toHaveLength(1);
  expect(bad).toEqual([expect.objectContaining({ code: 'TASK_THREW', index: 1 })]);
});

test('Pool test_map_unplicklable: an item that cannot be sent rejects with its path, and nothing is sent', async () => {
  await using s = setup();
  const items = [1, 2, 3, { rows: [0, 0, 0, { fn: () => 1 }] }];
  const error = await rejection(s.pool.map('math.square', items, { chunksize: 1 }));
  expect(error).toMatchObject({ code: 'NOT_SERIALIZABLE', details: { index: 3, path: 'args[0].rows[3].fn' } });
  expect((error as Error).message).toContain('item 3: args[0].rows[3].fn: it is a function');
  expect(s.transport.seen).toEqual([]);
  expect(await s.pool.apply('math.square', { args: [2] })).toBe(4);
});

test('Pool test_map_chunksize: an empty list does not stall', async () => {
  await using s = setup();
  expect(await s.pool.map('math.square', [], { chunksize: 1 })).toEqual([]);
  expect(await s.pool.mapAsync('math.square', [], { chunksize: 1 }).get({ timeoutMs: 1_000 })).toEqual([]);
});

test.each([0, 3])(
  'Pool test_map_handle_iterable_exception: an iterable that throws at item %i rejects map, and the pool goes on',
  async (failAt) => {
    await using s = setup();
    await expect(s.pool.map('math.square', failingAt(failAt))).rejects.toThrow(`no item ${failAt}`);
    await expect(s.pool.map('math.square', failingAt(failAt), { chunksize: 1 })).rejects.toThrow(`no item ${failAt}`);
    await expect(s.pool.map('math.square', failingAtAsync(failAt))).rejects.toThrow(`no item ${failAt}`);
    expect(s.transport.seen).toEqual([]);
    expect(await s.pool.map('math.square', range(3))).toEqual([0, 1, 4]);
  },
);

test('Pool test_map_handle_iterable_exception: an error of the iterable is its own, not a TaskError', async () => {
  await using s = setup();
  const error = await rejection(s.pool.map('math.square', failingAt(0)));
  expect(error).not.toBeInstanceOf(TaskError);
  expect((error as Error).cause).toBeUndefined();
});

test('Pool test_async: get() waits for the end', async () => {
  await using s = setup();
  s.transport.hold();
  const result = s.pool.applyAsync('math.square', { args: [7] });
  const got = result.get();
  await settle();
  expect(result.ready()).toBe(false);
  s.transport.release();
  expect(await got).toBe(49);
  expect(result.ready()).toBe(true);
  expect(result.successful()).toBe(true);
});

test('Pool test_async_timeout: get() gives up the wait and not the call', async () => {
  await using s = setup();
  s.transport.hold();
  const result = s.pool.applyAsync('math.square', { args: [7] });
  await expect(result.get({ timeoutMs: 5 })).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' });
  expect(await result.wait({ timeoutMs: 5 })).toBe(false);
  expect(() => result.successful()).toThrow(expect.objectContaining({ code: 'INVALID_STATE' }));
  s.transport.release();
  expect(await result).toBe(49);
});

test('Pool test_imap: results come in order, by a loop and by next(), and then the end', async () => {
  await using s = setup();
  expect(await drain(s.pool.imap('math.square', range(10)))).toEqual({ values: squares(10), error: undefined });
  const iterator = s.pool.imap('math.square', range(3), { chunksize: 100 });
  for (const value of squares(3)) expect(await iterator.next()).toEqual({ done: false, value });
  expect(await iterator.next()).toEqual({ done: true, value: undefined });
  expect(await iterator.next()).toEqual({ done: true, value: undefined });
});

test.each([
  [1, 3, 3],
  [2, 7, 6],
  [4, 7, 4],
  [1, 0, 0],
])(
  'Pool test_imap_handle_iterable_exception: with chunksize %i and an error at item %i, %i results come first',
  async (chunksize, failAt, count) => {
    await using s = setup();
    for (const items of [failingAt(failAt), failingAtAsync(failAt)]) {
      const { values, error } = await drain(s.pool.imap('math.square', items, { chunksize }));
      expect(values).toEqual(squares(count));
      expect((error as Error).message).toBe(`no item ${failAt}`);
    }
    expect(await s.pool.map('math.square', [3])).toEqual([9]);
  },
);

test('Pool test_imap_unordered: all results come, in any order', async () => {
  await using s = setup();
  for (const chunksize of [1, 53]) {
    const { values } = await drain(s.pool.imapUnordered<number>('math.square', range(200), { chunksize }));
    expect(values.sort((a, b) => a - b)).toEqual(squares(200));
  }
});

test('Pool test_imap_unordered_handle_iterable_exception: what came before the error comes out, once', async () => {
  await using s = setup();
  const { values, error } = await drain(s.pool.imapUnordered<number>('math.square', failingAt(3), { chunksize: 1 }));
  expect(values.sort((a, b) => a - b)).toEqual(squares(3));
  expect((error as Error).message).toBe('no item 3');
});

test.each([0, -1, 1.5, Number.NaN, '2', null])('Pool test_make_pool: workers: %j is refused', (workers) => {
  expect(() => setup({ workers: workers as number })).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining('`workers`') }),
  );
});

test('Pool test_terminate: 10,000 queued calls are dropped at once, and all reject', async () => {
  await using s = setup();
  s.transport.hold();
  const map = s.pool.mapAsync('math.square', range(5_000), { chunksize: 1 });
  const calls = range(5_000).map((n) => rejection(s.pool.apply('math.square', { args: [n] })));
  const start = performance.now();
  await s.pool.terminate();
  await s.pool.join();
  const codes = (await Promise.all(calls)).map((error) => (error as LambdaPoolError).code);
  expect(performance.now() - start).toBeLessThan(1_000);
  expect(new Set(codes)).toEqual(new Set(['POOL_TERMINATED']));
  await expect(map.get()).rejects.toMatchObject({ code: 'POOL_TERMINATED' });
  expect(s.transport.seen).toHaveLength(2);
  expect(s.transport.seen.every(({ signal }) => signal.aborted)).toBe(true);
  expect(s.transport.timesDisposed).toBe(1);
});

test('Pool test_empty_iterable: every way of calling makes nothing of nothing', async () => {
  await using s = setup();
  expect(await s.pool.map('math.square', [])).toEqual([]);
  expect((await drain(s.pool.imap('math.square', []))).values).toEqual([]);
  expect((await drain(s.pool.imapUnordered('math.square', []))).values).toEqual([]);
  expect(await s.pool.mapAsync('math.square', []).get()).toEqual([]);
  expect(s.transport.seen).toEqual([]);
});

test('Pool test_context: after the block no call is taken', async () => {
  const s = setup();
  {
    await using pool = s.pool;
    expect(await pool.map('math.square', [2])).toEqual([4]);
  }
  const closed = expect.objectContaining({ code: 'POOL_CLOSED', message: expect.stringContaining('Pool not running') });
  expect(() => s.pool.mapAsync('math.square', [2])).toThrow(closed);
  expect(() => s.pool.imap('math.square', [2])).toThrow(closed);
  await expect(s.pool.apply('math.square', { args: [2] })).rejects.toEqual(closed);
  await expect(s.pool.map('math.square', [2])).rejects.toEqual(closed);
});

test('Pool test_traceback: name, message, properties and remote stack are kept', async () => {
  await using s = setup();
  const error = (await rejection(s.pool.apply('fault.ifOdd', { args: [3] }))) as TaskError;
  expect(error).toBeInstanceOf(TaskError);
  expect(error).toMatchObject({
    code: 'TASK_THREW',
    task: 'fault.ifOdd',
    index: 0,
    attempt: 1,
    requestId: 'request-1',
  });
  expect(error.message).toBe('fault.ifOdd failed: RangeError: 3 is odd');
  expect(error.cause).toBeInstanceOf(RangeError);
  expect((error.cause as Error).stack).toContain('setup.ts');
});

test('Pool test_map_no_failfast: all calls end before the first failure in order is thrown', async () => {
  await using s = setup();
  const error = await rejection(s.pool.map('fault.ifOdd', [0, 3, 1, 2], { chunksize: 1 }));
  expect(error).toMatchObject({ index: 1, message: 'fault.ifOdd failed: RangeError: 3 is odd' });
  expect(s.transport.seen).toHaveLength(4);
});

test('Pool test_map_no_failfast: the first failure is the first of the items, not of time', async () => {
  await using s = setup();
  s.transport.hold();
  const map = rejection(s.pool.map('fault.ifOdd', [1, 3], { chunksize: 1 }));
  await settle();
  s.transport.release(1);
  await settle();
  s.transport.release();
  expect(await map).toMatchObject({ index: 0 });
});

test('Pool test_async_error_callback: the callback and get() have the error', async () => {
  await using s = setup();
  const seen: unknown[] = [];
  const result = s.pool.applyAsync('fault.ifOdd', { args: [1], errorCallback: (error) => seen.push(error) });
  const error = await rejection(result.get());
  expect(seen).toEqual([error]);
  expect(result.successful()).toBe(false);
});

test('Pool test_unpickleable_result: a result that cannot be sent fails its call, 20 times over', async () => {
  await using s = setup();
  for (let time = 0; time < 20; time += 1) {
    const error = await rejection(s.pool.apply('fault.returnFunction'));
    expect(error).toMatchObject({ code: 'RESULT_NOT_SERIALIZABLE', message: expect.stringContaining('rows[0].fn') });
  }
});

test.each([[''], [0], [false], [null], [undefined]])(
  'Executor test_swallows_falsey_exceptions: a thrown %j rejects',
  async (value) => {
    await using s = setup();
    const error = (await rejection(s.pool.apply('fault.throwValue', { args: [value] }))) as TaskError;
    expect(error.code).toBe('TASK_THREW');
    expect(error.cause).toBe(value);
    await expect(s.pool.map('fault.throwValue', [value])).rejects.toMatchObject({ code: 'TASK_THREW' });
  },
);

test.each([0, -1, 1.5, '3'])('chunksize: %j is refused, as in Python', async (chunksize) => {
  await using s = setup();
  const options = { chunksize: chunksize as number };
  const refusal = expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining('`chunksize`') });
  await expect(s.pool.map('math.square', [1], options)).rejects.toEqual(refusal);
  expect(() => s.pool.mapAsync('math.square', [1], options)).toThrow(refusal);
  expect(() => s.pool.imap('math.square', [1], options)).toThrow(refusal);
});

test('join() of a running pool is an error, as in Python', async () => {
  await using s = setup();
  await expect(s.pool.join()).rejects.toMatchObject({
    code: 'INVALID_STATE',
    message: expect.stringMatching(/close\(\).*terminate\(\)/),
  });
});

test('an imap that was made before close() can be read after it, and join() waits for that', async () => {
  await using s = setup();
  const results = s.pool.imap('math.square', range(40));
  s.pool.close();
  const joined = s.pool.join().then(() => s.transport.timesDisposed);
  expect((await drain(results)).values).toEqual(squares(40));
  expect(await joined).toBe(1);
});

test('Predecessor defect 1: applyAsync completes though nobody waits for it at once', async () => {
  await using s = setup();
  const result = s.pool.applyAsync('math.square', { args: [4] });
  await settle();
  expect(result.ready()).toBe(true);
  expect(await result.get({ timeoutMs: 5_000 })).toBe(16);
});

test('Predecessor defect 2: an error without a message is an error', async () => {
  await using s = setup({}, { 'fault.silent': () => Promise.reject(new TypeError()) });
  const error = (await rejection(s.pool.apply('fault.silent'))) as TaskError;
  expect(error).toMatchObject({ code: 'TASK_THREW', message: 'fault.silent failed: TypeError' });
  expect(error.cause).toBeInstanceOf(TypeError);
});
