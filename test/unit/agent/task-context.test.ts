/** What a task can ask about its call. */
import { describe, expect, test, vi } from 'vitest';
import { createHandler, taskContext } from '../../../agent/index.ts';
import type { TaskContext } from '../../../agent/index.ts';
import { errorOf, fakeContext, fakeTime, handlerOf, manifestOf, rejection, sendChunk, thenable } from './harness.ts';

test('each call of a chunk has its own position and attempt', async () => {
  const handler = handlerOf({
    f: async () => {
      await Promise.resolve();
      const { requestId, task, attempt, index } = taskContext();
      return { requestId, task, attempt, index };
    },
  });
  const chunk = { task: 't.f', calls: [[], [], []], attempts: [1, 3] };
  const { outcomes } = await sendChunk(handler, chunk, fakeContext(1e5, 'r-1'));
  const shared = { requestId: 'r-1', task: 't.f' };
  expect(outcomes.map((outcome) => outcome.ok)).toEqual([
    { ...shared, attempt: 1, index: 0 },
    { ...shared, attempt: 3, index: 1 },
    { ...shared, attempt: 1, index: 2 },
  ]);
});

test('remainingMs counts down from what Lambda said at the start', async () => {
  using _ = fakeTime();
  const { remainingMs } = await contextOf(fakeContext(5000));
  expect(remainingMs()).toBe(5000);
  await vi.advanceTimersByTimeAsync(1200);
  expect(remainingMs()).toBe(3800);
  await vi.advanceTimersByTimeAsync(9000);
  expect(remainingMs()).toBe(0);
});

test('the same context is given to whoever asks within a call', async () => {
  const handler = handlerOf({ f: () => taskContext() === taskContext() });
  expect((await sendChunk(handler, { task: 't.f', calls: [[]] })).outcomes).toEqual([{ ok: true }]);
});

test('within the then of what a task returns there is a context, so a lazy query has one', async () => {
  const lazy = thenable(() => (resolve: (task: string) => void) => resolve(taskContext().task));
  const handler = handlerOf({ f: () => lazy });
  for (const calls of [[[]], [[], []]]) {
    const { outcomes } = await sendChunk(handler, { task: 't.f', calls });
    expect(outcomes[0]).toEqual({ ok: 't.f' });
  }
  expect(await handler({ task: 't.f' }, fakeContext())).toBe('t.f');
});

test('outside a task it says so', async () => {
  const error = await errorOf(Promise.resolve().then(() => taskContext()));
  expect(error).toMatchObject({ code: 'OUTSIDE_TASK' });
  expect(error.message).toContain('taskContext() was called outside a task');
});

test('while a module loads there is none, though a call waits for it', async () => {
  const handler = createHandler({
    manifest: manifestOf({ 'm.f': null }),
    modules: { m: async () => ({ f: taskContext() }) },
  });
  expect(await rejection(handler({ task: 'm.f' }, fakeContext()))).toMatchObject({ code: 'OUTSIDE_TASK' });
});

describe('the signal', () => {
  test.each([
    { timeoutMs: 60_000, before: 500 },
    { timeoutMs: 3000, before: 300 },
    { timeoutMs: 1000, before: 100 },
  ])(
    'of $timeoutMs ms fires $before ms before the end, with a reason that names the task',
    async ({ timeoutMs, before }) => {
      using _ = fakeTime();
      let given: TaskContext | undefined;
      const pending = Promise.withResolvers<void>();
      const handler = handlerOf({
        f: () => {
          given = taskContext();
          void given.signal;
          return pending.promise;
        },
      });
      const done = sendChunk(handler, { task: 't.f', calls: [[]] }, fakeContext(timeoutMs));
      await vi.advanceTimersByTimeAsync(timeoutMs - before - 1);
      expect(given?.signal.aborted).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      expect(given?.signal.aborted).toBe(true);
      expect(given?.signal.reason).toBeInstanceOf(DOMException);
      expect(given?.signal.reason).toMatchObject({
        name: 'TimeoutError',
        message: `The time of t.f is nearly up: ${before} ms of ${timeoutMs} ms are left.`,
      });
      pending.resolve();
      await done;
    },
  );

  test('is the same each time, and each call has its own', async () => {
    const signals: AbortSignal[] = [];
    const handler = handlerOf({ f: () => void signals.push(taskContext().signal, taskContext().signal) });
    await sendChunk(handler, { task: 't.f', calls: [[], []] });
    expect(signals[0]).toBe(signals[1]);
    expect(signals[2]).toBe(signals[3]);
    expect(signals[0]).not.toBe(signals[2]);
  });

  test.each(['returns', 'throws', 'rejects'])('leaves no timer when the task %s', async (how) => {
    using _ = fakeTime();
    const handler = handlerOf({
      f: () => {
        void taskContext().signal;
        if (how === 'throws') throw new Error(how);
        return how === 'rejects' ? Promise.reject(new Error(how)) : undefined;
      },
    });
    await sendChunk(handler, { task: 't.f', calls: [[], []] });
    await handler({ task: 't.f' }, fakeContext()).catch(() => {});
    expect(vi.getTimerCount()).toBe(0);
  });

  test('costs no timer unless it is read', async () => {
    using _ = fakeTime();
    let during = -1;
    const handler = handlerOf({ f: () => (taskContext().remainingMs(), (during = vi.getTimerCount())) });
    await sendChunk(handler, { task: 't.f', calls: [[], []] });
    expect(during).toBe(0);
  });

  test('that is first read after the call sets no timer', async () => {
    using _ = fakeTime();
    const context = await contextOf(fakeContext(1000));
    expect(context.signal.aborted).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });
});

async function contextOf(lambda: ReturnType<typeof fakeContext>): Promise<TaskContext> {
  let given: TaskContext | undefined;
  const handler = handlerOf({ f: () => void (given = taskContext()) });
  await sendChunk(handler, { task: 't.f', calls: [[]] }, lambda);
  if (given === undefined) throw new Error('The task did not run.');
  return given;
}
