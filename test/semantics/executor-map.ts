/** Rows of `concurrent.futures.Executor.map`. */
import { expect } from 'vitest';
import type { Row } from './row.ts';
import { Counter, ask, drain, range, rejection, squares } from './tools.ts';

export const EXECUTOR_MAP: readonly Row[] = [
  {
    subject: 'Executor',
    test: 'test_map',
    behaviour: 'several iterables are taken side by side, until the shortest ends; a chunksize changes nothing',
    async run(ground) {
      await using executor = ground.executor();
      for (const chunksize of [1, 3]) {
        const powers = executor.map('math.power', range(10), [2, 2, 2, 2, 2], { chunksize });
        expect((await drain(powers)).values).toEqual([0, 1, 4, 9, 16]);
      }
      expect((await drain(executor.map('math.square', range(10)))).values).toEqual(squares(10));
    },
  },
  {
    subject: 'Executor',
    test: 'test_map_exception',
    behaviour:
      'the error of a call comes in its place, also inside a chunk; then the iteration goes on, and ends again and again',
    async run(ground) {
      await using executor = ground.executor();
      for (const chunksize of [1, 2, 5]) {
        const results = executor.map('faults.throwIfOdd', range(5), { chunksize });
        const failed = (n: number): string => `error: faults.throwIfOdd failed: RangeError: ${n} is odd`;
        expect(await ask(results)).toEqual([0, failed(1), 2, failed(3), 4]);
        expect(await results.next()).toEqual({ done: true, value: undefined });
      }
    },
  },
  {
    subject: 'Executor',
    test: 'test_map_timeout_from_callable',
    behaviour: 'a timeout error that a task throws is an error of that call, not the timeout of the map',
    async run(ground) {
      await using executor = ground.executor();
      const thrown = new DOMException('of the task', 'TimeoutError');
      const results = executor.map(
        'faults.throwValue',
        [Object.assign(new Error(thrown.message), { name: thrown.name })],
        {
          timeoutMs: 20_000,
        },
      );
      expect(await rejection(results.next())).toMatchObject({ code: 'TASK_THREW', cause: { name: 'TimeoutError' } });
      expect(await results.next()).toEqual({ done: true, value: undefined });
    },
  },
  {
    subject: 'Executor',
    test: 'test_map_timeout',
    behaviour: 'after timeoutMs the map rejects with WAIT_TIMEOUT, the rest is cancelled, and the iterator has ended',
    async run(ground) {
      await using executor = ground.executor();
      await executor.submit('echo.noop');
      const results = executor.map('faults.sleep', [0, 0, 1_000], { timeoutMs: 500 });
      const { values, error } = await drain(results);
      expect(values).toEqual([0, 0]);
      expect(error).toMatchObject({ code: 'WAIT_TIMEOUT' });
      expect(await results.next()).toEqual({ done: true, value: undefined });
    },
  },
  {
    subject: 'Executor',
    test: 'test_executor_map_current_future_cancel',
    behaviour: 'calls that wait when the map times out never start',
    async run(ground) {
      await using executor = ground.executor({ maxWorkers: 1 });
      const running = executor.submit('faults.sleep', { args: [300] });
      const token = Math.random();
      const results = executor.map('state.warmup', [token, token], { timeoutMs: 50 });
      expect(await rejection(results.next())).toMatchObject({ code: 'WAIT_TIMEOUT' });
      await running;
      expect(await executor.submit('state.warmups')).not.toContain(token);
    },
  },
  {
    subject: 'Executor',
    test: 'test_map_close',
    behaviour: 'leaving the iterator early ends it, closes the source, and cancels what has not started',
    async run(ground) {
      await using executor = ground.executor();
      const source = new Counter();
      const results = executor.map('math.square', source, { buffersize: 4 });
      expect(await results.next()).toEqual({ done: false, value: 0 });
      expect(await results.return()).toEqual({ done: true, value: undefined });
      expect(source.closed).toBe(1);
      expect(await results.next()).toEqual({ done: true, value: undefined });
    },
  },
  {
    subject: 'Executor',
    test: 'test_map_buffersize_type_validation',
    behaviour: 'buffersize: "foo" and 2.5 are refused',
    async run(ground) {
      await using executor = ground.executor();
      for (const buffersize of ['foo', 2.5])
        refusesBuffersize(() => executor.map('math.square', [1], { buffersize: buffersize as number }));
    },
  },
  {
    subject: 'Executor',
    test: 'test_map_buffersize_value_validation',
    behaviour: 'buffersize: 0 and -1 are refused',
    async run(ground) {
      await using executor = ground.executor();
      for (const buffersize of [0, -1]) refusesBuffersize(() => executor.map('math.square', [1], { buffersize }));
    },
  },
  {
    subject: 'Executor',
    test: 'test_map_buffersize',
    behaviour: 'whatever the buffersize, all results come in order',
    async run(ground) {
      await using executor = ground.executor();
      for (const buffersize of [1, 2, 4, 8]) {
        expect((await drain(executor.map('math.square', range(4), { buffersize }))).values).toEqual(squares(4));
      }
    },
  },
  {
    subject: 'Executor',
    test: 'test_map_buffersize_on_multiple_iterables',
    behaviour: 'the same with several iterables',
    async run(ground) {
      await using executor = ground.executor();
      const sums = executor.map('math.add', range(4), [10, 20, 30, 40], { buffersize: 2 });
      expect((await drain(sums)).values).toEqual([10, 21, 32, 43]);
    },
  },
  {
    subject: 'Executor',
    test: 'test_map_buffersize_on_infinite_iterable',
    behaviour: 'an endless iterable works, and what is taken stays within the buffer',
    async run(ground) {
      await using executor = ground.executor();
      const source = new Counter();
      const results = executor.map('math.square', source, { buffersize: 2 });
      for (const value of squares(5)) expect(await results.next()).toEqual({ done: false, value });
      expect(source.taken).toBeLessThanOrEqual(7);
      await results.return();
    },
  },
  {
    subject: 'Executor',
    test: 'test_map_buffersize_on_multiple_infinite_iterables',
    behaviour: 'several endless iterables work, and all are closed',
    async run(ground) {
      await using executor = ground.executor();
      const sources = [new Counter(), new Counter()];
      const results = executor.map('math.add', ...sources, { buffersize: 2 });
      for (const value of [0, 2, 4]) expect(await results.next()).toEqual({ done: false, value });
      await results.return();
      expect(sources.map(({ closed }) => closed)).toEqual([1, 1]);
    },
  },
  {
    subject: 'Executor',
    test: 'test_map_buffersize_on_empty_iterable',
    behaviour: 'an empty iterable gives nothing',
    async run(ground) {
      await using executor = ground.executor();
      expect((await drain(executor.map('math.square', [], { buffersize: 8 }))).values).toEqual([]);
    },
  },
  {
    subject: 'Executor',
    test: 'test_map_buffersize_without_iterable',
    behaviour: 'no iterable at all gives nothing',
    async run(ground) {
      await using executor = ground.executor();
      expect((await drain(executor.map('math.square', { buffersize: 8 }))).values).toEqual([]);
      expect((await drain(executor.map('math.square'))).values).toEqual([]);
    },
  },
  {
    subject: 'Executor',
    test: 'test_map_buffersize_when_buffer_is_full',
    behaviour: 'before the first result is asked for, exactly `buffersize` items are taken',
    async run(ground) {
      await using executor = ground.executor();
      const source = new Counter();
      await using results = executor.map('math.square', source, { buffersize: 4 });
      await executor.submit('echo.noop');
      expect(source.taken).toBe(4);
      expect(await results.next()).toEqual({ done: false, value: 0 });
    },
  },
  {
    subject: 'Executor',
    test: 'test_map_submits_without_iteration',
    behaviour: 'a map runs though nobody asks for its results (a pool’s imap is lazy)',
    async run(ground) {
      const executor = ground.executor({ maxWorkers: 1 });
      const token = Math.random();
      executor.map('state.warmup', [token, token, token]);
      const after = executor.submit<unknown[]>('state.warmups');
      await executor.shutdown();
      expect((await after).filter((each) => each === token)).toHaveLength(3);
    },
  },
  {
    subject: 'Executor',
    test: 'test_map_chunksize',
    behaviour: '6, 40 and 50 at once of 40 items give the same; -1 is refused',
    async run(ground) {
      await using executor = ground.executor();
      for (const chunksize of [6, 40, 50]) {
        expect((await drain(executor.map('math.square', range(40), { chunksize }))).values).toEqual(squares(40));
      }
      expect(() => executor.map('math.square', range(40), { chunksize: -1 })).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining('`chunksize`') }),
      );
    },
  },
  {
    subject: 'Executor',
    test: 'test_shutdown_race_issue12456',
    behaviour: 'a map and shutdown() right after it do not hang; its results can be read later',
    async run(ground) {
      const executor = ground.executor();
      const results = executor.map('math.square', range(10));
      await executor.shutdown();
      expect((await drain(results)).values).toEqual(squares(10));
    },
  },
];

function refusesBuffersize(map: () => unknown): void {
  expect(map).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining('`buffersize`') }),
  );
}
