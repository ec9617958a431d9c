import { expect, test } from 'vitest';
import { settle } from './fake-clock.ts';
import { drain, failingAt, range, rejection, setup, squares } from './setup.ts';

/** An endless source that knows how far it was read and whether it was closed. */
class Counter implements Iterable<number> {
  taken = 0;
  closed = 0;

  *[Symbol.iterator](): Generator<number> {
    try {
      for (;;) yield this.taken++;
    } finally {
      this.closed += 1;
    }
  }

  async *async(): AsyncGenerator<number> {
    yield* this;
  }
}

test('nothing is taken and nothing is sent before the first result is asked for', async () => {
  await using s = setup();
  const source = new Counter();
  const results = s.pool.imap('math.square', source);
  await settle();
  expect(source.taken).toBe(0);
  expect(await results.next()).toEqual({ done: false, value: 0 });
});

test.each([
  [{}, 4],
  [{ chunksize: 5 }, 20],
  [{ buffersize: 1 }, 1],
  [{ buffersize: 7 }, 7],
  [{ chunksize: 10, buffersize: 3 }, 3],
  [{ chunksize: 2, buffersize: 5 }, 4],
])('with 2 workers and %j, %i items are taken', async (options, taken) => {
  await using s = setup({ workers: 2 });
  for (const isAsync of [false, true]) {
    const source = new Counter();
    s.transport.hold();
    const results = s.pool.imap('math.square', isAsync ? source.async() : source, options);
    const first = results.next();
    await settle();
    expect(source.taken).toBe(taken);
    s.transport.release();
    expect(await first).toEqual({ done: false, value: 0 });
    await results.return();
  }
});

test('over an endless source the look-ahead stays bounded, and leaving the loop closes the source', async () => {
  await using s = setup();
  for (const isAsync of [false, true]) {
    const source = new Counter();
    let received = 0;
    for await (const value of s.pool.imap<number>('math.square', isAsync ? source.async() : source)) {
      expect(value).toBe(received * received);
      received += 1;
      expect(source.taken - received).toBeLessThanOrEqual(4);
      if (received === 100) break;
    }
    expect(source.closed).toBe(1);
  }
});

test('a throw in the loop closes the source', async () => {
  await using s = setup();
  const source = new Counter();
  const loop = async (): Promise<void> => {
    for await (const _ of s.pool.imap('math.square', source)) throw new Error('enough');
  };
  await expect(loop()).rejects.toThrow('enough');
  expect(source.closed).toBe(1);
});

test('what was not sent when the loop is left never is, and the pool can be joined', async () => {
  await using s = setup({ workers: 1 });
  s.transport.hold();
  const results = s.pool.imap('math.square', range(100), { buffersize: 10 });
  const first = results.next();
  await settle();
  await results.return();
  expect(await first).toEqual({ done: true, value: undefined });
  expect(s.transport.seen[0]?.signal.aborted).toBe(false);
  s.transport.release();
  s.pool.close();
  await s.pool.join();
  expect(s.transport.seen).toHaveLength(1);
});

test('the end of an `await using` block ends the iteration', async () => {
  await using s = setup();
  const source = new Counter();
  {
    await using results = s.pool.imap('math.square', source);
    await results.next();
  }
  expect(source.closed).toBe(1);
});

test('what the source throws when it is closed comes out of return()', async () => {
  await using s = setup();
  const source = [1, 2][Symbol.iterator]();
  source.return = () => {
    throw new Error('cannot close');
  };
  const results = s.pool.imap('math.square', source, { buffersize: 1 });
  await results.next();
  await expect(results.return()).rejects.toThrow('cannot close');
});

test('after the error of a call the iteration can go on', async () => {
  await using s = setup();
  const results = s.pool.imap('fault.ifOdd', range(4), { chunksize: 2 });
  expect(await results.next()).toEqual({ done: false, value: 0 });
  expect(await rejection(results.next())).toMatchObject({ code: 'TASK_THREW', index: 1 });
  expect(await results.next()).toEqual({ done: false, value: 2 });
  expect(await rejection(results.next())).toMatchObject({ index: 3 });
  expect(await results.next()).toEqual({ done: true, value: undefined });
});

test('a loop that ended with an error keeps nobody from joining, though it cannot say that it is over', async () => {
  await using s = setup();
  const source = new Counter();
  const { error } = await drain(s.pool.imap('fault.ifOdd', source));
  expect(error).toMatchObject({ code: 'TASK_THREW' });
  s.pool.close();
  await s.pool.join();
});

test('an iteration that goes on after the pool has ended says so, and then is over', async () => {
  await using s = setup();
  const results = s.pool.imap('fault.ifOdd', new Counter());
  await results.next();
  await rejection(results.next());
  s.pool.close();
  await s.pool.join();
  expect(await rejection(results.next())).toMatchObject({ code: 'POOL_CLOSED' });
  expect(await results.next()).toEqual({ done: true, value: undefined });
});

test('several results can be asked for at once', async () => {
  await using s = setup();
  const results = s.pool.imap('math.square', range(3));
  const asked = await Promise.all([results.next(), results.next(), results.next(), results.next()]);
  expect(asked.map(({ value }) => value)).toEqual([0, 1, 4, undefined]);
});

test('results come in order though chunks end in another', async () => {
  await using s = setup({ workers: 4 });
  s.transport.hold();
  const results = drain(s.pool.imap('math.square', range(4)));
  await settle();
  for (const at of [3, 1, 1, 0]) {
    s.transport.release(at);
    await settle();
  }
  expect((await results).values).toEqual(squares(4));
});

test('unordered results come as their calls end', async () => {
  await using s = setup({ workers: 4 });
  s.transport.hold();
  const results = s.pool.imapUnordered('math.square', range(4));
  const first = results.next();
  await settle();
  s.transport.release(2);
  expect(await first).toEqual({ done: false, value: 4 });
});

test('an unordered iteration gives out all results before the error of its source', async () => {
  await using s = setup({ workers: 2 });
  s.transport.hold();
  const results = drain(s.pool.imapUnordered('math.square', failingAt(2)));
  await settle();
  s.transport.release();
  expect((await results).values).toHaveLength(2);
});

test('an item that cannot be sent fails in its place, and its neighbours do not', async () => {
  await using s = setup();
  const items = [1, () => 2, 3, 'x'.repeat(7_000_000), 5];
  const results = s.pool.imap('echo.echo', items, { chunksize: 5 });
  expect(await results.next()).toMatchObject({ value: 1 });
  expect(await rejection(results.next())).toMatchObject({ code: 'NOT_SERIALIZABLE', details: { index: 1 } });
  expect(await results.next()).toMatchObject({ value: 3 });
  expect(await rejection(results.next())).toMatchObject({ code: 'PAYLOAD_TOO_LARGE', details: { index: 3 } });
  expect(await results.next()).toMatchObject({ value: 5 });
  expect(await results.next()).toMatchObject({ done: true });
});

test('terminate() rejects who waits, closes the source, and then the iteration is over', async () => {
  await using s = setup();
  s.transport.hold();
  const source = new Counter();
  const results = s.pool.imap('math.square', source);
  const waiting = rejection(results.next());
  await settle();
  await s.pool.terminate();
  expect(await waiting).toMatchObject({ code: 'POOL_TERMINATED' });
  expect(source.closed).toBe(1);
  expect(await results.next()).toEqual({ done: true, value: undefined });
});

test('terminate() is told to who asks afterwards', async () => {
  await using s = setup();
  const results = s.pool.imap('math.square', new Counter());
  await results.next();
  await s.pool.terminate();
  expect(await rejection(results.next())).toMatchObject({ code: 'POOL_TERMINATED' });
  expect(await results.next()).toEqual({ done: true, value: undefined });
});

test('the signal ends the iteration with its reason, aborts what runs and closes the source', async () => {
  await using s = setup();
  s.transport.hold();
  const source = new Counter();
  const controller = new AbortController();
  const results = s.pool.imap('math.square', source.async(), { signal: controller.signal });
  const waiting = rejection(results.next());
  await settle();
  const reason = new Error('no longer needed');
  controller.abort(reason);
  expect(await waiting).toBe(reason);
  expect(s.transport.seen.every(({ signal }) => signal.aborted)).toBe(true);
  await settle();
  expect(source.closed).toBe(1);
});

test('an item of an asynchronous source that arrives after the loop has failed is sent once the iteration goes on', async () => {
  await using s = setup();
  const gate = Promise.withResolvers<void>();
  async function* source(): AsyncGenerator<number> {
    yield 1;
    await gate.promise;
    yield 2;
  }
  const results = s.pool.imap('fault.ifOdd', source());
  await rejection(results.next());
  gate.resolve();
  await settle();
  expect(s.transport.seen).toHaveLength(1);
  expect(await results.next()).toEqual({ done: false, value: 2 });
  expect(await results.next()).toEqual({ done: true, value: undefined });
});

test.each([[0], [-1], [2.5], ['foo']])('%j is refused', async (buffersize) => {
  await using s = setup();
  expect(() => s.pool.imap('math.square', [1], { buffersize: buffersize as number })).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining('`buffersize`') }),
  );
});

test('leaving the loop does not wait for a source that is busy with its next item', async () => {
  await using s = setup();
  async function* source(): AsyncGenerator<number> {
    yield 1;
    await new Promise(() => {});
  }
  for await (const value of s.pool.imap('math.square', source())) {
    expect(value).toBe(1);
    break;
  }
  s.pool.close();
  await s.pool.join();
});

test('a source that has ended is not closed again', async () => {
  await using s = setup();
  const source = [1][Symbol.iterator]();
  let closed = 0;
  source.return = () => {
    closed += 1;
    return { done: true, value: undefined };
  };
  const results = s.pool.imap('math.square', source);
  await drain(results);
  await results.return();
  expect(closed).toBe(0);
});
