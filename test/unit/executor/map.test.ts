import { expect, test } from 'vitest';
import { settle } from '../pool/fake-clock.ts';
import { drain, failingAt, range, rejection, squares } from '../pool/setup.ts';
import { collected } from '../../semantics/tools.ts';
import { setup } from './setup.ts';

/** Counts how often it was closed, or came to its end. */
function closing(items: Iterable<number>): Iterable<number> & { closed: number } {
  return {
    closed: 0,
    *[Symbol.iterator]() {
      try {
        yield* items;
      } finally {
        this.closed += 1;
      }
    },
  };
}

async function* slowly(items: Iterable<number>): AsyncGenerator<number> {
  yield* items;
}

test('asynchronous iterables are taken side by side with others, in either order', async () => {
  await using s = setup();
  expect((await drain(s.executor.map('math.add', slowly([1, 2, 3]), [10, 20]))).values).toEqual([11, 22]);
  expect((await drain(s.executor.map('math.add', [10, 20, 30], slowly([1, 2])))).values).toEqual([11, 22]);
});

test('when the shortest ends, or one throws, the others are closed', async () => {
  await using s = setup();
  const [long, other] = [closing(range(9)), closing(range(9))];
  await drain(s.executor.map('math.add', long, [1, 2]));
  expect(long.closed).toBe(1);
  const { values, error } = await drain(s.executor.map('math.add', other, failingAt(2)));
  expect(values).toEqual([0, 2]);
  expect((error as Error).message).toBe('no item 2');
  expect(other.closed).toBe(1);
  const third = closing(range(9));
  expect((await drain(s.executor.map('math.add', slowly(range(1)), third))).values).toEqual([0]);
  expect(third.closed).toBe(1);
});

test('what is not iterable is refused, wherever it stands', async () => {
  await using s = setup();
  const refusal = expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining('iterable') });
  expect(() => s.executor.map('math.add', [1], 5 as never, [2])).toThrow(refusal);
  expect(() => s.executor.map('math.add', 5 as never, {})).toThrow(refusal);
});

test('a text is an iterable of its characters, not options', async () => {
  await using s = setup();
  expect((await drain(s.executor.map('math.add', 'ab', 'cd'))).values).toEqual(['ac', 'bd']);
});

test('after shutdown() a map with a buffer gives out what it has, and then says that it was closed', async () => {
  const s = setup();
  const source = closing(range(100));
  const results = s.executor.map('math.square', source, { buffersize: 3 });
  await s.executor.shutdown();
  const { values, error } = await drain(results);
  expect(values).toEqual(squares(3));
  expect(error).toMatchObject({ code: 'POOL_CLOSED', message: expect.stringContaining('math.square') });
  expect(source.closed).toBe(1);
  expect(await results.next()).toEqual({ done: true, value: undefined });
});

test('after shutdown() items that an asynchronous source still gives are not sent', async () => {
  const s = setup();
  const gate = Promise.withResolvers<number>();
  async function* waiting(): AsyncGenerator<number> {
    yield 2;
    yield await gate.promise;
  }
  s.transport.hold();
  const results = s.executor.map('math.square', waiting(), { buffersize: 2 });
  await settle();
  await s.executor.shutdown({ wait: false });
  gate.resolve(3);
  await settle();
  s.transport.release();
  expect((await drain(results)).values).toEqual([4]);
  expect(s.transport.seen).toHaveLength(1);
});

test('cancelFutures fails what a map has not sent, each call in its place, and keeps what runs', async () => {
  const s = setup();
  s.transport.hold();
  const results = s.executor.map('math.square', [1, 2, 3]);
  const ended = s.executor.shutdown({ cancelFutures: true });
  s.transport.release();
  await ended;
  expect(await results.next()).toEqual({ done: false, value: 1 });
  expect(await rejection(results.next())).toMatchObject({ code: 'CANCELLED' });
  expect(await rejection(results.next())).toMatchObject({ code: 'CANCELLED' });
  expect(await results.next()).toEqual({ done: true, value: undefined });
  expect(s.transport.seen).toHaveLength(1);
});

test('a map that was dropped unread is let go once its calls have ended, though the executor lives on', async () => {
  await using s = setup();
  const start = (): WeakRef<object> => {
    const items = [1, 2, 3];
    s.executor.map('math.square', items);
    return new WeakRef(items);
  };
  await expect(collected(start())).resolves.toBeUndefined();
});

test('terminate() rejects who waits for a result of a map', async () => {
  await using s = setup();
  s.transport.hold();
  const next = rejection(s.executor.map('math.square', [1]).next());
  await s.executor.terminate();
  expect(await next).toMatchObject({ code: 'POOL_TERMINATED' });
});

test('a map whose time is up lets what is in flight go, and nothing more is sent', async () => {
  await using s = setup();
  s.transport.hold();
  const results = s.executor.map('math.square', [1, 2, 3], { timeoutMs: 5 });
  expect(await rejection(results.next())).toMatchObject({
    code: 'WAIT_TIMEOUT',
    message: expect.stringContaining('timeoutMs` of 5 ms'),
  });
  s.transport.release();
  await settle();
  expect(s.transport.seen).toHaveLength(1);
  await s.executor.shutdown();
});
