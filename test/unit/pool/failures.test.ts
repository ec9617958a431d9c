/** What the pool does when an invocation is refused, lost, or ends without an answer. */
import { expect, test } from 'vitest';
import { LambdaPoolError, TaskError } from '../../../src/shared/errors.ts';
import { range, rejection, setup, squares } from './setup.ts';

const throttled = (retryAfterMs?: number): LambdaPoolError =>
  new LambdaPoolError('THROTTLED', 'Rate Exceeded.', { retryable: true, details: { retryAfterMs } });
const unreachable = (): LambdaPoolError =>
  new LambdaPoolError('UNREACHABLE', 'Cannot reach Lambda at http://127.0.0.1:3001.', { retryable: true });
const lost = (): LambdaPoolError => new LambdaPoolError('OUTCOME_UNKNOWN', 'The connection ended.');
const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

test('a throttled invocation is sent again until it is taken, and the task does not notice', async () => {
  await using s = setup({ workers: 1 });
  s.transport.rejectNext(...times(10, throttled));
  const result = s.pool.apply('math.square', { args: [3] });
  await s.clock.advance(60_000);
  expect(await result).toBe(9);
  expect(s.transport.seen).toHaveLength(11);
  expect(s.transport.seen.every(({ request }) => request.attempts === undefined)).toBe(true);
});

test('the pauses between throttled invocations double, up to 5 s, and hold a worker', async () => {
  await using s = setup({ workers: 1 });
  s.transport.rejectNext(...times(4, throttled));
  const result = s.pool.map('math.square', [1, 2], { chunksize: 1 });
  const sent: number[] = [];
  for (const pauseMs of [50, 100, 200, 400]) {
    await s.clock.advance(pauseMs - 1);
    sent.push(s.transport.seen.length);
    await s.clock.advance(1);
  }
  expect(sent).toEqual([1, 2, 3, 4]);
  expect(await result).toEqual([1, 4]);
});

test('a pause that the service names is kept', async () => {
  await using s = setup();
  s.transport.rejectNext(throttled(7_000));
  const result = s.pool.apply('math.square', { args: [3] });
  await s.clock.advance(7_049);
  expect(s.transport.seen).toHaveLength(1);
  await s.clock.advance(1);
  expect(await result).toBe(9);
});

test('a function that cannot be reached is tried for 3 s, and then the call says so', async () => {
  await using s = setup();
  s.transport.rejectNext(...times(100, unreachable));
  const error = rejection(s.pool.apply('math.square', { args: [3] }));
  await s.clock.advance(2_900);
  expect(s.transport.seen.length).toBeGreaterThan(3);
  await s.clock.advance(1_200);
  expect(await error).toMatchObject({ code: 'UNREACHABLE', retryable: true });
  expect(((await error) as Error).message).toMatch(/^Cannot reach Lambda at .*3\.\d s/);
});

test('a function that can be reached within 3 s costs no call', async () => {
  await using s = setup();
  s.transport.rejectNext(...times(4, unreachable));
  const result = s.pool.map('math.square', range(50), { chunksize: 1 });
  await s.clock.advance(3_000);
  expect(await result).toEqual(squares(50));
});

test('a large map against nothing rejects as soon as a single call does, and sends nothing more', async () => {
  await using s = setup();
  s.transport.rejectNext(...times(100, unreachable));
  const error = rejection(s.pool.map('math.square', range(1_000), { chunksize: 1 }));
  await s.clock.advance(5_000);
  expect(await error).toMatchObject({ code: 'UNREACHABLE' });
  expect(s.transport.seen.length).toBeLessThan(30);
});

test('the next call has its own 3 s', async () => {
  await using s = setup();
  s.transport.rejectNext(...times(7, unreachable));
  const first = rejection(s.pool.apply('math.square', { args: [3] }));
  await s.clock.advance(60_000);
  await first;
  const sent = s.transport.seen.length;
  s.transport.rejectNext(unreachable());
  const second = s.pool.apply('math.square', { args: [3] });
  await s.clock.advance(1_000);
  expect(await second).toBe(9);
  expect(s.transport.seen.length).toBe(sent + 2);
});

test.each(['ACCESS_DENIED', 'FUNCTION_NOT_FOUND', 'BUILD_FAILED', 'OPTION_INVALID'] as const)(
  '%s ends the whole map at once, and the pool goes on',
  async (code) => {
    await using s = setup({ workers: 1 });
    const refusal = new LambdaPoolError(code, 'no');
    s.transport.rejectNext(refusal);
    expect(await rejection(s.pool.map('math.square', range(100), { chunksize: 1 }))).toBe(refusal);
    expect(s.transport.seen).toHaveLength(1);
    expect(await s.pool.apply('math.square', { args: [3] })).toBe(9);
  },
);

test('a fatal error of one map leaves the other calls alone', async () => {
  await using s = setup({ workers: 1 });
  s.transport.rejectNext(new LambdaPoolError('ACCESS_DENIED', 'no'));
  const bad = rejection(s.pool.map('math.square', range(3), { chunksize: 1 }));
  const good = s.pool.map('math.square', range(3), { chunksize: 1 });
  expect(await bad).toMatchObject({ code: 'ACCESS_DENIED' });
  expect(await good).toEqual([0, 1, 4]);
});

test.each([
  ['Sandbox.Timedout', 'Task timed out after 1.00 seconds', 'TASK_TIMEOUT'],
  ['Runtime.ExitError', 'Runtime exited with error: exit status 3', 'TASK_EXITED'],
  ['Runtime.ExitError', 'Runtime exited with error: signal: killed', 'TASK_OUT_OF_MEMORY'],
])('a call that was alone when its environment died of %s (%s) fails with %s', async (type, message, code) => {
  await using s = setup();
  s.transport.dieNext(type, `RequestId: abc Error: ${message}`, 'START\nlast words\n');
  const error = await rejection(s.pool.apply('math.square', { args: [3] }));
  expect(error).toBeInstanceOf(TaskError);
  expect(error).toMatchObject({ code, task: 'math.square', requestId: 'scripted', logTail: 'START\nlast words\n' });
  expect((error as Error).message).toContain(message);
  expect(await s.pool.apply('math.square', { args: [3] })).toBe(9);
});

test('calls that shared a dead environment fail with OUTCOME_UNKNOWN, which names the remedies', async () => {
  await using s = setup();
  s.transport.dieNext('Runtime.ExitError', 'RequestId: abc Error: Runtime exited with error: exit status 3');
  const error = await rejection(s.pool.map('math.square', range(3), { chunksize: 3 }));
  expect(error).toMatchObject({
    code: 'OUTCOME_UNKNOWN',
    index: 0,
    message: expect.stringMatching(/exit status 3.*`idempotent`.*`chunksize: 1`/s),
    cause: expect.objectContaining({ code: 'TASK_EXITED' }),
  });
  expect(s.transport.seen).toHaveLength(1);
});

test('idempotent calls that shared a dead environment are sent again in halves, as a second attempt', async () => {
  await using s = setup({ idempotent: true });
  s.transport.dieNext('Runtime.ExitError', 'Runtime exited with error: exit status 3');
  expect(await s.pool.map('math.square', range(3), { chunksize: 3 })).toEqual([0, 1, 4]);
  expect(s.transport.seen.slice(1).map(({ request }) => [request.calls, request.attempts])).toEqual([
    [
      [[0], [1]],
      [2, 2],
    ],
    [[[2]], [2]],
  ]);
});

test('of idempotent calls only the guilty one fails in the end', async () => {
  await using s = setup({ idempotent: true, workers: 1 });
  for (let death = 0; death < 2; death += 1) s.transport.dieNext('Runtime.ExitError', 'exit status 3');
  const error = await rejection(s.pool.map('math.square', range(2), { chunksize: 2 }));
  expect(error).toMatchObject({ code: 'TASK_EXITED', index: 0, attempt: 2 });
  expect(s.transport.seen).toHaveLength(3);
});

test('a function that cannot start fails its calls with INIT_FAILED, and none of them is unknown', async () => {
  await using s = setup();
  s.transport.dieNext('Runtime.ImportModuleError', "Error: Cannot find module 'sharp'");
  const error = await rejection(s.pool.map('math.square', range(3), { chunksize: 3 }));
  expect(error).toMatchObject({ code: 'INIT_FAILED', message: expect.stringContaining("'sharp'") });
});

test('what Lambda says of an end stands in our sentence without a full stop of its own', async () => {
  await using s = setup();
  const said = 'Response payload size exceeded maximum allowed payload size (6291556 bytes).';
  s.transport.dieNext('Function.ResponseSizeTooLarge', said);
  const error = await rejection(s.pool.apply('math.square', { args: [3] }));
  expect(error).toMatchObject({
    code: 'PAYLOAD_TOO_LARGE',
    message: expect.stringContaining('payload size (6291556 bytes)). Give the pool'),
  });
});

test('results that are too long together fail their calls with PAYLOAD_TOO_LARGE', async () => {
  await using s = setup();
  s.transport.dieNext('Function.ResponseSizeTooLarge', 'Response payload size exceeded maximum allowed');
  const error = await rejection(s.pool.map('math.square', range(3), { chunksize: 3 }));
  expect(error).toMatchObject({ code: 'PAYLOAD_TOO_LARGE', message: expect.stringContaining('`chunksize`') });
});

test('a lost connection makes a single call OUTCOME_UNKNOWN, and it is not sent again', async () => {
  await using s = setup();
  s.transport.rejectNext(lost());
  const error = await rejection(s.pool.apply('math.square', { args: [3] }));
  expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN', message: expect.stringContaining('`idempotent`') });
  expect(s.transport.seen).toHaveLength(1);
});

test('an error that is not ours counts as a lost connection', async () => {
  await using s = setup();
  const strange = new TypeError('a bug in the transport');
  s.transport.rejectNext(strange);
  const error = await rejection(s.pool.apply('math.square', { args: [3] }));
  expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN', cause: strange });
});

test('idempotent calls whose connection is lost are sent again together, with pauses, ten times in all', async () => {
  await using s = setup({ taskOptions: { 'math.square': { idempotent: true } } });
  s.transport.rejectNext(...times(9, lost));
  const result = s.pool.map('math.square', range(3), { chunksize: 3 });
  await s.clock.advance(99);
  expect(s.transport.seen).toHaveLength(1);
  await s.clock.advance(60_000);
  expect(await result).toEqual([0, 1, 4]);
  expect(s.transport.seen.map(({ request }) => request.attempts?.[2] ?? 1)).toEqual(range(11).slice(1));
  s.transport.rejectNext(...times(10, lost));
  const error = rejection(s.pool.apply('math.square', { args: [3] }));
  await s.clock.advance(60_000);
  expect(await error).toMatchObject({ code: 'OUTCOME_UNKNOWN', message: expect.stringContaining('sent 10 times') });
  expect(s.transport.seen).toHaveLength(20);
});

test('a task error is run again as often as `retries` says, and only the calls that failed', async () => {
  const failures = new Map<number, number>([[2, 2]]);
  const flaky = (n: number): number => {
    const left = failures.get(n) ?? 0;
    failures.set(n, left - 1);
    if (left > 0) throw new Error(`flaky ${n}`);
    return n;
  };
  await using s = setup({ retries: 2 }, { 'fault.flaky': flaky });
  expect(await s.pool.map('fault.flaky', range(4), { chunksize: 4 })).toEqual(range(4));
  expect(s.transport.seen.map(({ request }) => [request.calls.flat(), request.attempts])).toEqual([
    [[0, 1, 2, 3], undefined],
    [[2], [2]],
    [[2], [3]],
  ]);
  failures.set(2, 3);
  expect(await rejection(s.pool.map('fault.flaky', range(4)))).toMatchObject({ index: 2, attempt: 3 });
});

test('a task error is not run again unless `retries` says so; the nearest `retries` wins', async () => {
  await using s = setup({ retries: 5, taskOptions: { 'fault.ifOdd': { retries: 2 } } });
  await rejection(s.pool.apply('fault.ifOdd', { args: [1] }));
  expect(s.transport.seen).toHaveLength(3);
  await rejection(s.pool.apply('fault.ifOdd', { args: [1], retries: 0 }));
  expect(s.transport.seen).toHaveLength(4);
});

test('calls that were not started are sent again before others, as the same attempt', async () => {
  await using s = setup({ workers: 1 });
  s.transport.answerNext({
    payload:
      '{"lambdapool":1,"timeoutMs":1000,"manifest":"x","outcomes":[{"ok":0},{"notStarted":true},{"notStarted":true}]}',
  });
  const first = s.pool.map('math.square', range(3), { chunksize: 3 });
  const second = s.pool.map('math.square', [7, 8], { chunksize: 1 });
  expect(await first).toEqual([0, 1, 4]);
  expect(await second).toEqual([49, 64]);
  const sent = s.transport.seen.map(({ request }) => request.calls.flat());
  expect(sent).toEqual([[0, 1, 2], [7], [1, 2], [8]]);
  expect(s.transport.seen[2]?.request.attempts).toBeUndefined();
});

test('a function that never has time to start anything ends the calls instead of going round for ever', async () => {
  await using s = setup();
  const payload = '{"lambdapool":1,"timeoutMs":1000,"manifest":"x","outcomes":[{"notStarted":true}]}';
  s.transport.answerNext(...times(3, () => ({ payload })));
  const error = await rejection(s.pool.apply('math.square', { args: [1] }));
  expect(error).toMatchObject({ code: 'TASK_TIMEOUT', message: expect.stringContaining('1000 ms') });
  expect(s.transport.seen).toHaveLength(3);
});

test.each(['null', '"hello"', '{"statusCode":200}', '', '{"lambdapool":1}', '{"lambdapool":1,"outcomes":[]}'])(
  'the answer %j is not an agent’s, and the error shows it',
  async (payload) => {
    await using s = setup();
    s.transport.answerNext({ payload });
    const error = await rejection(s.pool.apply('math.square', { args: [1] }));
    expect(error).toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
    expect((error as Error).message).toContain(`does not hold a lambdapool agent: it answered ${payload}`);
  },
);

test('a map against something that is no agent ends at the first answer', async () => {
  await using s = setup({ workers: 1 });
  s.transport.answerNext(...times(10, () => ({ payload: '"hello"' })));
  const error = await rejection(s.pool.map('math.square', range(10), { chunksize: 1 }));
  expect(error).toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
  // The second was sent before the first answer was read.
  expect(s.transport.seen).toHaveLength(2);
});

test('an agent of another version is told apart', async () => {
  await using s = setup();
  s.transport.answerNext({ payload: '{"lambdapool":2,"outcomes":[]}' });
  expect(await rejection(s.pool.apply('math.square', { args: [1] }))).toMatchObject({
    code: 'TASKS_DIFFER',
    message: expect.stringMatching(/speaks version 2 .*this program version 1.*npm install lambdapool@latest/),
  });
});

test('a result that cannot be decoded fails its call alone', async () => {
  await using s = setup();
  const outcomes = '[{"ok":1},{"ok":{"$lp":["$9"]}},{"error":{"code":"TASK_THREW","thrown":{"$lp":["$9"]}}}]';
  s.transport.answerNext({ payload: `{"lambdapool":1,"timeoutMs":1,"manifest":"x","outcomes":${outcomes}}` });
  const seen: unknown[] = [];
  const options = { chunksize: 3, onProgress: (progress: unknown) => seen.push(progress) };
  expect(await rejection(s.pool.map('math.square', range(3), options))).toMatchObject({ code: 'BUG' });
  expect(seen).toMatchObject([{ done: 1, failed: 2, total: 3 }]);
});
