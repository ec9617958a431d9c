/** What `timeoutMs` of a call does. */
import { expect, test } from 'vitest';
import { LambdaPoolError } from '../../../src/shared/errors.ts';
import { range, rejection, setup } from './setup.ts';

test('timeoutMs ends a call, aborts its invocation, and the pool goes on', async () => {
  await using s = setup({ workers: 1 });
  s.transport.hold();
  const error = rejection(s.pool.apply('math.square', { args: [3], timeoutMs: 100 }));
  await s.clock.advance(99);
  expect(s.transport.seen[0]?.signal.aborted).toBe(false);
  await s.clock.advance(1);
  expect(await error).toMatchObject({ code: 'TASK_TIMEOUT', message: expect.stringContaining('100 ms') });
  expect(s.transport.seen[0]?.signal.aborted).toBe(true);
  s.transport.release();
  expect(await s.pool.apply('math.square', { args: [3] })).toBe(9);
});

test('a chunk has the timeoutMs of each of its calls, from when it is sent', async () => {
  await using s = setup({ workers: 1, timeoutMs: 100 });
  s.transport.hold();
  const first = rejection(s.pool.map('math.square', range(3), { chunksize: 3 }));
  const second = s.pool.apply('math.square', { args: [3] });
  await s.clock.advance(299);
  expect(s.transport.seen[0]?.signal.aborted).toBe(false);
  await s.clock.advance(1);
  expect(await first).toMatchObject({
    code: 'TASK_TIMEOUT',
    message: expect.stringContaining('100 ms for each of its 3'),
  });
  s.transport.release();
  expect(await second).toBe(9);
  expect(s.clock.pending).toBe(0);
});

test('a call that is refused until its timeoutMs is over fails with what refused it', async () => {
  await using s = setup();
  const unreachable = new LambdaPoolError('UNREACHABLE', 'Cannot reach Lambda.', { retryable: true });
  s.transport.rejectNext(...Array.from({ length: 100 }, () => unreachable));
  const error = rejection(s.pool.apply('math.square', { args: [3], timeoutMs: 10_000 }));
  await s.clock.advance(9_999);
  expect(s.transport.seen.length).toBeGreaterThan(10);
  await s.clock.advance(1);
  expect(await error).toMatchObject({ code: 'UNREACHABLE', message: expect.stringContaining('10000 ms') });
});

test('a call that ran into its timeoutMs is run again if `retries` says so', async () => {
  await using s = setup({ timeoutMs: 100, retries: 1 });
  s.transport.hold();
  const result = s.pool.apply('math.square', { args: [3] });
  await s.clock.advance(100);
  s.transport.release();
  expect(await result).toBe(9);
  expect(s.transport.seen[1]?.request.attempts).toEqual([2]);
});
