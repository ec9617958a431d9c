/** The part of the suite that is about what goes wrong in a task, and what is left of the pool then. */
import { describe, expect, test } from 'vitest';
import { TaskError, type LambdaPoolErrorCode } from '../../src/index.ts';
import type { OpenPool } from './place.ts';

export function describeFailures(openPool: OpenPool): void {
  describe('failures', () => {
    const rejection = async (call: Promise<unknown>): Promise<TaskError> => {
      const error = await call.then(
        () => new Error('it succeeded'),
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(TaskError);
      return error as TaskError;
    };

    test('a thrown error keeps name, properties, causes, and a stack in the TypeScript source', async () => {
      await using pool = await openPool();
      const error = await rejection(pool.apply('faults.throwErrorAsync', { args: ['no stock'] }));
      expect(error.code).toBe('TASK_THREW');
      expect(error.task).toBe('faults.throwErrorAsync');
      const cause = error.cause as Error & { status: number; details: { at: Date } };
      expect(cause.name).toBe('OrderError');
      expect(cause.message).toBe('no stock');
      expect(cause.status).toBe(409);
      expect(cause.details.at).toBeInstanceOf(Date);
      expect(cause.stack).toMatch(/faults\.ts:\d+:\d+/);
      expect(cause.cause).toBeInstanceOf(TypeError);
      expect((cause.cause as Error).cause).toMatchObject({ code: 'ECONNREFUSED' });
    });

    test('a helper in another file stands in the stack with its own name', async () => {
      await using pool = await openPool();
      const error = await rejection(pool.apply('faults.nested', { args: [-1] }));
      expect((error.cause as Error).stack).toMatch(/_checks\.ts:\d+/);
      expect((error.cause as Error).stack).toMatch(/faults\.ts:\d+/);
    });

    test.each([['text'], [0], [''], [false], [null], [undefined]])('a thrown %j is a failure', async (value) => {
      await using pool = await openPool();
      const error = await rejection(pool.apply('faults.throwValue', { args: [value] }));
      expect(error.code).toBe('TASK_THREW');
      expect(error.cause).toBe(value);
    });

    test('an AggregateError keeps its errors', async () => {
      await using pool = await openPool();
      const error = await rejection(pool.apply('faults.aggregate', { args: [['a', 'b']] }));
      expect(error.cause).toBeInstanceOf(AggregateError);
      expect((error.cause as AggregateError).errors.map((each: Error) => each.message)).toEqual(['a', 'b']);
    });

    test('a failed call does not lose its chunk, and map throws the first failure in order', async () => {
      await using pool = await openPool();
      const progress: { done: number; failed: number }[] = [];
      const error = await rejection(
        pool.map('faults.throwIfOdd', [0, 2, 3, 4, 5, 6], {
          chunksize: 6,
          onProgress: ({ done, failed }) => void progress.push({ done, failed }),
        }),
      );
      expect(error.index).toBe(2);
      expect((error.cause as Error).message).toBe('3 is odd');
      expect(progress.at(-1)).toEqual({ done: 4, failed: 2 });
    });

    test('arguments that do not fit are refused in Python’s words', async () => {
      await using pool = await openPool();
      await expect(pool.apply('math.fibonacci', { kwds: { m: 1 } })).rejects.toMatchObject({
        code: 'ARGUMENTS_INVALID',
        message: expect.stringContaining("fibonacci() got an unexpected keyword argument 'm'"),
      });
      await expect(pool.apply('math.fibonacci')).rejects.toMatchObject({
        message: expect.stringContaining("fibonacci() missing 1 required positional argument: 'n'"),
      });
      await expect(pool.apply('math.fibonacci', { args: [1], kwds: { n: 2 } })).rejects.toMatchObject({
        message: expect.stringContaining("fibonacci() got multiple values for argument 'n'"),
      });
    });

    test.each([
      'math.fibonaci',
      'math.__proto__',
      '__proto__.x',
      'constructor',
      '../math.fibonacci',
      'faults.OrderError',
      '',
    ])('the task %j does not exist', async (task) => {
      await using pool = await openPool();
      await expect(pool.apply(task)).rejects.toMatchObject({
        code: expect.stringMatching(/^(TASK_NOT_FOUND|OPTION_INVALID)$/),
      });
    });

    test.each<[string, unknown[], LambdaPoolErrorCode]>([
      ['faults.exit', [3], 'TASK_EXITED'],
      ['faults.rejectLater', [], 'TASK_EXITED'],
      ['faults.throwLater', [], 'TASK_EXITED'],
      ['faults.returnsMuch', [7], 'PAYLOAD_TOO_LARGE'],
    ])('%s(%j) ends in %s, and the pool goes on', async (task, args, code) => {
      await using pool = await openPool();
      const error = await rejection(pool.apply(task, { args }));
      expect(error.code).toBe(code);
      expect(await pool.apply('math.add', { args: [1, 2] })).toBe(3);
    });

    test.each(['faults.loop', 'faults.hang'])('%s ends at the timeout, and the pool goes on', async (task) => {
      await using pool = await openPool({ timeoutMs: 1_000 });
      const error = await rejection(pool.apply(task));
      expect(error.code).toBe('TASK_TIMEOUT');
      expect(error.message).toMatch(/1\.00 seconds|1,?000 ms/);
      expect(await pool.apply('math.add', { args: [1, 2] })).toBe(3);
    });

    test('a task that takes more memory than the function has ends in TASK_OUT_OF_MEMORY, and the pool goes on', async () => {
      await using pool = await openPool({ memoryMb: 128 });
      const error = await rejection(pool.apply('faults.allocate', { args: [2_000] }));
      expect(error.code).toBe('TASK_OUT_OF_MEMORY');
      expect(await pool.apply('math.add', { args: [1, 2] })).toBe(3);
    });

    test('a chunk that loses its environment fails with the outcome unknown, and names the remedies', async () => {
      await using pool = await openPool();
      const settled = pool.map('faults.exit', [1, 2, 3], { chunksize: 3 });
      await expect(settled).rejects.toMatchObject({
        code: 'OUTCOME_UNKNOWN',
        message: expect.stringMatching(/idempotent.*chunksize/s),
      });
    });
  });
}
