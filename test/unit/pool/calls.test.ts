/** What calls promise beyond Python: bounds, sizes, signals, progress, checks. */
import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { settle } from './fake-clock.ts';
import { range, rejection, setup, squares } from './setup.ts';

test('workers bounds the invocations in flight of the whole pool', async () => {
  await using s = setup({ workers: 3 });
  s.transport.hold();
  const maps = [1, 2].map(() => s.pool.map('math.square', range(20), { chunksize: 1 }));
  const applied = s.pool.apply('math.square', { args: [5] });
  const results = s.pool.imap('math.square', range(20));
  const first = results.next();
  await settle();
  expect(s.transport.running).toBe(3);
  s.transport.release();
  expect(await Promise.all(maps)).toEqual([squares(20), squares(20)]);
  expect(await applied).toBe(25);
  expect(await first).toMatchObject({ value: 0 });
  expect(s.transport.mostRunning).toBe(3);
});

test('chunks are sent in the order in which they were given', async () => {
  await using s = setup({ workers: 1 });
  const first = s.pool.map('math.square', [1, 2], { chunksize: 1 });
  const second = s.pool.map('math.square', [3], { chunksize: 1 });
  await Promise.all([first, second]);
  expect(s.transport.seen.map(({ request }) => request.calls.flat(2)[0])).toEqual([1, 2, 3]);
});

test('arguments are taken as they are at the call: changing them afterwards changes nothing', async () => {
  await using s = setup({ workers: 1 });
  s.transport.hold();
  const items = [{ n: 1 }, { n: 2 }];
  const map = s.pool.map('echo.echo', items, { chunksize: 1 });
  const args = [{ n: 3 }];
  const applied = s.pool.apply('echo.echo', { args });
  items[1]!.n = 99;
  args[0]!.n = 99;
  s.transport.release();
  expect(await map).toEqual([{ n: 1 }, { n: 2 }]);
  expect(await applied).toEqual({ n: 3 });
});

test('values that JSON does not have travel both ways', async () => {
  await using s = setup();
  const value = [undefined, Number.NaN, -0, 12n, new Date(5), new Map([[1, new Set(['a'])]]), Buffer.from('x')];
  expect(await s.pool.apply('echo.echo', { args: [value] })).toEqual(value);
  expect(await s.pool.map('echo.echo', value)).toEqual(value);
  expect(await s.pool.apply('echo.echo', { kwds: { value } })).toEqual(value);
});

test('calls that are too large together are split by bytes, and the results are in order', async () => {
  await using s = setup();
  const items = range(3).map((n) => `${n}${'€'.repeat(1_000_000)}`);
  expect(await s.pool.map('echo.echo', items, { chunksize: 3 })).toEqual(items);
  const sizes = s.transport.seen.map(({ request, payload }) => [request.calls.length, Buffer.byteLength(payload)]);
  expect(sizes.map(([calls]) => calls)).toEqual([2, 1]);
  expect(Math.max(...sizes.map(([, bytes]) => bytes ?? 0))).toBeLessThanOrEqual(6_291_456);
});

test('a single call that is too large is refused with its size, the limit, and what to do', async () => {
  await using s = setup();
  const refusal = {
    code: 'PAYLOAD_TOO_LARGE',
    message: expect.stringMatching(/call 1 of echo\.echo.*7,000,0\d\d bytes.*6,291,456.*S3/s),
  };
  await expect(s.pool.map('echo.echo', ['', 'x'.repeat(7_000_000)])).rejects.toMatchObject(refusal);
  await expect(s.pool.apply('echo.echo', { args: ['x'.repeat(7_000_000)] })).rejects.toMatchObject({
    code: 'PAYLOAD_TOO_LARGE',
  });
  expect(s.transport.seen).toEqual([]);
});

test('a payload of exactly the limit is sent', async () => {
  await using s = setup();
  const rest = { maxLogBytes: 65_536, logsOf: 'failures' };
  const overhead = JSON.stringify({ lambdapool: 1, task: 'echo.echo', calls: [['']], ...rest }).length;
  const text = 'x'.repeat(6_291_456 - overhead);
  expect(await s.pool.apply('echo.echo', { args: [text] })).toBe(text);
  await expect(s.pool.apply('echo.echo', { args: [`${text}x`] })).rejects.toMatchObject({
    details: { bytes: 6_291_457 },
  });
});

test('the path of what cannot be sent names arguments by position and by name', async () => {
  await using s = setup();
  const paths = await Promise.all(
    [{ args: [1, { a: [Symbol('x')] }] }, { kwds: { value: { fn: () => 1 } } }].map(async (options) => {
      const error = (await rejection(s.pool.apply('echo.echo', options))) as { details: { path: string } };
      return error.details.path;
    }),
  );
  expect(paths).toEqual(['args[1].a[0]', 'kwds.value.fn']);
  expect(s.transport.seen).toEqual([]);
});

test('a signal that has fired before keeps the call from being sent', async () => {
  await using s = setup();
  const reason = new Error('too late');
  const signal = AbortSignal.abort(reason);
  expect(await rejection(s.pool.apply('math.square', { args: [1], signal }))).toBe(reason);
  expect(await rejection(s.pool.map('math.square', [1], { signal }))).toBe(reason);
  expect(await rejection(s.pool.mapAsync('math.square', [1], { signal }))).toBe(reason);
  expect(await rejection(s.pool.imap('math.square', [1], { signal }).next())).toBe(reason);
  expect(s.transport.seen).toEqual([]);
});

test('a signal ends a map: what is queued is never sent, what runs is aborted, the pool goes on', async () => {
  await using s = setup();
  s.transport.hold();
  const controller = new AbortController();
  const map = rejection(s.pool.map('math.square', range(100), { chunksize: 1, signal: controller.signal }));
  await settle();
  controller.abort();
  expect(await map).toBe(controller.signal.reason);
  expect(s.transport.seen.map(({ signal }) => signal.aborted)).toEqual([true, true]);
  s.transport.release();
  expect(await s.pool.apply('math.square', { args: [3] })).toBe(9);
  expect(s.transport.seen).toHaveLength(3);
});

test('a signal ends a map whose asynchronous source never ends, and closes the source', async () => {
  await using s = setup();
  let isClosed = false;
  async function* endless(): AsyncGenerator<number> {
    try {
      for (;;) {
        await settle();
        yield 1;
      }
    } finally {
      isClosed = true;
    }
  }
  const controller = new AbortController();
  const map = rejection(s.pool.map('math.square', endless(), { signal: controller.signal }));
  await settle();
  controller.abort();
  expect(await map).toBe(controller.signal.reason);
  await settle();
  await settle();
  expect(isClosed).toBe(true);
});

test('a signal that outlives its calls keeps no listener of theirs', async () => {
  await using s = setup();
  const { signal } = new AbortController();
  const listeners = (): number => getEventListeners(signal, 'abort').length;
  await s.pool.apply('math.square', { args: [1], signal });
  await rejection(s.pool.map('fault.ifOdd', [1], { signal }));
  for await (const _ of s.pool.imap('math.square', [1], { signal }));
  const left = s.pool.imap('math.square', [1, 2], { signal });
  expect(listeners()).toBe(1);
  await left.return();
  expect(listeners()).toBe(0);
});

test('progress is told after each invocation and comes to the total', async () => {
  await using s = setup({ workers: 1 });
  const seen: unknown[] = [];
  const options = { chunksize: 2, onProgress: (progress: unknown) => seen.push(progress) };
  await rejection(s.pool.map('fault.ifOdd', [0, 1, 2, 4, 6], options));
  expect(seen).toMatchObject([
    { done: 1, failed: 1, total: 5 },
    { done: 3, failed: 1, total: 5 },
    { done: 4, failed: 1, total: 5 },
  ]);
});

test('an observer that throws becomes a warning and harms nothing', async () => {
  await using s = setup();
  const warnings: string[] = [];
  const listen = (warning: Error): void => void warnings.push(warning.message);
  process.on('warning', listen);
  const fail = (): never => {
    throw new Error('observer is broken');
  };
  expect(await s.pool.map('math.square', [1, 2], { chunksize: 2, onProgress: fail })).toEqual([1, 4]);
  expect(await s.pool.mapAsync('math.square', [2], { callback: fail })).toEqual([4]);
  await settle();
  process.off('warning', listen);
  expect(warnings).toEqual([expect.stringContaining('onProgress threw'), expect.stringContaining('callback threw')]);
});

test('an observer may terminate the pool', async () => {
  await using s = setup({ workers: 1 });
  const map = s.pool.map('math.square', [1, 2], { chunksize: 1, onProgress: () => void s.pool.terminate() });
  expect(await rejection(map)).toMatchObject({ code: 'POOL_TERMINATED' });
});

test.each([[5], [null], [undefined], [{}], [() => []]])(
  'items that cannot be iterated are refused: %s',
  async (items) => {
    await using s = setup();
    const error = await rejection(s.pool.map('math.square', items as number[]));
    expect(error).toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining('`items`') });
  },
);

test('an item of starmap that is no list of arguments is refused by its index', async () => {
  await using s = setup();
  const error = await rejection(s.pool.starmap('math.add', [[1, 2], 5 as unknown as number[]]));
  expect(error).toMatchObject({ code: 'ARGUMENTS_INVALID', message: expect.stringContaining('item 1 of starmap') });
  expect(s.transport.seen).toEqual([]);
});

test.each<[string, object]>([
  ['`arg`', { arg: [1] }],
  ['`args`', { args: 5 }],
  ['`args`', { args: 'abc' }],
  ['`kwds`', { kwds: [1] }],
  ['`signal`', { signal: {} }],
  ['`timeoutMs`', { timeoutMs: 0 }],
  ['`timeoutMs`', { timeoutMs: 2 ** 31 }],
  ['`retries`', { retries: -1 }],
  ['`idempotent`', { idempotent: 'yes' }],
  ['`callback`', { callback: () => {} }],
])('apply refuses the option %s of %j', async (named, options) => {
  await using s = setup();
  const refusal = { code: 'OPTION_INVALID', message: expect.stringContaining(named) };
  await expect(s.pool.apply('math.square', options)).rejects.toMatchObject(refusal);
  expect(s.transport.seen).toEqual([]);
});

test.each([[''], [undefined], [5]])('the task name %j is refused', async (task) => {
  await using s = setup();
  await expect(s.pool.apply(task as string)).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringContaining('math.fibonacci'),
  });
});

test.each<[string, object]>([
  ['`retrys`', { retrys: 1 }],
  ['`taskOptions`', { taskOptions: [] }],
  ["taskOptions['a.b']", { taskOptions: { 'a.b': { retrys: 1 } } }],
  ["`taskOptions['a.b'].retries`", { taskOptions: { 'a.b': { retries: 'x' } } }],
])('the pool refuses the option %s', (named, options) => {
  expect(() => setup(options)).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(named) }),
  );
});

test('a task that does not exist is refused by the agent, for each of its calls', async () => {
  await using s = setup();
  await expect(s.pool.map('math.nothing', [1, 2])).rejects.toMatchObject({
    code: 'TASK_NOT_FOUND',
    task: 'math.nothing',
    message: expect.stringContaining('math.nothing'),
  });
});

test('a failure that nobody asks an AsyncResult for is no unhandled rejection', async () => {
  await using s = setup();
  const unhandled: unknown[] = [];
  const listen = (error: unknown): void => void unhandled.push(error);
  process.on('unhandledRejection', listen);
  const results = [s.pool.applyAsync('fault.ifOdd', { args: [1] }), s.pool.mapAsync('fault.ifOdd', [1])];
  s.pool.applyAsync('echo.echo', { args: [() => 1] });
  await Promise.all(results.map((result) => result.wait()));
  await settle();
  process.off('unhandledRejection', listen);
  expect(results.map((result) => result.successful())).toEqual([false, false]);
  expect(unhandled).toEqual([]);
});

test('callbacks are called before whoever awaits the result goes on', async () => {
  await using s = setup();
  const order: string[] = [];
  const result = s.pool.applyAsync('math.square', { args: [2], callback: () => order.push('callback') });
  await result.then(() => order.push('then'));
  expect(order).toEqual(['callback', 'then']);
});

test('giving up a wait by its signal gives the reason and not up the call', async () => {
  await using s = setup();
  s.transport.hold();
  const result = s.pool.applyAsync('math.square', { args: [2] });
  const controller = new AbortController();
  const got = rejection(result.get({ signal: controller.signal }));
  const waited = rejection(result.wait({ signal: controller.signal }));
  controller.abort();
  expect(await got).toBe(controller.signal.reason);
  expect(await waited).toBe(controller.signal.reason);
  s.transport.release();
  expect(await result).toBe(4);
});

test.each([-1, 1.5, '1'])('get() and wait() refuse a timeoutMs of %j', async (timeoutMs) => {
  await using s = setup();
  const result = s.pool.applyAsync('math.square', { args: [2] });
  const options = { timeoutMs: timeoutMs as number };
  await expect(result.get(options)).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  await expect(result.wait(options)).rejects.toMatchObject({ code: 'OPTION_INVALID' });
});
