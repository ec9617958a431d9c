/** Second copies of chunks that take too long. */
import { expect, test } from 'vitest';
import { LambdaPoolError } from '../../../src/shared/errors.ts';
import { settle } from './fake-clock.ts';
import { range, rejection, setup, squares } from './setup.ts';

/** A map of 20 single calls of which the last is still in flight, the others having taken 10 ms. */
async function straggling(options: object = {}) {
  const s = setup({ idempotent: true, workers: 20 });
  s.transport.hold();
  const result = s.pool.map('math.square', range(20), { chunksize: 1, speculate: true, ...options });
  await s.clock.advance(10);
  for (let each = 0; each < 19; each += 1) s.transport.release(0);
  await settle();
  return { ...s, result };
}

test('an invocation that takes twice the usual time is sent a second time; the first answer counts', async () => {
  await using s = await straggling();
  await s.clock.advance(9);
  expect(s.transport.seen).toHaveLength(20);
  await s.clock.advance(1);
  expect(s.transport.seen).toHaveLength(21);
  expect(s.transport.seen[20]?.request).toMatchObject({ calls: [[19]], attempts: [2] });
  s.transport.release(1);
  expect(await s.result).toEqual(squares(20));
  await settle();
  expect(s.transport.seen[19]?.signal.aborted).toBe(true);
  expect(s.transport.running).toBe(0);
  expect(s.clock.pending).toBe(0);
});

test('the first copy may win, too', async () => {
  await using s = await straggling();
  await s.clock.advance(10);
  s.transport.release(0);
  expect(await s.result).toEqual(squares(20));
  expect(s.transport.seen[20]?.signal.aborted).toBe(true);
});

test('there is never a third copy', async () => {
  await using s = await straggling();
  await s.clock.advance(600_000);
  expect(s.transport.seen).toHaveLength(21);
  s.transport.release();
  expect(await s.result).toEqual(squares(20));
});

test.each([0, 1])('if copy %i is lost, the other one still counts', async (copy) => {
  await using s = await straggling();
  await s.clock.advance(10);
  expect(s.transport.held).toBe(2);
  s.transport.breakHeld(copy, new LambdaPoolError('OUTCOME_UNKNOWN', 'gone'));
  await settle();
  expect(s.transport.seen).toHaveLength(21);
  s.transport.release();
  expect(await s.result).toEqual(squares(20));
});

test('percentile and factor move the limit', async () => {
  await using s = await straggling({ speculate: { factor: 10 } });
  await s.clock.advance(89);
  expect(s.transport.seen).toHaveLength(20);
  await s.clock.advance(1);
  expect(s.transport.seen).toHaveLength(21);
  s.transport.release();
  expect(await s.result).toEqual(squares(20));
});

test('before half of the calls are done nothing is copied, and without `speculate` nothing ever is', async () => {
  await using s = setup({ idempotent: true, workers: 20 });
  s.transport.hold();
  const never = s.pool.map('math.square', range(10), { chunksize: 1 });
  const early = s.pool.map('math.square', range(10), { chunksize: 1, speculate: true });
  await s.clock.advance(10);
  for (let each = 0; each < 9; each += 1) s.transport.release(0);
  for (let each = 0; each < 4; each += 1) s.transport.release(1);
  await s.clock.advance(600_000);
  expect(s.transport.seen).toHaveLength(20);
  s.transport.release();
  await Promise.all([never, early]);
});

test('copies take a tenth of the workers at most', async () => {
  await using s = setup({ idempotent: true, workers: 20 });
  s.transport.hold();
  const result = s.pool.map('math.square', range(20), { chunksize: 1, speculate: true });
  await s.clock.advance(10);
  for (let each = 0; each < 10; each += 1) s.transport.release(0);
  await s.clock.advance(1_000);
  expect(s.transport.seen).toHaveLength(22);
  s.transport.release();
  expect(await result).toEqual(squares(20));
});

test('cancelling a map with copies aborts both, and leaves no timer', async () => {
  const abort = new AbortController();
  await using s = await straggling({ signal: abort.signal });
  await s.clock.advance(10);
  abort.abort(new Error('enough'));
  expect(await rejection(s.result)).toMatchObject({ message: 'enough' });
  expect(s.transport.seen.slice(19).map(({ signal }) => signal.aborted)).toEqual([true, true]);
  await settle();
  expect([s.transport.running, s.clock.pending]).toEqual([0, 0]);
});

test('`speculate` is refused for calls that are not idempotent, and with numbers that make no sense', async () => {
  await using s = setup();
  const refused = async (options: object): Promise<unknown> => rejection(s.pool.map('math.square', [1], options));
  expect(await refused({ speculate: true })).toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringContaining('`idempotent`'),
  });
  for (const speculate of [{ percentile: 0 }, { percentile: 2 }, { factor: 1 }, { factor: '3' }, { share: 1 }, 7]) {
    expect(await refused({ speculate, idempotent: true })).toMatchObject({ code: 'OPTION_INVALID' });
  }
  expect(s.transport.seen).toHaveLength(0);
});
