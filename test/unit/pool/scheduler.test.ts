/** What the pool sends, and when: throttling, a number of workers that changes, retries, halves, second copies. */
import { expect, test } from 'vitest';
import { taskContext } from '../../../agent/index.ts';
import { LambdaPoolError } from '../../../src/shared/errors.ts';
import { settle } from './fake-clock.ts';
import { range, rejection, setup, squares } from './setup.ts';

const throttled = (details: Readonly<Record<string, unknown>> = {}): LambdaPoolError =>
  new LambdaPoolError('THROTTLED', 'Rate Exceeded.', { retryable: true, details });
const unreachable = (): LambdaPoolError => new LambdaPoolError('UNREACHABLE', 'Not there.', { retryable: true });
const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);
/** Nobody needs to hear of stalls here. */
const onStall = (): void => {};
const callsOf = (seen: readonly { readonly request: { readonly calls: readonly unknown[] } }[]): unknown[] =>
  seen.map(({ request }) => request.calls.flat());

test('a refused invocation holds no worker: others go on, and it comes back before those that were never sent', async () => {
  await using s = setup({ workers: 4 });
  s.transport.hold();
  s.transport.rejectNext(throttled());
  const result = s.pool.map('math.square', range(8), { chunksize: 1 });
  await settle();
  s.transport.release(0);
  await s.clock.advance(0);
  s.transport.release();
  await s.clock.advance(10_000);
  expect(await result).toEqual(squares(8));
  expect(callsOf(s.transport.seen).slice(0, 6)).toEqual([[0], [1], [2], [3], [0], [4]]);
});

test('a refusal lowers what is in flight, and answers raise it again', async () => {
  await using s = setup({ workers: 10 });
  s.transport.hold();
  s.transport.rejectNext(...times(5, throttled));
  const result = s.pool.map('math.square', range(100), { chunksize: 1 });
  await settle();
  for (let each = 0; each < 5; each += 1) s.transport.release(0);
  await s.clock.advance(50);
  expect(s.transport.running).toBe(5);
  s.transport.release();
  await s.clock.advance(10_000);
  expect(await result).toEqual(squares(100));
  expect(s.transport.mostRunning).toBe(10);
  expect(s.clock.pending).toBe(0);
});

test('a pause that is named for one invocation does not hold the others', async () => {
  await using s = setup({ workers: 2, onStall });
  s.transport.rejectNext(throttled({ retryAfterMs: 60_000 }));
  const result = s.pool.map('math.square', range(20), { chunksize: 1 });
  await s.clock.advance(30_000);
  expect(s.transport.seen).toHaveLength(20);
  await s.clock.advance(40_000);
  expect(await result).toEqual(squares(20));
});

test('a throttled call fails only at its own timeoutMs, which the refusals do not start anew', async () => {
  await using s = setup({ workers: 1, onStall });
  s.transport.rejectNext(...times(1_000, throttled));
  const error = rejection(s.pool.apply('math.square', { args: [3], timeoutMs: 60_000 }));
  await s.clock.advance(59_999);
  expect(s.transport.seen.length).toBeGreaterThan(10);
  await s.clock.advance(1);
  expect(await error).toMatchObject({ code: 'THROTTLED', message: expect.stringContaining('60000 ms') });
  expect(s.transport.running).toBe(0);
});

test('without a timeoutMs throttling is waited out, however long', async () => {
  await using s = setup({ workers: 1, onStall });
  s.transport.rejectNext(...times(1_000, throttled));
  const result = s.pool.apply('math.square', { args: [3] });
  await s.clock.advance(2 * 3_600_000);
  expect(await result).toBe(9);
});

test('a function that has answered before is waited for, however long it is away', async () => {
  await using s = setup({ onStall });
  expect(await s.pool.apply('math.square', { args: [3] })).toBe(9);
  s.transport.rejectNext(...times(500, unreachable));
  const result = s.pool.map('math.square', range(10), { chunksize: 1 });
  await s.clock.advance(600_000);
  expect(await result).toEqual(squares(10));
});

test('being throttled often is not taken for a function without time', async () => {
  await using s = setup({ workers: 1, onStall });
  s.transport.rejectNext(...times(5, throttled));
  const result = s.pool.apply('math.square', { args: [3] });
  await s.clock.advance(5 * 60);
  s.transport.answerNext({
    payload: '{"lambdapool":1,"timeoutMs":1000,"manifest":"x","outcomes":[{"notStarted":true}]}',
  });
  await s.clock.advance(60_000);
  expect(await result).toBe(9);
});

test('more workers are used at once', async () => {
  await using s = setup({ workers: 2 });
  s.transport.hold();
  const result = s.pool.map('math.square', range(10), { chunksize: 1 });
  await settle();
  expect(s.transport.running).toBe(2);
  s.pool.workers = 7;
  await settle();
  expect([s.pool.workers, s.transport.running]).toEqual([7, 7]);
  s.transport.release();
  expect(await result).toEqual(squares(10));
});

test('fewer workers let what is in flight end, and send no more until there is room', async () => {
  await using s = setup({ workers: 4 });
  s.transport.hold();
  const result = s.pool.map('math.square', range(10), { chunksize: 1 });
  await settle();
  s.pool.workers = 2;
  s.transport.release(0);
  s.transport.release(0);
  await settle();
  expect([s.transport.running, s.transport.seen.length]).toEqual([2, 4]);
  s.transport.release(0);
  await settle();
  expect([s.transport.running, s.transport.seen.length]).toEqual([2, 5]);
  s.transport.release();
  expect(await result).toEqual(squares(10));
});

test.each([0, -1, 1.5, Number.NaN])('workers cannot be set to %d', async (workers) => {
  await using s = setup({ workers: 4 });
  expect(() => (s.pool.workers = workers)).toThrow(/`workers`/);
  expect(s.pool.workers).toBe(4);
});

test('the new number of workers cuts the next map', async () => {
  await using s = setup({ workers: 1 });
  s.pool.workers = 5;
  await s.pool.map('math.square', range(100));
  expect(s.transport.seen).toHaveLength(20);
});

/** A transport in which chunks die that hold one of `guilty`. */
function killing(transport: ReturnType<typeof setup>['transport'], guilty: readonly number[]): void {
  const run = transport.invoke.bind(transport);
  transport.invoke = async (request, options) => {
    const { calls }: { calls: number[][] } = JSON.parse(request.payload);
    if (calls.flat().some((call) => guilty.includes(call))) {
      transport.dieNext('Runtime.ExitError', 'Runtime exited with error: signal: killed');
    }
    return run(request, options);
  };
}

test('the guilty call of an idempotent chunk is found by halves, and fails alone with what it did', async () => {
  await using s = setup({ idempotent: true, workers: 1 });
  killing(s.transport, [37]);
  const settled = await s.pool.mapSettled('math.square', range(64), { chunksize: 64 });
  expect(settled.filter(({ status }) => status === 'rejected')).toMatchObject([
    { reason: { code: 'TASK_OUT_OF_MEMORY', index: 37, attempt: 7 } },
  ]);
  expect(settled.filter((each) => each.status === 'fulfilled' && each.value !== undefined)).toHaveLength(63);
  // 64, then two of 32, 16, 8, 4, 2 and 1.
  expect(s.transport.seen).toHaveLength(13);
});

test('several guilty calls are all found', async () => {
  await using s = setup({ idempotent: true });
  killing(s.transport, [0, 9, 10]);
  const settled = await s.pool.mapSettled('math.square', range(20), { chunksize: 10 });
  const failed = settled.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []));
  expect(failed).toEqual([0, 9, 10]);
});

test('the halves count as attempts for the task, but not as `retries`: these are for the call alone', async () => {
  await using s = setup({ idempotent: true, retries: 1, workers: 1 });
  killing(s.transport, [1]);
  const error = await rejection(s.pool.map('math.square', range(4), { chunksize: 4 }));
  expect(error).toMatchObject({ code: 'TASK_OUT_OF_MEMORY', index: 1, attempt: 4 });
});

test('lost connections do not use up the `retries` of a task that throws', async () => {
  let thrown = 0;
  const once = (): string => {
    thrown += 1;
    if (thrown === 1) throw new Error('the first time');
    return 'fine';
  };
  await using s = setup({ idempotent: true, retries: 1 }, { 'fault.once': once });
  s.transport.rejectNext(new LambdaPoolError('OUTCOME_UNKNOWN', 'gone'));
  const result = s.pool.apply('fault.once');
  await s.clock.advance(60_000);
  expect(await result).toBe('fine');
});

test('an answer that is too large for several idempotent calls is fetched in halves', async () => {
  await using s = setup({ idempotent: true });
  s.transport.dieNext('Function.ResponseSizeTooLarge', 'Response payload size exceeded maximum allowed');
  expect(await s.pool.map('math.square', range(4), { chunksize: 4 })).toEqual(squares(4));
  expect(callsOf(s.transport.seen)).toEqual([
    [0, 1, 2, 3],
    [0, 1],
    [2, 3],
  ]);
});

test('an answer that ends in the middle is a lost one', async () => {
  await using s = setup();
  s.transport.answerNext({ payload: '{"lambdapool":1,"timeoutMs":1000,"manif' });
  const error = await rejection(s.pool.apply('math.square', { args: [3] }));
  expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN', message: expect.stringContaining('39 characters') });
  s.transport.answerNext({ payload: '{"lambdapool":1,"timeoutMs":1000,"manif' });
  const result = s.pool.apply('math.square', { args: [3], idempotent: true });
  await s.clock.advance(1_000);
  expect(await result).toBe(9);
});

test('a task sees which attempt it is, call by call; `retries` of the task and of the call', async () => {
  const attempts: [number, number][] = [];
  const flaky = (n: number): number => {
    const attempt = taskContext().attempt;
    attempts.push([n, attempt]);
    if (attempt <= n) throw new Error(`not yet, ${n}`);
    return n;
  };
  await using s = setup({ workers: 1, taskOptions: { 'fault.flaky': { retries: 1 } } }, { 'fault.flaky': flaky });
  expect(await s.pool.map('fault.flaky', [0, 1], { chunksize: 2 })).toEqual([0, 1]);
  expect(attempts.splice(0)).toEqual([
    [0, 1],
    [1, 1],
    [1, 2],
  ]);
  expect(await rejection(s.pool.apply('fault.flaky', { args: [2] }))).toMatchObject({ code: 'TASK_THREW', attempt: 2 });
  attempts.splice(0);
  expect(await s.pool.apply('fault.flaky', { args: [2], retries: 2 })).toBe(2);
  expect(attempts.map(([, attempt]) => attempt)).toEqual([1, 2, 3]);
});

test('`timeoutMs` of the call comes before that of its task, and that before the pool’s', async () => {
  await using s = setup({ timeoutMs: 300, taskOptions: { 'math.add': { timeoutMs: 200 } } });
  s.transport.hold();
  const ends: string[] = [];
  const calls = [
    rejection(s.pool.apply('math.square', { args: [1] })).then(() => ends.push('pool')),
    rejection(s.pool.apply('math.add', { args: [1, 2] })).then(() => ends.push('task')),
  ];
  await s.clock.advance(250);
  expect(ends).toEqual(['task']);
  const own = rejection(s.pool.apply('math.add', { args: [1, 2], timeoutMs: 10 })).then(() => ends.push('call'));
  await s.clock.advance(20);
  expect(ends).toEqual(['task', 'call']);
  await s.clock.advance(100);
  await Promise.all([...calls, own]);
  expect(ends).toEqual(['task', 'call', 'pool']);
});
