/** Environments that end in the middle of a call. */
import { expect } from 'vitest';
import type { LambdaPoolErrorCode } from '../../src/index.ts';
import { group } from './place.ts';
import type { Behaviour, FunctionSettings, Ground } from './place.ts';
import { rejection, taskError } from './rejection.ts';

interface Ending {
  readonly task: string;
  readonly args?: readonly unknown[];
  readonly code: LambdaPoolErrorCode;
  readonly settings?: FunctionSettings;
}

/** The call ends with that code, and the pool goes on. */
async function endsIn(on: Ground, { task, args = [], code, settings }: Ending): Promise<void> {
  await using pool = await on.pool({}, settings);
  const error = await taskError(pool.apply(task, { args }));
  expect({ code: error.code, message: error.message }).toMatchObject({ code });
  expect(await pool.apply('math.add', { args: [1, 2] })).toBe(3);
}

const AT_TIMEOUT = { code: 'TASK_TIMEOUT', settings: { timeoutMs: 1_000 } } as const;

export const FAULTS: readonly Behaviour[] = group('environments that end', {
  'process.exit ends in TASK_EXITED, and the pool goes on': (on) =>
    endsIn(on, { task: 'faults.exit', args: [3], code: 'TASK_EXITED' }),
  'an unhandled rejection ends in TASK_EXITED, and the pool goes on': (on) =>
    endsIn(on, { task: 'faults.rejectLater', code: 'TASK_EXITED' }),
  'an uncaught exception ends in TASK_EXITED, and the pool goes on': (on) =>
    endsIn(on, { task: 'faults.throwLater', code: 'TASK_EXITED' }),
  'an answer over 6 MB ends in PAYLOAD_TOO_LARGE, and the pool goes on': (on) =>
    endsIn(on, { task: 'faults.returnsMuch', args: [7], code: 'PAYLOAD_TOO_LARGE' }),
  'an endless loop ends in TASK_TIMEOUT, and the pool goes on': (on) =>
    endsIn(on, { task: 'faults.loop', ...AT_TIMEOUT }),
  'a promise that never settles ends in TASK_TIMEOUT, and the pool goes on': (on) =>
    endsIn(on, { task: 'faults.hang', ...AT_TIMEOUT }),
  'the error of a timeout names the time': async (on) => {
    await using pool = await on.pool({}, { timeoutMs: 1_000 });
    expect((await taskError(pool.apply('faults.hang'))).message).toMatch(/1\.00 seconds|1,?000 ms/);
  },
  'a task that takes more memory than the function has ends in TASK_OUT_OF_MEMORY, and the pool goes on': (on) =>
    endsIn(on, { task: 'faults.allocate', args: [600], code: 'TASK_OUT_OF_MEMORY', settings: { memoryMb: 128 } }),
  'a chunk that loses its environment fails with the outcome unknown, and names the remedies': async (on) => {
    await using pool = await on.pool();
    expect(await rejection(pool.map('faults.exit', [1, 2, 3], { chunksize: 3 }))).toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      message: expect.stringMatching(/idempotent.*chunksize/s),
    });
  },
  'of an idempotent chunk only the call that ended the environment fails': async (on) => {
    await using pool = await on.pool({ idempotent: true });
    const settled = await pool.mapSettled('faults.returnsTrap', ['throw', 'throw', 'exit', 'throw'], { chunksize: 4 });
    expect(settled.map((each) => (each.status === 'rejected' ? each.reason : each))).toMatchObject([
      { code: 'RESULT_NOT_SERIALIZABLE' },
      { code: 'RESULT_NOT_SERIALIZABLE' },
      { code: 'TASK_EXITED' },
      { code: 'RESULT_NOT_SERIALIZABLE' },
    ]);
  },
});
