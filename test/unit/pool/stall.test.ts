import { expect, test } from 'vitest';
import { StallWatch, describe } from '../../../src/pool/stall.ts';
import type { Stall, StallView } from '../../../src/pool/stall.ts';
import { LambdaPoolError } from '../../../src/shared/errors.ts';
import { FakeClock } from './fake-clock.ts';
import { range, rejection, setup } from './setup.ts';

const throttled = (): LambdaPoolError =>
  new LambdaPoolError('THROTTLED', 'Rate Exceeded.', {
    retryable: true,
    details: { reason: 'ConcurrentInvocationLimitExceeded' },
  });

function watching(view: Partial<StallView>) {
  const clock = new FakeClock();
  const told: Stall[] = [];
  const seen: StallView = {
    queued: 5,
    inFlight: 1,
    oldestSentAt: 0,
    backingOff: 0,
    lastEndAt: 0,
    longestMs: 0,
    ...view,
  };
  const live = { ...seen };
  const watch = new StallWatch({ clock, afterMs: 10_000, look: () => live, tell: (stall) => told.push(stall) });
  return { clock, told, watch, live };
}

test('the words say what is in flight, what was refused, what waits, and why', () => {
  const facts = { stalledMs: 10_000, queued: 960, inFlight: 40, oldestMs: 32_000, backingOff: 0 };
  expect(describe({ ...facts, refusal: { error: throttled(), times: 214 } })).toBe(
    'nothing has finished for 10 s: 40 invocations are in flight (the oldest for 32 s), 960 calls wait to be sent; ' +
      'last refusal: THROTTLED ConcurrentInvocationLimitExceeded, 214 times',
  );
  expect(describe({ ...facts, inFlight: 0, queued: 1, backingOff: 1 })).toBe(
    'nothing has finished for 10 s: 1 invocation was refused and will be sent again, 1 call waits to be sent',
  );
});

test('a stall is told after the time, and again after twice the time each', async () => {
  const { clock, told, watch } = watching({});
  watch.hold();
  await clock.advance(9_999);
  expect(told).toHaveLength(0);
  await clock.advance(1);
  expect(told.map(({ stalledMs }) => stalledMs)).toEqual([10_000]);
  await clock.advance(60_000);
  expect(told.map(({ stalledMs }) => stalledMs)).toEqual([10_000, 20_000, 40_000]);
});

test('whatever ends puts it off', async () => {
  const { clock, told, watch, live } = watching({});
  watch.hold();
  for (let second = 1; second < 60; second += 1) {
    await clock.advance(1_000);
    Object.assign(live, { lastEndAt: clock.now() });
  }
  expect(told).toHaveLength(0);
  await clock.advance(9_999);
  expect(told).toHaveLength(0);
  await clock.advance(1);
  expect(told).toHaveLength(1);
});

test('tasks that are known to take long are no stall before twice that time', async () => {
  const { clock, told, watch } = watching({ longestMs: 30_000 });
  watch.hold();
  await clock.advance(59_999);
  expect(told).toHaveLength(0);
  await clock.advance(1);
  expect(told).toHaveLength(1);
});

test('a pool of which all is in flight and nothing waits is only busy', async () => {
  const { clock, told, watch } = watching({ queued: 0 });
  watch.hold();
  await clock.advance(600_000);
  expect(told).toHaveLength(0);
});

test('an idle pool has no timer, and its rest is no stall', async () => {
  const { clock, told, watch } = watching({});
  watch.hold();
  expect(clock.pending).toBe(1);
  watch.release();
  expect(clock.pending).toBe(0);
  await clock.advance(60_000);
  watch.hold();
  await clock.advance(9_999);
  expect(told).toHaveLength(0);
  await clock.advance(1);
  expect(told).toMatchObject([{ stalledMs: 10_000 }]);
});

test('the next stall is told as soon as the first', async () => {
  const { clock, told, watch, live } = watching({});
  watch.hold();
  await clock.advance(35_000);
  expect(told).toHaveLength(2);
  Object.assign(live, { lastEndAt: clock.now() });
  await clock.advance(70_000);
  expect(told.map(({ stalledMs }) => stalledMs)).toEqual([10_000, 20_000, 10_000, 20_000, 40_000]);
});

test('what was refused waits, though nothing else does', async () => {
  const { clock, told, watch } = watching({ queued: 0, backingOff: 1 });
  watch.hold();
  await clock.advance(10_000);
  expect(told).toMatchObject([{ backingOff: 1, queued: 0 }]);
});

test('refusals are counted since something last ended', async () => {
  const { clock, told, watch, live } = watching({});
  watch.hold();
  watch.refused(throttled(), 0);
  await clock.advance(5_000);
  Object.assign(live, { lastEndAt: clock.now() });
  for (const _ of range(3)) watch.refused(throttled(), 5_000);
  await clock.advance(10_000);
  expect(told).toMatchObject([{ refusal: { times: 3, error: { code: 'THROTTLED' } } }]);
});

test('a pool tells its stall to onStall, with what it waits for', async () => {
  const stalls: Stall[] = [];
  await using s = setup({ workers: 2, onStall: (stall) => stalls.push(stall) });
  s.transport.hold();
  const map = s.pool.map('math.square', range(10), { chunksize: 2 });
  await s.clock.advance(10_000);
  expect(stalls).toMatchObject([{ queued: 6, inFlight: 2, oldestMs: 10_000, stalledMs: 10_000 }]);
  s.transport.release();
  await map;
});

test('a pool that is refused for ever says why', async () => {
  const stalls: Stall[] = [];
  await using s = setup({ workers: 2, stallAfterMs: 5_000, onStall: (stall) => stalls.push(stall) });
  s.transport.rejectNext(...Array.from({ length: 1_000 }, throttled));
  const call = rejection(s.pool.apply('math.square', { args: [1] }));
  await s.clock.advance(5_000);
  expect(stalls[0]?.message).toMatch(
    /^nothing has finished for 5 s: 1 invocation was refused and will be sent again.*; last refusal: THROTTLED ConcurrentInvocationLimitExceeded, \d+ times$/,
  );
  await s.pool.terminate();
  await call;
});

test('without onStall it is a process warning', async () => {
  const { promise, resolve } = Promise.withResolvers<Error>();
  process.once('warning', resolve);
  await using s = setup({ workers: 1 });
  s.transport.hold();
  const map = rejection(s.pool.map('math.square', range(3), { chunksize: 1 }));
  await s.clock.advance(10_000);
  expect(await promise).toMatchObject({
    name: 'LambdaPoolWarning',
    message:
      'The pool waits: nothing has finished for 10 s: 1 invocation is in flight (the oldest for 10 s), 2 calls wait to be sent.',
  });
  await s.pool.terminate();
  await map;
});

test('an onStall may end the pool', async () => {
  await using s = setup({ workers: 1, onStall: () => void s.pool.terminate() });
  s.transport.hold();
  const map = rejection(s.pool.map('math.square', range(3), { chunksize: 1 }));
  await s.clock.advance(60_000);
  expect(await map).toMatchObject({ code: 'POOL_TERMINATED' });
  expect(s.clock.pending).toBe(0);
});

test('an onStall that throws becomes a warning', async () => {
  const { promise, resolve } = Promise.withResolvers<Error>();
  process.once('warning', resolve);
  await using s = setup({
    workers: 1,
    onStall: () => {
      throw new Error('oh');
    },
  });
  s.transport.hold();
  const map = rejection(s.pool.map('math.square', range(3), { chunksize: 1 }));
  await s.clock.advance(10_000);
  expect((await promise).message).toContain('onStall threw: Error: oh');
  await s.pool.terminate();
  await map;
});
