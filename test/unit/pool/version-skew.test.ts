/** A pool that was given its modules, and functions that hold other tasks. */
import { describe, expect, test } from 'vitest';
import { manifestOf } from '../../support/fake-transport.ts';
import { settle } from './fake-clock.ts';
import { drain, range, rejection, squares } from './setup.ts';
import { TASKS, TYPED, setup, square } from './skew.ts';

describe('a pool that was given its modules', () => {
  test('asks once, before the first call, for all that wait', async () => {
    await using s = setup({ workers: 4 }, TYPED);
    s.transport.hold();
    const maps = [s.pool.map('math.square', range(20), { chunksize: 1 }), s.pool.map('math.square', range(20))];
    const sum = s.pool.apply('math.add', { args: [1, 2] });
    await settle();
    expect(s.transport.asked).toHaveLength(1);
    expect(s.transport.seen).toHaveLength(0);
    s.transport.release();
    expect(await Promise.all(maps)).toEqual([squares(20), squares(20)]);
    expect(await sum).toBe(3);
    await s.pool.map('math.square', range(20), { chunksize: 1 });
    expect(s.transport.asked).toHaveLength(1);
  });

  test('sends chunks in their order once it knows', async () => {
    await using s = setup({ workers: 3 }, TYPED);
    await s.pool.map('math.square', range(9), { chunksize: 1 });
    expect(s.transport.seen.map(({ request }) => request.calls.flat(2)[0])).toEqual(range(9));
  });

  test('asks nothing before it is called', async () => {
    await using s = setup({}, TYPED);
    await settle();
    expect(s.transport.asked).toEqual([]);
  });

  test('refuses a function that lacks one, and says which and what mends it', async () => {
    await using s = setup({}, { ...TYPED, deployment: { functionName: 'math-helpers' } }, { 'math.square': square });
    const error = await rejection(s.pool.apply('math.square', { args: [2] }));
    expect(error).toMatchObject({ code: 'TASKS_DIFFER', details: { missing: ['math.add'], parameters: [], code: [] } });
    expect((error as Error).message).toContain('`math.add` is missing there.');
    expect((error as Error).message).toContain('`lambdapool update math-helpers ./tasks`');
    expect((error as Error).message).toContain('The call was not sent.');
    expect(s.transport.seen).toEqual([]);
  });

  test('fails all calls of a job with the first answer, and asks again for the next job', async () => {
    await using s = setup({ workers: 2 }, TYPED, {});
    const settled = await s.pool.mapSettled('math.square', range(100), { chunksize: 1 });
    expect(settled.every((each) => each.status === 'rejected' && each.reason.code === 'TASKS_DIFFER')).toBe(true);
    expect(s.transport.asked).toHaveLength(1);
    s.transport.deploy(TASKS);
    expect(await s.pool.map('math.square', range(3))).toEqual(squares(3));
    expect(s.transport.asked).toHaveLength(2);
  });

  test('ends an imap with the same error', async () => {
    await using s = setup({}, TYPED, {});
    const { values, error } = await drain(s.pool.imap('math.square', range(5)));
    expect(values).toEqual([]);
    expect(error).toMatchObject({ code: 'TASKS_DIFFER' });
  });

  test('does not mind what else the function holds, nor other parameters, nor other code', async () => {
    const there = { ...TASKS, 'math.square': (n: number, _factor = 1) => n * n, 'text.more': () => '' };
    await using s = setup({}, TYPED, there);
    expect(await s.pool.map('math.square', range(4))).toEqual(squares(4));
  });

  test('does not ask again when the function changes: an agent knows by itself which names it lacks', async () => {
    await using s = setup({ workers: 1 }, TYPED);
    await s.pool.map('math.square', range(4));
    s.transport.deploy({ 'math.square': square }, manifestOf({ 'math.square': square }, 'second'));
    expect(await s.pool.map('math.square', range(4), { chunksize: 1 })).toEqual(squares(4));
    expect(await rejection(s.pool.apply('math.add', { args: [1, 2] }))).toMatchObject({ code: 'TASK_NOT_FOUND' });
    expect(s.transport.asked).toHaveLength(1);
  });
});

test('a pool that knows nothing asks nothing', async () => {
  await using s = setup({});
  await s.pool.map('math.square', range(10));
  expect(s.transport.asked).toEqual([]);
});

test('the question counts as an invocation in the stats, and its bill is the pool’s', async () => {
  await using s = setup({ workers: 1 }, TYPED);
  s.transport.answerNext({
    payload: JSON.stringify({ lambdapool: 1, timeoutMs: 1, manifest: manifestOf(TASKS) }),
    billing: { durationMs: 1, billedMs: 7, memoryMb: 1024, isColdStart: true },
  });
  await s.pool.apply('math.square', { args: [2] });
  expect(s.pool.stats()).toMatchObject({ done: 1, invocations: 2, coldStarts: 1, billedMs: 7 });
});
