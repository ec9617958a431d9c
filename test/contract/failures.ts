/** What a task throws, and calls that do not fit it. The environment lives on. */
import { expect } from 'vitest';
import { group } from './place.ts';
import type { Behaviour } from './place.ts';
import { rejection, taskError } from './rejection.ts';

const THROWN = group('failures', {
  'a thrown error keeps name, properties, causes, and a stack in the TypeScript source': async (on) => {
    await using pool = await on.pool();
    const error = await taskError(pool.apply('faults.throwErrorAsync', { args: ['no stock'] }));
    expect(error.code).toBe('TASK_THREW');
    expect(error.task).toBe('faults.throwErrorAsync');
    expect(error.requestId).toMatch(/^[\da-f-]{36}$/);
    const cause = error.cause as Error & { status: number; details: { at: Date } };
    expect(cause.name).toBe('OrderError');
    expect(cause.message).toBe('no stock');
    expect(cause.status).toBe(409);
    expect(cause.details.at).toBeInstanceOf(Date);
    expect(cause.stack).toMatch(/faults\.ts:\d+:\d+/);
    expect(cause.cause).toBeInstanceOf(TypeError);
    expect((cause.cause as Error).cause).toMatchObject({ code: 'ECONNREFUSED' });
  },
  'a helper in another file stands in the stack with its own name': async (on) => {
    await using pool = await on.pool();
    const error = await taskError(pool.apply('faults.nested', { args: [-1] }));
    expect((error.cause as Error).stack).toMatch(/_checks\.ts:\d+/);
    expect((error.cause as Error).stack).toMatch(/faults\.ts:\d+/);
  },
  'a class that the pool was given is the class of the cause': async (on) => {
    class OrderError extends Error {}
    await using pool = await on.pool({ errors: { OrderError } });
    const error = await taskError(pool.apply('faults.throwError'));
    expect(error.cause).toBeInstanceOf(OrderError);
  },
  'what is thrown and is no error is the cause as it is': async (on) => {
    await using pool = await on.pool();
    const thrown = ['text', 0, '', false, null, undefined];
    const settled = await pool.mapSettled('faults.throwValue', thrown, { chunksize: 3 });
    expect(settled.map((each) => (each.status === 'rejected' ? each.reason : each))).toMatchObject(
      thrown.map((cause, index) => ({ code: 'TASK_THREW', index, cause })),
    );
  },
  'an AggregateError keeps its errors': async (on) => {
    await using pool = await on.pool();
    const error = await taskError(pool.apply('faults.aggregate', { args: [['a', 'b']] }));
    expect(error.cause).toBeInstanceOf(AggregateError);
    expect((error.cause as AggregateError).errors.map((each: Error) => each.message)).toEqual(['a', 'b']);
  },
  'a failed call does not lose its chunk, and map throws the first failure in order': async (on) => {
    await using pool = await on.pool();
    const progress: { done: number; failed: number }[] = [];
    const call = pool.map('faults.throwIfOdd', [0, 2, 3, 4, 5, 6], {
      chunksize: 6,
      onProgress: ({ done, failed }) => void progress.push({ done, failed }),
    });
    const error = await taskError(call);
    expect(error.index).toBe(2);
    expect((error.cause as Error).message).toBe('3 is odd');
    expect(progress.at(-1)).toEqual({ done: 4, failed: 2 });
  },
  'a call that throws is run again as often as `retries` says, and knows which attempt it is': async (on) => {
    await using pool = await on.pool({ retries: 2 });
    const error = await taskError(pool.apply('faults.throwError'));
    expect(error.attempt).toBe(3);
    expect(pool.stats()).toMatchObject({ invocations: 3, retried: 2, failed: 1 });
  },
});

const REFUSED = group('failures', {
  'arguments that do not fit are refused in Python’s words': async (on) => {
    await using pool = await on.pool();
    expect(await rejection(pool.apply('math.fibonacci', { kwds: { m: 1 } }))).toMatchObject({
      code: 'ARGUMENTS_INVALID',
      message: expect.stringContaining("fibonacci() got an unexpected keyword argument 'm'"),
    });
    expect(await rejection(pool.apply('math.fibonacci'))).toMatchObject({
      code: 'ARGUMENTS_INVALID',
      message: expect.stringContaining("fibonacci() missing 1 required positional argument: 'n'"),
    });
    expect(await rejection(pool.apply('math.fibonacci', { args: [1], kwds: { n: 2 } }))).toMatchObject({
      code: 'ARGUMENTS_INVALID',
      message: expect.stringContaining("fibonacci() got multiple values for argument 'n'"),
    });
  },
  'a task that does not exist is refused, with the nearest name': async (on) => {
    await using pool = await on.pool();
    expect(await rejection(pool.apply('math.fibonaci'))).toMatchObject({
      code: 'TASK_NOT_FOUND',
      message: expect.stringContaining('math.fibonacci'),
    });
  },
  'prototypes, paths, classes and private modules are no tasks': async (on) => {
    await using pool = await on.pool();
    const names = [
      'math.__proto__',
      '__proto__.x',
      'constructor',
      '../math.fibonacci',
      'faults.OrderError',
      '_checks.checkPositive',
    ];
    const errors = await Promise.all(names.map((name) => rejection(pool.apply(name))));
    expect(errors.map(({ code }, index) => [names[index], code])).toEqual(
      names.map((name) => [name, 'TASK_NOT_FOUND']),
    );
  },
  'a function that does not exist is not found': async (on) => {
    await using pool = await on.pool({}, { isMissing: true });
    expect(await rejection(pool.apply('math.add', { args: [1] }))).toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
  },
});

export const FAILURES: readonly Behaviour[] = [...THROWN, ...REFUSED];
