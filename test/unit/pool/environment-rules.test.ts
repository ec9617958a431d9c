import { expect, test } from 'vitest';
import { retirementLine } from '../../../agent/retirement.ts';
import { range, rejection, setup, squares } from './setup.ts';

test('a pool without rules says nothing of environments', async () => {
  await using s = setup();
  await s.pool.apply('math.square', { args: [2] });
  expect(Object.keys(s.transport.seen[0]?.request ?? {})).not.toEqual(
    expect.arrayContaining(['initializer', 'maxTasksPerEnvironment']),
  );
});

test('every request says what the pool asks of environments, calls that are sent again included', async () => {
  const seen: unknown[] = [];
  const initializer = { 'state.warmup': (value: unknown) => void seen.push(value) };
  const rules = { initializer: 'state.warmup', initargs: [new Set([1])], maxTasksPerEnvironment: 5 };
  await using s = setup({ ...rules, retries: 1 }, initializer);
  await rejection(s.pool.map('fault.ifOdd', [0, 1], { chunksize: 2 }));
  expect(s.transport.seen).toHaveLength(2);
  for (const { request } of s.transport.seen) {
    expect(request).toMatchObject({ initializer: { task: 'state.warmup' }, maxTasksPerEnvironment: 5 });
  }
  expect(seen).toEqual([new Set([1])]);
});

test('a pool whose initializer failed tries it again with the next call', async () => {
  let isBroken = true;
  const warmup = (): void => {
    if (isBroken) throw new RangeError('no model');
  };
  await using s = setup({ initializer: 'state.warmup' }, { 'state.warmup': warmup });
  const error = (await rejection(s.pool.map('math.square', range(4), { chunksize: 2 }))) as Error;
  expect(error).toMatchObject({ code: 'INIT_FAILED', message: expect.stringContaining('state.warmup failed') });
  expect((error.cause as Error).cause).toBeInstanceOf(RangeError);
  isBroken = false;
  expect(await s.pool.map('math.square', range(4))).toEqual(squares(4));
});

test.each([
  [{ initializer: 5 }, 'initializer'],
  [{ initializer: '' }, 'initializer'],
  [{ initializer: 'a.b', initargs: 'x' }, 'initargs'],
  [{ initargs: [1] }, 'initargs'],
  [{ maxTasksPerEnvironment: 1.5 }, 'maxTasksPerEnvironment'],
])('%j is refused', (options, option) => {
  expect(() => setup(options as object)).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', details: { option } }),
  );
});

test('initargs that cannot be sent are refused with their path', () => {
  expect(() => setup({ initializer: 'a.b', initargs: [{ fn: () => 1 }] })).toThrow(
    expect.objectContaining({ code: 'NOT_SERIALIZABLE', message: expect.stringContaining('initargs[0].fn') }),
  );
});

test('what met an environment at its end is sent again at once, as the same attempt, also if it is not idempotent', async () => {
  await using s = setup({ workers: 1, maxTasksPerEnvironment: 100 });
  const died = { errorType: 'Runtime.ExitError', errorMessage: 'Runtime exited without providing a reason' };
  const logTail = `START\n${retirementLine('scripted')}\nEND`;
  s.transport.answerNext({ payload: JSON.stringify(died), functionError: 'Unhandled', logTail });
  expect(await s.pool.map('math.square', range(6), { chunksize: 2 })).toEqual(squares(6));
  // The second went out before the answer to the first was read.
  expect(s.transport.seen.map(({ request }) => request.calls[0])).toEqual([[0], [2], [0], [4]]);
  expect(s.transport.seen[2]?.request.attempts).toBeUndefined();
});

test('the end of another invocation’s environment is not taken for this one’s', async () => {
  await using s = setup();
  s.transport.dieNext('Runtime.ExitError', 'Runtime exited', retirementLine('another'));
  expect(await rejection(s.pool.apply('math.square', { args: [2] }))).toMatchObject({ code: 'TASK_EXITED' });
});
