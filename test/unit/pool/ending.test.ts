/** How pools end, and what they leave behind. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { LazyTransport, shared } from '../../../src/pool/lazy-transport.ts';
import { Pool } from '../../../src/pool/pool.ts';
import { LambdaPoolError } from '../../../src/shared/errors.ts';
import { FakeTransport } from '../../support/fake-transport.ts';
import { settle } from './fake-clock.ts';
import { drain, range, rejection, setup, squares } from './setup.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

test('close() lets calls finish, refuses later ones, and then closes the transport, once', async () => {
  await using s = setup();
  s.transport.hold();
  const map = s.pool.map('math.square', range(10), { chunksize: 1 });
  s.pool.close();
  s.pool.close();
  await expect(s.pool.apply('math.square', { args: [1] })).rejects.toMatchObject({
    code: 'POOL_CLOSED',
    message: expect.stringContaining('`close()`'),
  });
  expect(s.transport.timesDisposed).toBe(0);
  s.transport.release();
  await s.pool.join();
  expect(await map).toEqual(squares(10));
  expect(s.transport.timesDisposed).toBe(1);
  await s.pool.terminate();
  expect(s.transport.timesDisposed).toBe(1);
});

test('close() waits for a map whose items are still coming', async () => {
  await using s = setup();
  const gate = Promise.withResolvers<void>();
  async function* items(): AsyncGenerator<number> {
    yield 1;
    await gate.promise;
    yield 2;
  }
  const map = s.pool.map('math.square', items());
  s.pool.close();
  const joined = s.pool.join();
  gate.resolve();
  expect(await map).toEqual([1, 4]);
  await joined;
});

test('close() waits for invocations whose calls have been aborted', async () => {
  const gate = Promise.withResolvers<void>();
  const deaf = { name: 'deaf', invoke: () => gate.promise.then(() => ({ payload: '', requestId: 'x' })) };
  let timesDisposed = 0;
  const pool = new Pool({ ...deaf, [Symbol.asyncDispose]: async () => void (timesDisposed += 1) }, { workers: 1 });
  const controller = new AbortController();
  const call = rejection(pool.apply('math.square', { args: [1], signal: controller.signal }));
  controller.abort();
  await call;
  pool.close();
  await settle();
  expect(timesDisposed).toBe(0);
  gate.resolve();
  await pool.join();
  expect(timesDisposed).toBe(1);
});

test('close() does not close the transport under a loop that is between two invocations', async () => {
  await using s = setup();
  const seen: number[] = [];
  for await (const value of s.pool.imap<number>('math.square', range(3), { buffersize: 1 })) {
    s.pool.close();
    await settle();
    seen.push(value, s.transport.timesDisposed);
  }
  // With the last result the source has ended too: nothing will be sent any more.
  expect(seen).toEqual([0, 0, 1, 0, 4, 1]);
  await s.pool.join();
});

test('terminate() sends nothing in the place of what it drops', async () => {
  await using s = setup({ workers: 1 });
  s.transport.rejectNext(new LambdaPoolError('THROTTLED', 'Rate Exceeded.', { retryable: true }));
  const calls = [1, 2].map((n) => rejection(s.pool.apply('math.square', { args: [n] })));
  await settle();
  await s.pool.terminate();
  await Promise.all(calls);
  expect(s.transport.seen).toHaveLength(1);
});

test('terminate() after close() drops what is left', async () => {
  await using s = setup();
  s.transport.hold();
  const map = rejection(s.pool.map('math.square', range(10), { chunksize: 1 }));
  s.pool.close();
  await s.pool.terminate();
  expect(await map).toMatchObject({ code: 'POOL_TERMINATED', message: expect.stringContaining('math.square') });
  await s.pool.join();
});

test('terminate() drops a map whose items are still coming', async () => {
  await using s = setup();
  async function* endless(): AsyncGenerator<number> {
    for (;;) {
      await settle();
      yield 1;
    }
  }
  const map = rejection(s.pool.map('math.square', endless()));
  await s.pool.terminate();
  expect(await map).toMatchObject({ code: 'POOL_TERMINATED' });
});

test('terminate() drops what backs off, and leaves no timer', async () => {
  await using s = setup();
  s.transport.rejectNext(new LambdaPoolError('THROTTLED', 'Rate Exceeded.', { retryable: true }));
  const call = rejection(s.pool.apply('math.square', { args: [1], timeoutMs: 1_000 }));
  await settle();
  expect(s.clock.pending).toBeGreaterThan(1);
  await s.pool.terminate();
  expect(await call).toMatchObject({ code: 'POOL_TERMINATED' });
  expect(s.clock.pending).toBe(0);
});

test('each dropped call has an error of its own', async () => {
  await using s = setup();
  s.transport.hold();
  const calls = [1, 2].map((n) => rejection(s.pool.apply('math.square', { args: [n] })));
  await s.pool.terminate();
  const [first, second] = await Promise.all(calls);
  expect(first).not.toBe(second);
});

test('what the transport throws at its end comes out of terminate() and join(), and is no unhandled rejection', async () => {
  const failing = {
    name: 'failing',
    invoke: () => Promise.reject(new Error('never')),
    [Symbol.asyncDispose]: () => Promise.reject(new Error('cannot close')),
  };
  const pool = new Pool(failing, { workers: 1 });
  const warned = new Promise((resolve) => {
    process.once('warning', resolve);
  });
  await expect(pool.terminate()).rejects.toThrow('cannot close');
  await expect(pool.join()).rejects.toThrow('cannot close');
  expect(await warned).toMatchObject({ message: expect.stringContaining('cannot close') });
});

test('shared() keeps a transport open for several pools', async () => {
  await using transport = new FakeTransport({ 'math.square': (n: number) => n * n });
  for (let time = 0; time < 2; time += 1) {
    await using pool = new Pool(shared(transport), { workers: 1 });
    expect(await pool.apply('math.square', { args: [3] })).toBe(9);
  }
  expect(transport.timesDisposed).toBe(0);
});

test('a lazy transport is opened once, at the first call, however many come together', async () => {
  const transport = new FakeTransport({ 'math.square': (n: number) => n * n });
  let opened = 0;
  const lazy = new LazyTransport('lazy', async () => {
    opened += 1;
    await settle();
    return transport;
  });
  const pool = new Pool(lazy, { workers: 4 });
  expect(opened).toBe(0);
  expect(await pool.map('math.square', range(4), { chunksize: 1 })).toEqual(squares(4));
  expect(await pool.map('math.square', range(4), { chunksize: 1 })).toEqual(squares(4));
  expect(opened).toBe(1);
  await pool.terminate();
  expect(transport.timesDisposed).toBe(1);
});

test('a lazy transport that cannot be opened says why, and is tried again by the next call', async () => {
  const transport = new FakeTransport({ 'math.square': (n: number) => n * n });
  const failures = [new Error("Cannot find package 'x'"), new LambdaPoolError('BUILD_FAILED', 'a.ts:1:1')];
  const lazy = new LazyTransport('lazy', async () => {
    const failure = failures.shift();
    if (failure !== undefined) throw failure;
    return transport;
  });
  await using pool = new Pool(lazy, { workers: 1 });
  await expect(pool.apply('math.square', { args: [3] })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringContaining("`lazy` could not be opened: Cannot find package 'x'"),
  });
  await expect(pool.apply('math.square', { args: [3] })).rejects.toMatchObject({ code: 'BUILD_FAILED' });
  expect(await pool.apply('math.square', { args: [3] })).toBe(9);
});

test('a pool that was never used closes without opening its transport', async () => {
  let opened = 0;
  const lazy = new LazyTransport('lazy', () => Promise.reject(new Error(String(++opened))));
  await new Pool(lazy, { workers: 1 }).terminate();
  expect(opened).toBe(0);
});

test('an idle pool holds no timer; one with a call under way keeps the process alive', async () => {
  await using s = setup();
  const timers = (): number => process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length;
  await s.pool.map('math.square', range(10));
  const idle = timers();
  s.transport.hold();
  const call = s.pool.apply('math.square', { args: [1] });
  expect(timers()).toBe(idle + 1);
  s.transport.release();
  await call;
  await settle();
  expect(timers()).toBe(idle);
});

test('arguments and results are let go, though the pool lives on', async () => {
  await using s = setup();
  const refs: WeakRef<object>[] = [];
  const make = (n: number): object => {
    const item = { n };
    refs.push(new WeakRef(item));
    return item;
  };
  const use = async (): Promise<void> => {
    const results = await s.pool.map<object>('echo.echo', range(10).map(make));
    results.push(await s.pool.apply<object>('echo.echo', { args: [make(10)] }));
    results.push(...(await drain(s.pool.imap<object>('echo.echo', range(10).map(make)))).values);
    await rejection(s.pool.map('fault.throwValue', [make(11)]));
    refs.push(...results.map((result) => new WeakRef(result)));
  };
  await use();
  // A WeakRef that was looked at holds its target until the end of the turn.
  await settle();
  await settle();
  collectGarbage();
  expect(refs.length).toBeGreaterThan(40);
  expect(refs.filter((ref) => ref.deref() !== undefined)).toEqual([]);
});

test('a pool that is dropped after use without being closed warns, and its transport is closed', async () => {
  const warnings: Error[] = [];
  const listen = (warning: Error): void => void warnings.push(warning);
  process.on('warning', listen);
  const transport = new FakeTransport({ 'math.square': (n: number) => n * n });
  await (async () => {
    await new Pool(transport, { workers: 1 }).apply('math.square', { args: [1] });
    await new Pool(transport, { workers: 1 }).terminate();
    expect(new Pool(new FakeTransport(), { workers: 1 })).toBeInstanceOf(Pool);
  })();
  for (let turn = 0; turn < 20 && warnings.length === 0; turn += 1) {
    await settle();
    collectGarbage();
  }
  await settle();
  process.off('warning', listen);
  expect(warnings).toEqual([expect.objectContaining({ name: 'ResourceWarning' })]);
  expect(transport.timesDisposed).toBe(2);
});

test.each(['imap', 'imapUnordered'] as const)(
  'items that went through %s leave nothing behind while it runs',
  async (kind) => {
    await using s = setup();
    const heap = (): number => {
      s.transport.seen.length = 0;
      collectGarbage();
      return process.memoryUsage().heapUsed / 2 ** 20;
    };
    const heaps: number[] = [];
    let received = 0;
    for await (const _ of s.pool[kind]<number>('math.square', endless(), { chunksize: 100 })) {
      received += 1;
      if (received % 50_000 === 0) heaps.push(heap());
      if (received === 150_000) break;
    }
    expect(heaps).toHaveLength(3);
    expect(heaps[2]! - heaps[0]!).toBeLessThan(3);
  },
);

function* endless(): Generator<number> {
  for (let n = 0; ; n += 1) yield n;
}
