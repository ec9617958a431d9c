/** A plain event, as `aws lambda invoke` sends it: the bare result, or an ordinary function error. */
import { describe, expect, test } from 'vitest';
import { createHandler, taskContext } from '../../../agent/index.ts';
import { errorOf, fakeContext, handlerOf, manifestOf, params, rejection } from './harness.ts';

const context = fakeContext();

describe('the result is the bare value of the task', () => {
  const handler = handlerOf(
    { add: (a: number, b = 10) => a + b, later: async () => ({ done: true }), nothing: () => undefined },
    { add: params('a', 'b?') },
  );

  test.each([
    { event: { task: 't.add', args: [1, 2] }, result: 3 },
    { event: { task: 't.add', args: [1] }, result: 11 },
    { event: { task: 't.add', kwds: { a: 1, b: 4 } }, result: 5 },
    { event: { task: 't.add', args: [1], kwds: { b: 4 } }, result: 5 },
    { event: { task: 't.later' }, result: { done: true } },
    { event: { task: 't.nothing' }, result: undefined },
  ])('$event gives $result', async ({ event, result }) => {
    expect(await handler(event, context)).toEqual(result);
  });

  test('arguments are plain JSON: what looks encoded is not decoded', async () => {
    const echo = handlerOf({ echo: (value: unknown) => value });
    const value = { $lp: ['d', 0] };
    expect(await echo({ task: 't.echo', args: [value] }, context)).toEqual(value);
  });

  test('values that JSON lacks are left to JSON.stringify', async () => {
    const date = new Date(0);
    expect(await handlerOf({ f: () => date })({ task: 't.f' }, context)).toBe(date);
  });
});

describe('a failure is the own error of the task', () => {
  test.each([new RangeError('too much'), undefined, 'text', 0])('%o is thrown on as the very value', async (value) => {
    const handler = handlerOf({
      sync: () => {
        throw value;
      },
      later: () => Promise.reject(value),
    });
    expect(await rejection(handler({ task: 't.sync' }, context))).toBe(value);
    expect(await rejection(handler({ task: 't.later' }, context))).toBe(value);
  });

  test('arguments that do not fit are a TypeError', async () => {
    const handler = handlerOf({ f: (n: number) => n }, { f: params('n') });
    const error = await errorOf(handler({ task: 't.f', kwds: { m: 1 } }, context));
    expect(error).toEqual(new TypeError("f() got an unexpected keyword argument 'm'"));
    expect(error.stack).toBe("TypeError: f() got an unexpected keyword argument 'm'");
  });

  test('the trace ends with the function of the task', async () => {
    const handler = handlerOf({
      f: () => {
        throw new Error('failed');
      },
    });
    const { stack } = await errorOf(handler({ task: 't.f' }, context));
    expect(stack).toMatch(/^Error: failed\n {4}at .*plain\.test\.ts:\d+:\d+\)?$/);
  });

  test('an unknown task is TaskNotFound and names near ones', async () => {
    const error = await errorOf(handlerOf({ fibonacci: () => 1 })({ task: 't.fibonaci' }, context));
    expect(error.name).toBe('TaskNotFound');
    expect(error.stack).toMatch(/^TaskNotFound: There is no task "t.fibonaci" .*Did you mean t.fibonacci\?/);
  });

  test('a module that does not load is what was thrown', async () => {
    const broken = new Error('no database');
    const handler = createHandler({
      manifest: manifestOf({ 'm.f': null }),
      modules: { m: () => Promise.reject(broken) },
    });
    expect(await rejection(handler({ task: 'm.f' }, context))).toBe(broken);
  });

  test.each([null, [], 'math.fibonacci', {}, { task: 1 }, { task: 't.f', args: 1 }])(
    '%o is EventInvalid',
    async (event) => {
      expect((await errorOf(handlerOf({ f: () => 1 })(event, context))).name).toBe('EventInvalid');
    },
  );
});

test('the task has a context, without a position', async () => {
  const handler = handlerOf({ f: () => ({ ...taskContext(), signal: undefined, remainingMs: undefined }) });
  expect(await handler({ task: 't.f' }, fakeContext(1000, 'r-9'))).toEqual({
    requestId: 'r-9',
    task: 't.f',
    attempt: 1,
  });
});
