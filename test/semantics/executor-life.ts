/** Rows of `concurrent.futures.Executor`: submit and its workers. */
import { expect } from 'vitest';
import { TaskError } from '../../src/index.ts';
import type { Environment } from '../../fixtures/tasks/state.ts';
import type { Row } from './row.ts';
import { collected, drain, range, rejection, squares } from './tools.ts';

export const EXECUTOR_LIFE: readonly Row[] = [
  {
    subject: 'Executor',
    test: 'test_submit',
    behaviour: 'a future gives the result',
    async run(ground) {
      await using executor = ground.executor();
      expect(await executor.submit('math.power', { args: [2, 8] }).result()).toBe(256);
    },
  },
  {
    subject: 'Executor',
    test: 'test_submit_keyword',
    behaviour: 'arguments by name may be called self, fn and args; without a task nothing is submitted',
    async run(ground) {
      await using executor = ground.executor();
      const future = executor.submit('echo.named', { args: [1], kwds: { fn: 2, args: 3 } });
      expect(await future).toEqual([1, 2, 3]);
      expect(await executor.submit('echo.named', { kwds: { self: 1, fn: 2 } })).toEqual([1, 2, null]);
      // @ts-expect-error -- what JavaScript lets happen
      expect(() => executor.submit()).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
    },
  },
  {
    subject: 'Executor',
    test: 'test_no_stale_references',
    behaviour: 'arguments and results are not held once a call has ended',
    async run(ground) {
      await using executor = ground.executor();
      const roundTrip = async (): Promise<WeakRef<object>[]> => {
        const item = { n: 1 };
        const result = await executor.submit<object>('echo.echo', { args: [item] });
        return [new WeakRef(item), new WeakRef(result)];
      };
      for (const ref of await roundTrip()) await collected(ref);
    },
  },
  {
    subject: 'Executor',
    test: 'test_free_reference',
    behaviour: 'a map does not hold results that it has given out',
    async run(ground) {
      await using executor = ground.executor();
      const results = executor.map<object>('echo.echo', [{ n: 1 }, { n: 2 }]);
      const first = async (): Promise<WeakRef<object>> => {
        const { value } = await results.next();
        return new WeakRef(value!);
      };
      await collected(await first());
      expect(await results.next()).toMatchObject({ done: false });
    },
  },
  {
    subject: 'Executor',
    test: 'test_max_workers_negative',
    behaviour: 'maxWorkers: 0 and -1 are refused',
    run(ground) {
      for (const maxWorkers of [0, -1]) {
        expect(() => ground.executor({ maxWorkers })).toThrow(
          expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining('`maxWorkers`') }),
        );
      }
    },
  },
  {
    subject: 'Executor',
    test: 'test_swallows_falsey_exceptions',
    behaviour:
      'whatever a task throws is a failure: undefined, null, 0, false, an empty string, an error without a message',
    async run(ground) {
      await using executor = ground.executor();
      for (const value of [undefined, null, 0, false, '']) {
        const error = await rejection(executor.submit('faults.throwValue', { args: [value] }));
        expect(error).toMatchObject({ code: 'TASK_THREW' });
        expect(error.cause).toBe(value);
      }
      const silent = await rejection(executor.submit('faults.throwValue', { args: [new TypeError()] }));
      expect(silent.cause).toBeInstanceOf(TypeError);
    },
  },
  {
    subject: 'Executor',
    test: 'test_default_workers',
    behaviour: 'no more calls run at once than there are workers',
    async run(ground) {
      await using executor = ground.executor({ maxWorkers: 2 });
      const futures = range(6).map(() => executor.submit('faults.sleep', { args: [50] }));
      expect(futures.filter((future) => future.running())).toHaveLength(2);
      expect(futures.at(-1)?.state).toBe('pending');
      await Promise.all(futures);
    },
  },
  {
    subject: 'Executor',
    test: 'test_saturation',
    behaviour: 'many times more calls than workers all end',
    async run(ground) {
      await using executor = ground.executor();
      const futures = range(100).map((n) => executor.submit<number>('math.square', { args: [n] }));
      expect(await Promise.all(futures)).toEqual(squares(100));
    },
  },
  {
    subject: 'Executor',
    test: 'test_idle_process_reuse_one',
    behaviour: 'calls one after another run in one and the same environment',
    async run(ground) {
      await using executor = ground.executor();
      const ids = new Set<string>();
      for (let time = 0; time < 5; time += 1) {
        ids.add((await executor.submit<Environment>('state.environment')).id);
      }
      expect(ids.size).toBe(1);
    },
  },
  {
    subject: 'Executor',
    test: 'test_idle_process_reuse_multiple',
    behaviour: 'a second wave of calls runs in the environments of the first',
    async run(ground) {
      await using executor = ground.executor({ maxWorkers: 2 });
      const wave = async (): Promise<string[]> => {
        const ran = executor.map<Environment>('state.environmentAfter', [100, 100]);
        return (await drain(ran)).values.map(({ id }) => id);
      };
      const first = await wave();
      expect(new Set(await wave())).toEqual(new Set(first));
    },
  },
  {
    subject: 'Executor',
    test: 'test_killed_child',
    behaviour:
      'an environment that dies fails its own calls, each with an error of its own; the executor goes on (Python’s breaks)',
    async run(ground) {
      await using executor = ground.executor();
      const futures = range(2).map(() => executor.submit('faults.exit', { args: [1] }));
      const errors = await Promise.all(futures.map((future) => future.exception()));
      expect(errors).toEqual(range(2).map(() => expect.objectContaining({ code: 'TASK_EXITED' })));
      expect(errors[0]).not.toBe(errors[1]);
      expect(await executor.submit('math.add', { args: [1, 2] })).toBe(3);
    },
  },
  {
    subject: 'Executor',
    test: 'test_broken_process_pool_traceback',
    behaviour: 'the error of a dead environment names the task, and has the end of its log',
    async run(ground) {
      await using executor = ground.executor();
      const error = await executor.submit('faults.exit', { args: [3] }).exception();
      expect(error).toBeInstanceOf(TaskError);
      expect(error).toMatchObject({ task: 'faults.exit', logTail: expect.stringContaining('REPORT RequestId') });
    },
  },
  {
    subject: 'Executor',
    test: 'test_traceback_when_child_process_terminates_abruptly',
    behaviour: 'the message says with which exit status the environment ended',
    async run(ground) {
      await using executor = ground.executor();
      const error = await rejection(executor.submit('faults.exit', { args: [99] }));
      expect(error.message).toContain('exit status 99');
    },
  },
  {
    subject: 'Executor',
    test: 'test_traceback',
    behaviour: 'an error has the stack of the remote source',
    async run(ground) {
      await using executor = ground.executor();
      const error = await rejection(executor.submit('faults.nested', { args: [-1] }));
      expect((error.cause as Error).stack).toMatch(/_checks\.ts:\d+:\d+[\s\S]*faults\.ts:\d+:\d+/);
    },
  },
  {
    subject: 'Executor',
    test: 'test_max_tasks_per_child',
    behaviour: 'with maxTasksPerEnvironment the next call after the last one has a new environment',
    async run(ground) {
      await using executor = ground.executor({ maxWorkers: 1, maxTasksPerEnvironment: 3 });
      const ids: string[] = [];
      for (let time = 0; time < 9; time += 1) {
        ids.push((await executor.submit<Environment>('state.environment')).id);
      }
      const runs = [...Map.groupBy(ids, (id) => id).values()].map(({ length }) => length);
      expect(Math.max(...runs)).toBeLessThanOrEqual(3);
      expect(runs.length).toBeGreaterThanOrEqual(3);
    },
  },
  {
    subject: 'Executor',
    test: 'test_max_tasks_early_shutdown',
    behaviour: 'shutdown() with maxTasksPerEnvironment and a backlog still finishes all calls',
    async run(ground) {
      const executor = ground.executor({ maxWorkers: 3, maxTasksPerEnvironment: 1 });
      const futures = range(6).map((n) => executor.submit<number>('math.square', { args: [n] }));
      await executor.shutdown();
      expect(await Promise.all(futures)).toEqual(squares(6));
    },
  },
  {
    subject: 'Executor',
    test: 'test_max_tasks_per_child_pending_tasks_gh115634',
    behaviour: 'calls that wait while environments are replaced are not forgotten',
    async run(ground) {
      await using executor = ground.executor({ maxWorkers: 1, maxTasksPerEnvironment: 2 });
      const futures = range(7).map((n) => executor.submit<number>('math.square', { args: [n] }));
      expect(await Promise.all(futures)).toEqual(squares(7));
    },
  },
  {
    subject: 'Executor',
    test: 'test_max_tasks_per_child_defaults_to_spawn_context',
    behaviour: 'a start method that does not fit maxTasksPerEnvironment',
    reason: 'There are no start methods: every environment is started anew from the deployed code.',
  },
  {
    subject: 'Executor',
    test: 'test_stranded_work_gh119592, test_stranded_work_gh152967',
    behaviour:
      'while environments die and are replaced, every call is run or fails with a reason, and none is left waiting',
    async run(ground) {
      const executor = ground.executor({ maxTasksPerEnvironment: 2 });
      const futures = range(12).map((n) =>
        n % 3 === 0 ? executor.submit('faults.exit', { args: [1] }) : executor.submit('math.square', { args: [n] }),
      );
      await executor.shutdown();
      expect(futures.map(({ state }) => state)).toEqual(range(12).map((n) => (n % 3 === 0 ? 'failed' : 'returned')));
    },
  },
  {
    subject: 'Executor',
    test: 'InitializerMixin.test_initializer',
    behaviour: 'the initializer runs once in each environment, before its first call, with its arguments',
    async run(ground) {
      const initargs = [{ model: Math.random() }];
      await using executor = ground.executor({ maxWorkers: 2, initializer: 'state.warmup', initargs });
      const seen = await Promise.all(range(10).map(() => executor.submit<{ model: number }[]>('state.warmups')));
      for (const warmups of seen) {
        expect(warmups.filter(({ model }) => model === initargs[0]?.model)).toHaveLength(1);
      }
    },
  },
  {
    subject: 'Executor',
    test: 'FailingInitializerMixin.test_initializer',
    behaviour: 'if the initializer fails, calls fail with its error and none runs; the executor takes no more',
    async run(ground) {
      await using executor = ground.executor({ initializer: 'faults.throwError', initargs: ['no model'] });
      const error = await rejection(executor.submit('math.add', { args: [1, 2] }));
      expect(error).toMatchObject({ code: 'INIT_FAILED', message: expect.stringContaining('no model') });
      expect((error.cause as Error).cause).toMatchObject({ name: 'OrderError' });
      expect(() => executor.submit('math.add', { args: [1, 2] })).toThrow(
        expect.objectContaining({ code: 'INIT_FAILED', message: expect.stringContaining('broken') }),
      );
    },
  },
];
