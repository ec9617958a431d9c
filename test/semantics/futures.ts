/** Rows of `concurrent.futures.Future`. */
import { expect } from 'vitest';
import type { Future, LambdaExecutor } from '../../src/index.ts';
import type { Ground, Row } from './row.ts';
import { rejection, timeMs, warningsOf } from './tools.ts';

/** One future of each state. */
interface States {
  readonly running: Future<unknown>;
  readonly pending: Future<unknown>;
  readonly cancelled: Future<unknown>;
  readonly returned: Future<unknown>;
  readonly failed: Future<unknown>;
}

export const FUTURES: readonly Row[] = [
  row(
    'test_done_callback_with_result',
    'a callback is called once, with the future, when it returned',
    async (executor) => {
      const seen: unknown[] = [];
      const future = executor.submit('math.add', { args: [1, 2] });
      future.addDoneCallback((each) => seen.push(each));
      await future;
      expect(seen).toEqual([future]);
    },
  ),
  row('test_done_callback_with_exception', 'a callback is called when the call failed', async (executor) => {
    const seen: string[] = [];
    const future = executor.submit('faults.throwError');
    future.addDoneCallback(({ state }) => seen.push(state));
    await future.exception();
    expect(seen).toEqual(['failed']);
  }),
  row(
    'test_done_callback_with_cancel',
    'a callback is called when the call is cancelled, before cancel() returns',
    async (executor) => {
      const { pending } = await states(executor);
      const seen: string[] = [];
      pending.addDoneCallback(({ state }) => seen.push(state));
      pending.cancel();
      expect(seen).toEqual(['cancelled']);
    },
  ),
  row(
    'test_done_callback_raises',
    'callbacks are called in their order; one that throws is a warning, and the next is called',
    async (executor) => {
      const seen: number[] = [];
      const warnings = await warningsOf(async () => {
        const future = executor.submit('echo.noop');
        future.addDoneCallback(() => seen.push(1));
        future.addDoneCallback(() => {
          throw new Error('of a callback');
        });
        future.addDoneCallback(() => Promise.reject(new Error('of an async callback')));
        future.addDoneCallback(() => seen.push(2));
        await future;
      });
      expect(seen).toEqual([1, 2]);
      expect(warnings).toEqual([
        expect.stringContaining('of a callback'),
        expect.stringContaining('of an async callback'),
      ]);
    },
  ),
  row(
    'test_done_callback_already_successful',
    'added after the result, a callback is called at once',
    async (executor) => {
      const { returned } = await states(executor);
      expect(calledAtOnce(returned)).toEqual(['returned']);
    },
  ),
  row(
    'test_done_callback_already_failed',
    'added after the failure, a callback is called at once',
    async (executor) => {
      const { failed } = await states(executor);
      expect(calledAtOnce(failed)).toEqual(['failed']);
    },
  ),
  row(
    'test_done_callback_already_cancelled',
    'added after the cancelling, a callback is called at once',
    async (executor) => {
      const { cancelled } = await states(executor);
      expect(calledAtOnce(cancelled)).toEqual(['cancelled']);
    },
  ),
  row(
    'test_done_callback_raises_already_succeeded',
    'added late, a callback that throws is a warning, not an error',
    async (executor) => {
      const { returned } = await states(executor);
      const warnings = await warningsOf(async () => {
        returned.addDoneCallback(() => {
          throw new Error('late');
        });
      });
      expect(warnings).toEqual([expect.stringContaining('late')]);
    },
  ),
  row(
    'test_cancel',
    'what waits can be cancelled, twice too; what runs or has ended cannot, but abort() gives up what runs',
    async (executor) => {
      const { running, pending, cancelled, returned, failed } = await states(executor);
      expect(pending.cancel()).toBe(true);
      expect(cancelled.cancel()).toBe(true);
      expect([running, returned, failed].map((future) => future.cancel())).toEqual([false, false, false]);
      expect(running.abort()).toBe(true);
      expect(running.state).toBe('cancelled');
      expect([cancelled, returned, failed].map((future) => future.abort())).toEqual([true, false, false]);
    },
  ),
  row('test_cancelled', 'only a cancelled future is cancelled', async (executor) => {
    expect(await flags(executor, (future) => future.cancelled())).toEqual(['cancelled']);
  }),
  row('test_done', 'a future is done when it is cancelled, has returned or has failed', async (executor) => {
    expect(await flags(executor, (future) => future.done())).toEqual(['cancelled', 'returned', 'failed']);
  }),
  row('test_running', 'only a future that was sent and has not ended runs', async (executor) => {
    expect(await flags(executor, (future) => future.running())).toEqual(['running']);
  }),
  row(
    'test_result_with_timeout',
    'result() gives up after its timeoutMs; of a failed call it rejects with the error, of a cancelled one with CANCELLED',
    async (executor) => {
      const { running, cancelled, failed } = await states(executor);
      expect(await rejection(running.result({ timeoutMs: 10 }))).toMatchObject({ code: 'WAIT_TIMEOUT' });
      expect(await rejection(failed.result({ timeoutMs: 0 }))).toMatchObject({ code: 'TASK_THREW' });
      expect(await rejection(cancelled.result({ timeoutMs: 0 }))).toMatchObject({ code: 'CANCELLED' });
    },
  ),
  row('test_result_with_success', 'result() waits for the result; a signal ends the wait', async (executor) => {
    const future = executor.submit('faults.sleep', { args: [100] });
    const reason = new Error('enough');
    expect(await rejection(future.result({ signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(await future.result({ timeoutMs: 20_000 })).toBe(100);
  }),
  row(
    'test_result_with_cancel',
    'who waits for a result learns at once that the call is cancelled',
    async (executor) => {
      const { pending } = await states(executor);
      const waiting = rejection(pending.result());
      const took = timeMs(() => waiting);
      pending.cancel();
      expect(await waiting).toMatchObject({ code: 'CANCELLED' });
      expect(await took).toBeLessThan(100);
    },
  ),
  row(
    'test_exception_with_timeout',
    'exception() gives up after its timeoutMs; it gives the error of a failed call, null of a good one',
    async (executor) => {
      const { running, cancelled, returned, failed } = await states(executor);
      expect(await rejection(running.exception({ timeoutMs: 10 }))).toMatchObject({ code: 'WAIT_TIMEOUT' });
      expect(await failed.exception()).toMatchObject({ code: 'TASK_THREW' });
      expect(await returned.exception()).toBeNull();
      expect(await rejection(cancelled.exception())).toMatchObject({ code: 'CANCELLED' });
    },
  ),
  row('test_exception_with_success', 'exception() waits for the error', async (executor) => {
    const future = executor.submit('faults.throwErrorAsync', { args: ['late'] });
    expect(await future.exception()).toMatchObject({ cause: { message: 'late' } });
  }),
  {
    subject: 'Future',
    test: 'test_multiple_set_result, test_multiple_set_exception',
    behaviour: 'a result can be set once',
    reason: 'Futures are made by executors only, and nobody else can set their results.',
  },
];

function row(test: string, behaviour: string, run: (executor: LambdaExecutor) => Promise<void>): Row {
  return { subject: 'Future', test, behaviour, run: (ground) => withExecutor(ground, run) };
}

/** One worker, so that the second call waits. */
async function withExecutor(ground: Ground, run: (executor: LambdaExecutor) => Promise<void>): Promise<void> {
  const executor = ground.executor({ maxWorkers: 1 });
  try {
    await run(executor);
  } finally {
    await executor.terminate();
  }
}

async function states(executor: LambdaExecutor): Promise<States> {
  const returned = executor.submit('echo.noop');
  const failed = executor.submit('faults.throwError');
  await returned;
  await failed.exception();
  const running = executor.submit('faults.sleep', { args: [1_000] });
  const pending = executor.submit('echo.noop');
  const cancelled = executor.submit('echo.noop');
  cancelled.cancel();
  return { running, pending, cancelled, returned, failed };
}

/** The states of which `is` is true. */
async function flags(executor: LambdaExecutor, is: (future: Future<unknown>) => boolean): Promise<string[]> {
  return Object.entries(await states(executor))
    .filter(([name, future]) => {
      expect(future.state).toBe(name);
      return is(future);
    })
    .map(([name]) => name);
}

function calledAtOnce(future: Future<unknown>): string[] {
  const seen: string[] = [];
  future.addDoneCallback(({ state }) => seen.push(state));
  return seen;
}
