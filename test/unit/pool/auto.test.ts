import { expect, test } from 'vitest';
import { LambdaPoolError } from '../../../src/shared/errors.ts';
import { settle } from './fake-clock.ts';
import { drain, range, rejection, setup, squares } from './setup.ts';

const sizes = (s: ReturnType<typeof setup>): number[] => s.transport.seen.map(({ request }) => request.calls.length);

test('a map in automatic chunks gives what any other gives, in far fewer invocations than calls', async () => {
  await using s = setup({ workers: 2 });
  expect(await s.pool.map('math.square', range(10_000), { chunksize: 'auto' })).toEqual(squares(10_000));
  expect(sizes(s).slice(0, 2)).toEqual([1, 1]);
  expect(s.transport.seen.length).toBeLessThan(60);
  expect(Math.max(...sizes(s))).toBeGreaterThan(500);
});

test('automatic chunks are cut one at a time, as there is room for them', async () => {
  await using s = setup({ workers: 3 });
  s.transport.hold();
  const map = s.pool.map('math.square', range(1_000), { chunksize: 'auto' });
  await settle();
  expect(sizes(s)).toEqual([1, 1, 1]);
  expect(s.pool.stats()).toMatchObject({ queued: 997, inFlight: 3 });
  s.transport.release(0);
  await settle();
  s.transport.release(0);
  await settle();
  // The fourth was cut before anything had come back.
  expect(sizes(s)).toEqual([1, 1, 1, 1, 4]);
  s.transport.release();
  expect(await map).toEqual(squares(1_000));
});

test('a call that fails leaves its neighbours in automatic chunks alone', async () => {
  await using s = setup({ workers: 2 });
  const error = await rejection(s.pool.map('fault.ifOdd', range(500), { chunksize: 'auto' }));
  expect(error).toMatchObject({ code: 'TASK_THREW', index: 1 });
  expect(s.pool.stats()).toMatchObject({ done: 250, failed: 250 });
});

test('what cannot be sent is refused before anything is', async () => {
  await using s = setup({ workers: 2 });
  const unsendable = rejection(s.pool.map('math.square', [1, () => {}], { chunksize: 'auto' }));
  expect(await unsendable).toMatchObject({ code: 'NOT_SERIALIZABLE' });
  const large = rejection(s.pool.map('math.square', [1, 'x'.repeat(7_000_000)], { chunksize: 'auto' }));
  expect(await large).toMatchObject({ code: 'PAYLOAD_TOO_LARGE', details: { index: 1 } });
  expect(s.transport.seen).toHaveLength(0);
});

test('an error that would befall all ends the map without sending the rest', async () => {
  await using s = setup({ workers: 2 });
  const denied = new LambdaPoolError('ACCESS_DENIED', 'Not allowed.');
  s.transport.rejectNext(denied, denied, denied);
  const error = await rejection(s.pool.map('math.square', range(10_000), { chunksize: 'auto' }));
  expect(error).toMatchObject({ code: 'ACCESS_DENIED' });
  expect(s.transport.seen.length).toBeLessThanOrEqual(3);
  expect(s.pool.stats()).toMatchObject({ queued: 0, inFlight: 0, failed: 10_000 });
});

test('a map in automatic chunks that fails fast cuts no more of them', async () => {
  await using s = setup({ workers: 1 });
  const error = await rejection(s.pool.map('fault.ifOdd', range(1_000), { chunksize: 'auto', onError: 'failFast' }));
  expect(error).toMatchObject({ index: 1 });
  await settle();
  // The third was cut in advance: it went out while the answer of the second was being read.
  expect(s.transport.seen.length).toBeLessThanOrEqual(3);
});

test('a map that is aborted cuts no more chunks', async () => {
  await using s = setup({ workers: 2 });
  s.transport.hold();
  const abort = new AbortController();
  const map = rejection(s.pool.map('math.square', range(1_000), { chunksize: 'auto', signal: abort.signal }));
  await settle();
  abort.abort(new Error('enough'));
  expect(await map).toMatchObject({ message: 'enough' });
  s.transport.release();
  await settle();
  expect(s.transport.seen).toHaveLength(2);
});

test('an imap in automatic chunks keeps the order, and its chunks grow', async () => {
  await using s = setup({ workers: 2 });
  const { values, error } = await drain(s.pool.imap('math.square', range(10_000), { chunksize: 'auto' }));
  expect(error).toBeUndefined();
  expect(values).toEqual(squares(10_000));
  expect(s.transport.seen.length).toBeLessThan(60);
});

test('a given buffersize bounds automatic chunks, and leaves each worker two', async () => {
  await using s = setup({ workers: 2 });
  let taken = 0;
  let most = 0;
  let given = 0;
  function* numbers(): Generator<number> {
    for (; taken < 2_000; taken += 1) {
      most = Math.max(most, taken + 1 - given);
      yield taken;
    }
  }
  for await (const _ of s.pool.imap('math.square', numbers(), { chunksize: 'auto', buffersize: 40 })) given += 1;
  expect(given).toBe(2_000);
  expect(most).toBeLessThanOrEqual(41);
  expect(Math.max(...sizes(s))).toBe(10);
});

test('a slow source does not keep workers waiting until it has filled a large chunk', async () => {
  await using s = setup({ workers: 1 });
  async function* slowly(): AsyncGenerator<number> {
    for (let n = 0; n < 400; n += 1) {
      // The first hundred come at once, so that chunks become large.
      if (n >= 100) await s.clock.advance(30);
      yield n;
    }
  }
  const { values } = await drain(s.pool.imap('math.square', slowly(), { chunksize: 'auto', buffersize: 10_000 }));
  expect(values).toEqual(squares(400));
  expect(
    sizes(s)
      .slice(-10)
      .every((size) => size <= 2),
  ).toBe(true);
});

test.each(['automatic', 0, 1.5])('chunksize: %j is refused', async (chunksize) => {
  await using s = setup();
  // @ts-expect-error -- types refuse some of these, too
  expect(await rejection(s.pool.map('math.square', [1], { chunksize }))).toMatchObject({
    code: 'OPTION_INVALID',
    details: { option: 'chunksize' },
  });
});
