import { expect, test } from 'vitest';
import { Meter } from '../../../src/pool/stats.ts';
import type { Metered, PoolStats } from '../../../src/pool/stats.ts';
import { LambdaPoolError } from '../../../src/shared/errors.ts';
import { FakeClock, settle } from './fake-clock.ts';
import { drain, range, rejection, setup } from './setup.ts';

const chunk = (size: number, attempt = 1, refusals = 0): Metered => ({
  place: { size, attempt },
  refusals,
  sentAt: undefined,
  durationMs: 0,
});
const report = (ms: number, more = ''): string =>
  `REPORT RequestId: x\tDuration: ${ms}.00 ms\tBilled Duration: ${ms} ms\tMemory Size: 1024 MB\tMax Memory Used: 36 MB${more}\t\n`;

test('a new pool has done nothing, and knows nothing of time and cost', async () => {
  await using s = setup();
  expect(s.pool.stats()).toEqual({
    queued: 0,
    inFlight: 0,
    done: 0,
    failed: 0,
    retried: 0,
    throttled: 0,
    invocations: 0,
    coldStarts: 0,
    callsPerSecond: 0,
  });
});

test('calls are queued, in flight, and done or failed', async () => {
  await using s = setup({ workers: 2 });
  s.transport.hold();
  const map = rejection(s.pool.map('fault.ifOdd', range(10), { chunksize: 2 }));
  await settle();
  expect(s.pool.stats()).toMatchObject({ queued: 6, inFlight: 4, done: 0, failed: 0 });
  s.transport.release(0);
  await settle();
  expect(s.pool.stats()).toMatchObject({ queued: 4, inFlight: 4, done: 1, failed: 1 });
  s.transport.release();
  await map;
  expect(s.pool.stats()).toMatchObject({ queued: 0, inFlight: 0, done: 5, failed: 5, invocations: 5 });
});

test('calls that a job gives up are no longer expected', async () => {
  await using s = setup({ workers: 1 });
  s.transport.hold();
  const abort = new AbortController();
  const map = rejection(s.pool.map('math.square', range(10), { chunksize: 1, signal: abort.signal }));
  const other = s.pool.map('math.square', range(3), { chunksize: 1 });
  await settle();
  abort.abort(new Error('enough'));
  await map;
  expect(s.pool.stats()).toMatchObject({ queued: 3, inFlight: 0 });
  s.transport.release();
  await other;
  expect(s.pool.stats()).toMatchObject({ queued: 0, inFlight: 0, done: 3 });
});

test('retried and throttled are counted', async () => {
  await using s = setup({ workers: 1 });
  s.transport.rejectNext(new LambdaPoolError('THROTTLED', 'Rate Exceeded.', { retryable: true }));
  const map = rejection(s.pool.map('fault.ifOdd', range(4), { chunksize: 4, retries: 2 }));
  await s.clock.advance(60_000);
  await map;
  expect(s.pool.stats()).toMatchObject({ throttled: 1, retried: 4, done: 2, failed: 2, invocations: 3 });
});

test('the rate and the time left follow from what has ended', async () => {
  await using s = setup({ workers: 1 });
  // What was before the map is no time of work.
  await s.clock.advance(50_000);
  s.transport.hold();
  const map = s.pool.map('math.square', range(100), { chunksize: 10 });
  await s.clock.advance(2_000);
  s.transport.release(0);
  await settle();
  expect(s.pool.stats()).toMatchObject({ callsPerSecond: 5, timeLeftMs: 18_000 });
  s.transport.release();
  await map;
  expect(s.pool.stats().timeLeftMs).toBe(0);
});

test('nobody knows the time left while an imap takes items', async () => {
  await using s = setup({ workers: 1 });
  s.transport.hold();
  const map = s.pool.map('math.square', range(10), { chunksize: 1 });
  const results = s.pool.imap('math.square', range(100));
  const first = results.next();
  await s.clock.advance(1_000);
  s.transport.release(0);
  await settle();
  expect(s.pool.stats()).toMatchObject({ done: 1, queued: 10, inFlight: 1 });
  expect(s.pool.stats()).not.toHaveProperty('timeLeftMs');
  await Promise.all([results.return(), rejection(Promise.resolve().then(() => Promise.reject(new Error('x'))))]);
  expect(s.pool.stats()).toMatchObject({ queued: 8, inFlight: 1, timeLeftMs: expect.any(Number) });
  s.transport.release();
  await map;
  await first;
});

test('an imap whose loop an error has ended keeps nobody from knowing the time left', async () => {
  await using s = setup({ workers: 1 });
  const results = s.pool.imap('fault.ifOdd', range(100), { buffersize: 1 });
  expect((await drain(results)).error).toMatchObject({ index: 1 });
  await settle();
  expect(s.pool.stats()).toMatchObject({ queued: 0, inFlight: 0, timeLeftMs: 0 });
});

test('a drained imap leaves nothing expected', async () => {
  await using s = setup({ workers: 2 });
  await drain(s.pool.imapUnordered('math.square', range(25), { chunksize: 3 }));
  await rejection(s.pool.imap('fault.ifOdd', [1]).next());
  expect(s.pool.stats()).toMatchObject({ queued: 0, inFlight: 0, done: 25, failed: 1, timeLeftMs: 0 });
});

test('onProgress of a map is told how far it is, and the stats of the pool', async () => {
  await using s = setup({ workers: 1 });
  const seen: unknown[] = [];
  await rejection(
    s.pool.map('fault.ifOdd', range(4), {
      chunksize: 2,
      onProgress: ({ done, failed, total, stats }) => seen.push([done, failed, total, stats.done, stats.failed]),
    }),
  );
  expect(seen).toEqual([
    [1, 1, 4, 1, 1],
    [2, 2, 4, 2, 2],
  ]);
});

test('onProgress of an imap knows the total once the source has ended', async () => {
  await using s = setup({ workers: 1 });
  const seen: unknown[] = [];
  const results = s.pool.imap('math.square', range(4), {
    buffersize: 2,
    onProgress: ({ done, failed, taken, total, stats }) => seen.push([done, failed, taken, total, stats.done]),
  });
  await drain(results);
  expect(seen.at(0)).toEqual([1, 0, 2, undefined, 1]);
  expect(seen.at(-1)).toEqual([4, 0, 4, 4, 4]);
});

test('cold starts, billed time and cost come from the execution log', async () => {
  await using s = setup({ workers: 1 });
  const payload = JSON.stringify({ lambdapool: 1, timeoutMs: 60_000, manifest: 'fake', outcomes: [{ ok: 1 }] });
  s.transport.answerNext(
    { payload, logTail: report(1_000, '\tInit Duration: 120.00 ms') },
    { payload, logTail: report(3_000) },
  );
  await s.pool.map('math.square', [1, 2, 3], { chunksize: 1 });
  expect(s.pool.stats()).toMatchObject({ invocations: 3, coldStarts: 1, billedMs: 4_000 });
  expect(s.pool.stats().costUsd).toBeCloseTo(4 * 0.0000166667 + 2 * 0.0000002, 12);
});

test('arm64 costs less', async () => {
  const meter = new Meter(new FakeClock(), 'arm64');
  meter.answered(chunk(1), { payload: '', requestId: '', logTail: report(1_000) });
  expect(meter.snapshot().costUsd).toBeCloseTo(0.0000133334 + 0.0000002, 12);
});

test('a chunk that is freed twice is freed once, and one that is sent twice is in flight once', () => {
  const meter = new Meter(new FakeClock());
  const one = chunk(5);
  meter.expect(10);
  meter.sent(one);
  meter.sent(one);
  expect(meter.snapshot()).toMatchObject({ queued: 5, inFlight: 5 });
  meter.freed(one);
  meter.freed(one);
  expect(meter.snapshot()).toMatchObject({ queued: 10, inFlight: 0 });
});

test('a second attempt that is refused and sent again is one more attempt', () => {
  const meter = new Meter(new FakeClock());
  meter.sent(chunk(5, 2));
  meter.sent(chunk(5, 2, 1));
  expect(meter.snapshot().retried).toBe(5);
});

test('how long a chunk took is what the function says, else what the client saw', async () => {
  const clock = new FakeClock();
  const meter = new Meter(clock);
  const one = chunk(1);
  meter.sent(one);
  await clock.advance(70);
  meter.freed(one);
  meter.answered(one, { payload: '', requestId: '' });
  expect(one.durationMs).toBe(70);
  meter.answered(one, { payload: '', requestId: '', logTail: report(50) });
  expect(one.durationMs).toBe(50);
  expect(meter.longestMs).toBe(70);
});

test.each([
  [{ architecture: 'arm' }, "'x86_64' or 'arm64'"],
  [{ stallAfterMs: 0 }, 'an integer from 1'],
  [{ onStall: true }, 'a function'],
])('%j is refused', (options, expected) => {
  // @ts-expect-error -- types refuse it, too
  expect(() => setup(options)).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(expected) }),
  );
});

test('stats add up under any mixture of calls', async () => {
  await using s = setup({ workers: 3, retries: 1 });
  const seen: PoolStats[] = [];
  const onProgress = ({ stats }: { readonly stats: PoolStats }): number => seen.push(stats);
  await Promise.all([
    s.pool.map('math.square', range(50), { onProgress }),
    rejection(s.pool.map('fault.ifOdd', range(50), { chunksize: 'auto', onProgress })),
    drain(s.pool.imap('math.square', range(50), { chunksize: 'auto', onProgress })),
    s.pool.apply('math.square', { args: [1] }),
  ]);
  expect(seen.every(({ queued, inFlight }) => queued >= 0 && inFlight >= 0)).toBe(true);
  expect(s.pool.stats()).toMatchObject({ queued: 0, inFlight: 0, done: 126, failed: 25, retried: 25 });
});
