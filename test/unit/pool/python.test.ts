/** Python's habits, as far as only a fake transport shows them; the rest is in test/semantics. */
import { expect, test } from 'vitest';
import type { LambdaPoolError } from '../../../src/shared/errors.ts';
import { TaskError } from '../../../src/shared/errors.ts';
import { drain, failingAt, failingAtAsync, range, rejection, setup, squares } from './setup.ts';
import { settle } from './fake-clock.ts';

test('results are in the order of the items, and a chunksize of 20 sends 20 calls at once', async () => {
  await using s = setup();
  expect(await s.pool.map('math.square', range(10))).toEqual(squares(10));
  expect(await s.pool.map('math.square', range(100), { chunksize: 20 })).toEqual(squares(100));
  expect(s.transport.seen.slice(-5).map(({ request }) => request.calls.length)).toEqual([20, 20, 20, 20, 20]);
});

test('the default chunk is Python’s ceil(length / (workers * 4))', async () => {
  await using s = setup({ workers: 2 });
  await s.pool.map('math.square', range(20));
  expect(s.transport.seen.map(({ request }) => request.calls.length)).toEqual([3, 3, 3, 3, 3, 3, 2]);
});

test('starmap spreads items of any iterable kind into arguments', async () => {
  await using s = setup();
  const pairs = range(10).map((n): [number, number] => [n, 9 - n]);
  const sums = pairs.map(([a, b]) => a + b);
  expect(await s.pool.starmap('math.add', pairs)).toEqual(sums);
  expect(await s.pool.starmap('math.add', new Set(pairs), { chunksize: 3 })).toEqual(sums);
  expect(await s.pool.starmap('math.add', [new Set([1, 2])])).toEqual([3]);
});

test('an item that cannot be sent rejects with its path, and nothing is sent', async () => {
  await using s = setup();
  const items = [1, 2, 3, { rows: [0, 0, 0, { fn: () => 1 }] }];
  const error = await rejection(s.pool.map('math.square', items, { chunksize: 1 }));
  expect(error).toMatchObject({ code: 'NOT_SERIALIZABLE', details: { index: 3, path: 'args[0].rows[3].fn' } });
  expect((error as Error).message).toContain('item 3: args[0].rows[3].fn: it is a function');
  expect(s.transport.seen).toEqual([]);
  expect(await s.pool.apply('math.square', { args: [2] })).toBe(4);
});

test.each([0, 3])('an iterable that throws at item %i rejects map, and nothing is sent', async (failAt) => {
  await using s = setup();
  await expect(s.pool.map('math.square', failingAt(failAt))).rejects.toThrow(`no item ${failAt}`);
  await expect(s.pool.map('math.square', failingAt(failAt), { chunksize: 1 })).rejects.toThrow(`no item ${failAt}`);
  await expect(s.pool.map('math.square', failingAtAsync(failAt))).rejects.toThrow(`no item ${failAt}`);
  expect(s.transport.seen).toEqual([]);
  expect(await s.pool.map('math.square', range(3))).toEqual([0, 1, 4]);
});

test('get() gives up the wait and not the call', async () => {
  await using s = setup();
  s.transport.hold();
  const result = s.pool.applyAsync('math.square', { args: [7] });
  await expect(result.get({ timeoutMs: 5 })).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' });
  expect(await result.wait({ timeoutMs: 5 })).toBe(false);
  expect(() => result.successful()).toThrow(expect.objectContaining({ code: 'INVALID_STATE' }));
  s.transport.release();
  expect(await result).toBe(49);
});

test.each([0, -1, 1.5, Number.NaN, '2', null])('workers: %j is refused', (workers) => {
  expect(() => setup({ workers: workers as number })).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining('`workers`') }),
  );
});

test('terminate() drops 10,000 queued calls at once, and aborts what is in flight', async () => {
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

test('nothing is sent for an empty iterable', async () => {
  await using s = setup();
  expect(await s.pool.map('math.square', [])).toEqual([]);
  expect((await drain(s.pool.imap('math.square', []))).values).toEqual([]);
  expect((await drain(s.pool.imapUnordered('math.square', []))).values).toEqual([]);
  expect(await s.pool.mapAsync('math.square', []).get()).toEqual([]);
  expect(s.transport.seen).toEqual([]);
});

test('after its block a pool takes no call: async ones reject, the others throw', async () => {
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

test('a TaskError says which call of which task failed, in which attempt and invocation', async () => {
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

test('the first failure is the first of the items, not of time', async () => {
  await using s = setup();
  s.transport.hold();
  const map = rejection(s.pool.map('fault.ifOdd', [1, 3], { chunksize: 1 }));
  await settle();
  s.transport.release(1);
  await settle();
  s.transport.release();
  expect(await map).toMatchObject({ index: 0 });
});

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
