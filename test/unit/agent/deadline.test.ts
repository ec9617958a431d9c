/** What an invocation still begins, and what it answers, when its time runs out. */
import { describe, expect, test, vi } from 'vitest';
import { createHandler, taskContext } from '../../../agent/index.ts';
import { failureOf, fakeContext, fakeTime, handlerOf, manifestOf, sendChunk } from './harness.ts';

/** A task that takes as long as it is told, blocking: the clock moves, nothing else does. */
const blocking = {
  block: (ms: number) => {
    vi.advanceTimersByTime(ms);
    return ms;
  },
};

function states(outcomes: readonly object[]): string[] {
  return outcomes.map((outcome) => Object.keys(outcome)[0] ?? 'undefined');
}

describe('a call is started only if the time left exceeds twice the longest call of the chunk and 500 ms', () => {
  test.each([
    { remaining: 10_000, calls: [1000, 1000, 1000], expected: ['ok', 'ok', 'ok'] },
    // After the first: 2500 left, 2 * 1000 + 500 needed, and it must be more than that.
    { remaining: 3500, calls: [1000, 1, 1], expected: ['ok', 'notStarted', 'notStarted'] },
    { remaining: 3501, calls: [1000, 1], expected: ['ok', 'ok'] },
    // The longest counts, not the last: after 1000 and 10, 2490 are left of 2500 needed.
    { remaining: 3500 + 9, calls: [1000, 10, 1], expected: ['ok', 'ok', 'notStarted'] },
    { remaining: 3500 + 11, calls: [1000, 10, 1], expected: ['ok', 'ok', 'ok'] },
    { remaining: 500, calls: [0, 0], expected: ['ok', 'notStarted'] },
  ])('$remaining ms and calls of $calls ms: $expected', async ({ remaining, calls, expected }) => {
    using _ = fakeTime();
    const chunk = { task: 't.block', calls: calls.map((ms) => [ms]) };
    const { outcomes } = await sendChunk(handlerOf(blocking), chunk, fakeContext(remaining));
    expect(states(outcomes)).toEqual(expected);
  });

  test('but the first call is always started, so that a chunk makes progress', async () => {
    using _ = fakeTime();
    const chunk = { task: 't.block', calls: [[1], [1]] };
    const { outcomes } = await sendChunk(handlerOf(blocking), chunk, fakeContext(3));
    expect(outcomes).toEqual([{ ok: 1 }, { notStarted: true }]);
  });

  test('time counts from the start of the invocation, the loading of the module included', async () => {
    using _ = fakeTime();
    const handler = createHandler({
      manifest: manifestOf({ 'm.f': null }),
      modules: { m: async () => (vi.advanceTimersByTime(4600), { f: () => 1 }) },
    });
    const { outcomes } = await sendChunk(handler, { task: 'm.f', calls: [[], []] }, fakeContext(5000));
    expect(outcomes).toEqual([{ ok: 1 }, { notStarted: true }]);
  });

  test('the clock of Lambda is read once', async () => {
    const getRemainingTimeInMillis = vi.fn<() => number>(() => 60_000);
    const handler = handlerOf({ f: () => taskContext().remainingMs() > 0 });
    const context = { awsRequestId: 'r', getRemainingTimeInMillis };
    await sendChunk(handler, { task: 't.f', calls: [[], [], []] }, context);
    expect(getRemainingTimeInMillis).toHaveBeenCalledTimes(1);
  });
});

describe('a call that is still pending near the end', () => {
  const waiting = { wait: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms, ms)) };

  test.each([
    { timeoutMs: 10_000, margin: 200 },
    { timeoutMs: 2000, margin: 100 },
  ])(
    'is answered as TASK_TIMEOUT $margin ms before the end of $timeoutMs ms, with its neighbours',
    async ({ timeoutMs, margin }) => {
      using _ = fakeTime();
      const settled = vi.fn<() => void>();
      const chunk = { task: 't.wait', calls: [[100], [1e9], [1]] };
      const reply = sendChunk(handlerOf(waiting), chunk, fakeContext(timeoutMs));
      void reply.then(settled);
      await vi.advanceTimersByTimeAsync(timeoutMs - margin - 1);
      expect(settled).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(1);
      expect(settled).toHaveBeenCalledTimes(1);
      const { outcomes } = await reply;
      expect(outcomes[0]).toEqual({ ok: 100 });
      expect(outcomes[2]).toEqual({ notStarted: true });
      const { code, thrown, message } = failureOf(outcomes[1]);
      expect(code).toBe('TASK_TIMEOUT');
      expect(thrown).toMatchObject({ name: 'TaskTimeout', timeoutMs, task: 't.wait' });
      expect(message).toContain(`t.wait was still running when the ${timeoutMs} ms of its invocation were nearly up`);
    },
  );

  test('is told by its signal first, and may still answer', async () => {
    using _ = fakeTime();
    const handler = handlerOf({
      f: () =>
        new Promise((resolve) => {
          taskContext().signal.addEventListener('abort', () => resolve('partial'));
        }),
    });
    for (const timeoutMs of [1000, 60_000]) {
      const reply = sendChunk(handler, { task: 't.f', calls: [[], []] }, fakeContext(timeoutMs));
      await vi.advanceTimersByTimeAsync(timeoutMs);
      expect((await reply).outcomes).toEqual([{ ok: 'partial' }, { notStarted: true }]);
    }
  });

  test('that is alone in its chunk is left to the timeout of Lambda', async () => {
    using _ = fakeTime();
    const settled = vi.fn<() => void>();
    const reply = sendChunk(handlerOf(waiting), { task: 't.wait', calls: [[4000]] }, fakeContext(3000));
    void reply.then(settled);
    await vi.advanceTimersByTimeAsync(3999);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect((await reply).outcomes).toEqual([{ ok: 4000 }]);
  });

  test('and rejects later is no unhandled rejection', async () => {
    using _ = fakeTime();
    const late = Promise.withResolvers<void>();
    const reply = sendChunk(handlerOf({ f: () => late.promise }), { task: 't.f', calls: [[], []] }, fakeContext(1000));
    await vi.advanceTimersByTimeAsync(1000);
    expect(failureOf((await reply).outcomes[0]).code).toBe('TASK_TIMEOUT');
    // Vitest fails the file on an unhandled rejection.
    late.reject(new Error('too late'));
    await vi.advanceTimersByTimeAsync(1);
  });

  test('leaves no timer, nor do calls that were in time', async () => {
    using _ = fakeTime();
    const handler = handlerOf({ f: (pending: boolean) => (pending ? new Promise(() => {}) : Promise.resolve(1)) });
    await sendChunk(handler, { task: 't.f', calls: [[false], [false]] });
    expect(vi.getTimerCount()).toBe(0);
    const reply = sendChunk(handler, { task: 't.f', calls: [[true], [false]] }, fakeContext(1000));
    await vi.advanceTimersByTimeAsync(1000);
    await reply;
    expect(vi.getTimerCount()).toBe(0);
  });
});
