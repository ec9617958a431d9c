/** Rows of `concurrent.futures.Executor`: its end. */
import { expect } from 'vitest';
import { runsToItsEnd } from './program.ts';
import type { Row } from './row.ts';
import { drain, range, rejection, squares, timeMs } from './tools.ts';

const closed = expect.objectContaining({ code: 'POOL_CLOSED', message: expect.stringContaining('shut down') });

export const EXECUTOR_END: readonly Row[] = [
  {
    subject: 'Executor',
    test: 'test_terminate_workers',
    behaviour: 'terminate() drops what runs and what waits at once, and no call is taken after it',
    async run(ground) {
      const executor = ground.executor({ maxWorkers: 1 });
      const futures = range(3).map(() => executor.submit('faults.sleep', { args: [2_000] }));
      expect(await timeMs(() => executor.terminate())).toBeLessThan(1_000);
      for (const future of futures) expect(await future.exception()).toMatchObject({ code: 'POOL_TERMINATED' });
      expect(() => executor.submit('echo.noop')).toThrow(closed);
    },
  },
  {
    subject: 'Executor',
    test: 'test_kill_workers',
    behaviour: 'terminate() may be called again, during shutdown() and after it',
    async run(ground) {
      const executor = ground.executor({ maxWorkers: 1 });
      const future = executor.submit('faults.sleep', { args: [2_000] });
      const ended = executor.shutdown();
      await executor.terminate();
      await executor.terminate();
      await ended;
      expect(future.state).toBe('failed');
    },
  },
  {
    subject: 'Executor',
    test: 'test_force_shutdown_workers',
    behaviour: 'terminate() of an executor that never ran anything is no error',
    async run(ground) {
      await expect(ground.executor().terminate()).resolves.toBeUndefined();
    },
  },
  {
    subject: 'Executor',
    test: 'test_run_after_shutdown',
    behaviour: 'no call is taken after shutdown()',
    async run(ground) {
      const executor = ground.executor();
      await executor.shutdown();
      expect(() => executor.submit('math.add', { args: [1, 2] })).toThrow(closed);
      expect(() => executor.map('math.add', [1])).toThrow(closed);
      await executor.shutdown();
    },
  },
  {
    subject: 'Executor',
    test: 'test_hang_issue12364',
    behaviour: '50 calls that were submitted before shutdown() all finish',
    async run(ground) {
      const executor = ground.executor();
      const futures = range(50).map(() => executor.submit('faults.sleep', { args: [10] }));
      await executor.shutdown();
      expect(futures.every(({ state }) => state === 'returned')).toBe(true);
    },
  },
  {
    subject: 'Executor',
    test: 'test_cancel_futures',
    behaviour: 'shutdown({ cancelFutures: true }) cancels what has not started; the others finish without an error',
    async run(ground) {
      const executor = ground.executor();
      const futures = range(50).map(() => executor.submit('faults.sleep', { args: [50] }));
      const results = executor.map('faults.sleep', [1, 2]);
      await executor.shutdown({ cancelFutures: true });
      const cancelled = futures.filter((future) => future.cancelled());
      expect(cancelled.length).toBeGreaterThan(20);
      expect(futures.filter(({ state }) => state === 'returned')).toHaveLength(50 - cancelled.length);
      expect(await rejection(cancelled[0]!)).toMatchObject({ code: 'CANCELLED' });
      expect((await drain(results)).error).toMatchObject({ code: 'CANCELLED' });
    },
  },
  {
    subject: 'Executor',
    test: 'test_hang_gh83386',
    behaviour: 'shutdown({ wait: false }) while calls run: a program ends by itself, after its results',
    run: (ground) => runsToItsEnd(ground, 'no-wait'),
  },
  {
    subject: 'Executor',
    test: 'test_hang_gh94440',
    behaviour: 'shutdown() after calls whose arguments cannot be sent does not hang',
    async run(ground) {
      const executor = ground.executor();
      const futures = range(20).map(() => executor.submit('echo.echo', { args: [() => 1] }));
      await executor.shutdown();
      for (const future of futures) expect(await future.exception()).toMatchObject({ code: 'NOT_SERIALIZABLE' });
    },
  },
  {
    subject: 'Executor',
    test: 'test_shutdown_gh_132969_case_1',
    behaviour: 'shutdown({ wait: false }) while a call kills its environment does not hang',
    async run(ground) {
      const executor = ground.executor({ maxWorkers: 1 });
      const dying = executor.submit('faults.exit', { args: [1] });
      const next = executor.submit('math.add', { args: [1, 2] });
      await executor.shutdown({ wait: false });
      expect(await dying.exception()).toMatchObject({ code: 'TASK_EXITED' });
      expect(await next).toBe(3);
    },
  },
  {
    subject: 'Executor',
    test: 'test_shutdown_gh_132969_case_2',
    behaviour: 'the same with cancelFutures: what runs fails with its reason, what waits is cancelled',
    async run(ground) {
      const executor = ground.executor({ maxWorkers: 1 });
      const dying = executor.submit('faults.exit', { args: [1] });
      const next = executor.submit('math.add', { args: [1, 2] });
      await executor.shutdown({ wait: false, cancelFutures: true });
      expect(next.cancelled()).toBe(true);
      expect(await dying.exception()).toMatchObject({ code: 'TASK_EXITED' });
    },
  },
  {
    subject: 'Executor',
    test: 'test_del_shutdown',
    behaviour: 'an executor that is dropped finishes what it has, and its program ends',
    run: (ground) => runsToItsEnd(ground, 'dropped'),
  },
  {
    subject: 'Executor',
    test: 'test_shutdown_no_wait',
    behaviour: 'shutdown({ wait: false }) returns before the calls have ended, and loses no result',
    async run(ground) {
      const executor = ground.executor();
      const results = executor.map('faults.sleep', [200, 201, 202]);
      expect(await timeMs(() => executor.shutdown({ wait: false }))).toBeLessThan(150);
      expect((await drain(results)).values).toEqual([200, 201, 202]);
    },
  },
  {
    subject: 'Executor',
    test: 'test_cancel_futures_wait_false',
    behaviour: 'shutdown({ wait: false, cancelFutures: true }): what runs gives its result, and the program ends',
    run: (ground) => runsToItsEnd(ground, 'cancelled'),
  },
  {
    subject: 'Executor',
    test: 'test_context_manager_shutdown',
    behaviour: 'leaving the block waits for all calls (a pool terminates them)',
    async run(ground) {
      const { future, results } = await (async () => {
        await using executor = ground.executor();
        return {
          future: executor.submit('faults.sleep', { args: [100] }),
          results: executor.map('math.square', range(3)),
        };
      })();
      expect(future.state).toBe('returned');
      expect((await drain(results)).values).toEqual(squares(3));
    },
  },
];
