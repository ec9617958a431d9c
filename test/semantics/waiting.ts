/** Rows of `concurrent.futures.wait` and `as_completed`. */
import { expect } from 'vitest';
import { asCompleted, wait } from '../../src/index.ts';
import type { Future, LambdaExecutor } from '../../src/index.ts';
import type { Ground, Row } from './row.ts';
import { collected, drain, range, rejection, timeMs } from './tools.ts';

type Futures = readonly Future<unknown>[];

export const WAITING: readonly Row[] = [
  completedRow('test_no_timeout', 'gives out each future once, when it has ended', async (executor) => {
    const [slow, fast, failed] = [nap(executor, 1_000), nap(executor, 1), bad(executor)];
    const { values } = await drain(asCompleted([slow, fast, failed]));
    expect(new Set(values)).toEqual(new Set([slow, fast, failed]));
    expect(values).toHaveLength(3);
    expect(values.at(-1)).toBe(slow);
  }),
  completedRow(
    'test_future_times_out',
    'after timeoutMs it rejects; futures that had ended come first',
    async (executor) => {
      const done = nap(executor, 0);
      await done;
      for (const timeoutMs of [0, 20]) {
        const { values, error } = await drain(asCompleted([nap(executor, 1_000), done], { timeoutMs }));
        expect(values).toEqual([done]);
        expect(error).toMatchObject({ code: 'WAIT_TIMEOUT' });
      }
    },
  ),
  completedRow('test_duplicate_futures', 'a future that is given twice comes once', async (executor) => {
    const future = nap(executor, 10);
    expect((await drain(asCompleted([future, future]))).values).toEqual([future]);
  }),
  completedRow('test_free_reference_yielded_future', 'futures that were given out are not held', async (executor) => {
    const completed = asCompleted([nap(executor, 0), nap(executor, 0)]);
    const first = async (): Promise<WeakRef<object>> => new WeakRef((await completed.next()).value!);
    await collected(await first());
    expect(await completed.next()).toMatchObject({ done: false });
  }),
  completedRow(
    'test_correct_timeout_exception_msg',
    'the error says how many are unfinished: 2 (of 4)',
    async (executor) => {
      const futures = [nap(executor, 0), nap(executor, 0), nap(executor, 1_000), nap(executor, 1_000)];
      await wait(futures.slice(0, 2));
      const { error } = await drain(asCompleted(futures, { timeoutMs: 1 }));
      expect((error as Error).message).toContain('2 (of 4) futures unfinished');
    },
  ),
  waitRow('test_20369', 'a future that is given twice counts once', async (executor) => {
    const future = nap(executor, 10);
    const { done, notDone } = await wait([future, future]);
    expect([done, notDone]).toEqual([new Set([future]), new Set()]);
  }),
  waitRow('test_first_completed', 'FIRST_COMPLETED returns when one has ended', async (executor) => {
    const [fast, slow] = [nap(executor, 1), nap(executor, 1_000)];
    await expectSorted([fast, slow], { done: [fast], returnWhen: 'FIRST_COMPLETED' });
  }),
  waitRow(
    'test_first_completed_some_already_completed',
    'FIRST_COMPLETED returns at once if one has ended',
    async (executor) => {
      const { pending, cancelled } = await cancelledBehind(executor);
      await expectSorted([pending, cancelled], { done: [cancelled], returnWhen: 'FIRST_COMPLETED' });
    },
  ),
  waitRow(
    'test_first_exception',
    'FIRST_EXCEPTION returns when one has failed; one that returned is not waited for alone',
    async (executor) => {
      const [good, failed, slow] = [nap(executor, 0), bad(executor, 100), nap(executor, 1_000)];
      await expectSorted([good, failed, slow], { done: [good, failed], returnWhen: 'FIRST_EXCEPTION' });
    },
  ),
  waitRow(
    'test_first_exception_some_already_complete',
    'FIRST_EXCEPTION does not take a cancelled future for a failed one',
    async (executor) => {
      const { pending, cancelled } = await cancelledBehind(executor);
      const failed = bad(executor);
      const started = wait([cancelled, failed, pending], { returnWhen: 'FIRST_EXCEPTION' });
      const { done } = await started;
      expect(done).toContain(cancelled);
      expect(done).toContain(failed);
    },
  ),
  waitRow(
    'test_first_exception_one_already_failed',
    'FIRST_EXCEPTION returns at once if one has failed',
    async (executor) => {
      const failed = bad(executor);
      await failed.exception();
      const slow = nap(executor, 1_000);
      await expectSorted([failed, slow], { done: [failed], returnWhen: 'FIRST_EXCEPTION' });
    },
  ),
  waitRow('test_all_completed', 'ALL_COMPLETED waits for all, however they end', async (executor) => {
    const futures = [nap(executor, 20), bad(executor), nap(executor, 0)];
    await expectSorted(futures, { done: futures, returnWhen: 'ALL_COMPLETED' });
  }),
  waitRow('test_timeout', 'a timeout is no error: what has not ended is in notDone', async (executor) => {
    const [fast, slow] = [nap(executor, 0), nap(executor, 1_000)];
    await fast;
    const { done, notDone } = await wait([fast, slow], { timeoutMs: 20 });
    expect([done, notDone]).toEqual([new Set([fast]), new Set([slow])]);
    const reason = new Error('enough');
    expect(await rejection(wait([slow], { signal: AbortSignal.abort(reason), timeoutMs: 1_000 }))).toBe(reason);
  }),
  waitRow('test_pending_calls_race', 'many futures that end at the same time are all counted', async (executor) => {
    const futures = range(200).map(() => executor.submit('echo.noop'));
    const { done } = await wait(futures, { timeoutMs: 30_000 });
    expect(done.size).toBe(200);
  }),
];

type Run = (executor: LambdaExecutor) => Promise<void>;

function completedRow(test: string, behaviour: string, run: Run): Row {
  return { subject: 'asCompleted', test, behaviour, run: (ground) => withExecutor(ground, run) };
}

function waitRow(test: string, behaviour: string, run: Run): Row {
  return { subject: 'wait', test, behaviour, run: (ground) => withExecutor(ground, run) };
}

async function withExecutor(ground: Ground, run: Run): Promise<void> {
  const executor = ground.executor({ maxWorkers: 4 });
  try {
    // Environments are there before anything is measured.
    await drain(executor.map('faults.sleep', [20, 20, 20, 20]));
    await run(executor);
  } finally {
    await executor.terminate();
  }
}

function nap(executor: LambdaExecutor, ms: number): Future<unknown> {
  return executor.submit('faults.sleep', { args: [ms] });
}

/** Fails, after a while. */
function bad(executor: LambdaExecutor, ms = 0): Future<unknown> {
  return executor.submit('faults.sleepOrThrow', { args: [-1, ms] });
}

/** All workers are busy; of two that wait, one is cancelled. */
async function cancelledBehind(
  executor: LambdaExecutor,
): Promise<{ readonly pending: Future<unknown>; readonly cancelled: Future<unknown> }> {
  for (let worker = 0; worker < 4; worker += 1) nap(executor, 300);
  const [pending, cancelled] = [nap(executor, 0), nap(executor, 0)];
  expect(cancelled.cancel()).toBe(true);
  return { pending, cancelled };
}

async function expectSorted(
  futures: Futures,
  expected: { readonly done: Futures; readonly returnWhen: 'ALL_COMPLETED' | 'FIRST_COMPLETED' | 'FIRST_EXCEPTION' },
): Promise<void> {
  const { returnWhen } = expected;
  let sorted: Awaited<ReturnType<typeof wait>> | undefined;
  const took = await timeMs(async () => (sorted = await wait(futures, { returnWhen, timeoutMs: 20_000 })));
  expect(took).toBeLessThan(900);
  expect(sorted?.done).toEqual(new Set(expected.done));
  expect(sorted?.notDone).toEqual(new Set(futures.filter((future) => !expected.done.includes(future))));
}
