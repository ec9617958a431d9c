/** Rows of Python's test_deadlock: whatever goes wrong, at whatever stage, ends in an error and never in a hang. */
import { expect } from 'vitest';
import type { Ground, Row } from './row.ts';
import { drain, rejection } from './tools.ts';

const trap = {
  get trap(): never {
    throw new RangeError('trapped');
  },
};

export const EXECUTOR_FAULTS: readonly Row[] = [
  row('test_error_at_task_pickle', 'an argument that throws while it is written fails its call', (ground) =>
    fails(ground, { task: 'echo.echo', args: [trap], code: 'NOT_SERIALIZABLE' }),
  ),
  row('test_error_at_task_unpickle', 'arguments that do not fit the task fail the call before it runs', (ground) =>
    fails(ground, { task: 'math.fibonacci', args: [], code: 'ARGUMENTS_INVALID' }),
  ),
  {
    subject: 'Executor',
    test: 'test_exit_at_task_unpickle, test_crash_at_task_unpickle',
    behaviour: 'reading arguments ends the worker',
    reason: 'Arguments are data: reading them runs no code of the sender, so it can neither exit nor crash.',
  },
  row('test_error_during_func_exec', 'a task that throws fails its call', (ground) =>
    fails(ground, { task: 'faults.throwError', args: [], code: 'TASK_THREW' }),
  ),
  row('test_exit_during_func_exec', 'a task that exits fails its call', (ground) =>
    fails(ground, { task: 'faults.exit', args: [0], code: 'TASK_EXITED' }),
  ),
  row('test_crash_during_func_exec', 'a task that crashes its environment from a timer fails its call', (ground) =>
    fails(ground, { task: 'faults.throwLater', args: [], code: 'TASK_EXITED' }),
  ),
  row(
    'test_error_during_result_pickle_on_worker',
    'a result that throws while it is written fails its call',
    (ground) => fails(ground, { task: 'faults.returnsTrap', args: ['throw'], code: 'RESULT_NOT_SERIALIZABLE' }),
  ),
  row('test_exit_during_result_pickle_on_worker', 'a result that exits while it is written fails its call', (ground) =>
    fails(ground, { task: 'faults.returnsTrap', args: ['exit'], code: /TASK_EXITED|RESULT_NOT_SERIALIZABLE/ }),
  ),
  row('test_crash_during_result_pickle_on_worker', 'a result too large for an answer fails its call', (ground) =>
    fails(ground, { task: 'faults.returnsMuch', args: [7], code: 'PAYLOAD_TOO_LARGE' }),
  ),
  {
    subject: 'Executor',
    test: 'test_error_during_result_unpickle_in_result_handler, test_exit_during_result_unpickle_in_result_handler',
    behaviour: 'reading a result fails, or ends, the client',
    reason:
      'Results are data: reading them runs no code of the function. An answer that is not ours fails its call; see test/unit/pool.',
  },
  row('test_shutdown_deadlock', 'shutdown() while an environment dies does not hang', async (ground) => {
    const executor = ground.executor({ maxWorkers: 2 });
    const future = executor.submit('faults.exit', { args: [1] });
    const results = executor.map('math.square', [1, 2]);
    await executor.shutdown();
    expect(future.state).toBe('failed');
    expect((await drain(results)).values).toEqual([1, 4]);
  }),
  row(
    'test_shutdown_deadlock_pickle',
    'shutdown() right after a call that cannot be sent does not hang',
    async (ground) => {
      const executor = ground.executor();
      const future = executor.submit('echo.echo', { args: [trap] });
      await executor.shutdown({ wait: false });
      expect(await rejection(future)).toMatchObject({ code: 'NOT_SERIALIZABLE' });
    },
  ),
  row(
    'test_crash_big_data',
    'a chunk of much data that kills its environment fails, and does not hang',
    async (ground) => {
      await using executor = ground.executor();
      const data = 'x'.repeat(1_000_000);
      const results = executor.map('faults.exitWith', [data, data, data, data], { chunksize: 4 });
      expect((await drain(results)).error).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
      expect(await executor.submit('math.add', { args: [1, 2] })).toBe(3);
    },
  ),
];

function row(test: string, behaviour: string, run: (ground: Ground) => Promise<void>): Row {
  return { subject: 'Executor', test, behaviour, run };
}

/** The call fails so, its neighbour does not, and the executor goes on. */
async function fails(
  ground: Ground,
  expected: { readonly task: string; readonly args: readonly unknown[]; readonly code: string | RegExp },
): Promise<void> {
  await using executor = ground.executor({ maxWorkers: 2 });
  const { task, args, code } = expected;
  const future = executor.submit(task, { args });
  const neighbour = executor.submit('math.add', { args: [1, 2] });
  expect(await future.exception()).toMatchObject({
    code: typeof code === 'string' ? code : expect.stringMatching(code),
  });
  expect(await neighbour).toBe(3);
  expect(await executor.submit('math.add', { args: [3, 4] })).toBe(7);
}
