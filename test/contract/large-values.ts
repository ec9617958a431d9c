/** Calls and results that are more than an invocation carries. */
import { expect } from 'vitest';
import * as math from '../../fixtures/tasks/math.ts';
import { group } from './place.ts';
import type { Behaviour } from './place.ts';

const WITH_BUCKET = { payloadBucket: 'lambdapool-contract' };
const MEGABYTE = 1024 * 1024;

export const LARGE_VALUES: readonly Behaviour[] = group('large values', {
  'a call of 9 MB and its result of 9 MB travel through the bucket': async (on) => {
    await using pool = await on.pool({}, WITH_BUCKET);
    const text = 'abcdefghi'.repeat(MEGABYTE);
    const back = await pool.apply('echo.echo', { args: [text] });
    expect(back === text).toBe(true);
  },
  'a result of 7 MB of a small call travels through the bucket': async (on) => {
    await using pool = await on.pool({}, WITH_BUCKET);
    const result = await pool.apply<string>('faults.returnsMuch', { args: [7] });
    expect(result).toHaveLength(7 * MEGABYTE);
  },
  'the results of a chunk that are too large together come back in order': async (on) => {
    await using pool = await on.pool({}, WITH_BUCKET);
    const results = await pool.map<string>('faults.returnsMuch', [1, 3, 4], { chunksize: 3 });
    expect(results.map(({ length }) => length / MEGABYTE)).toEqual([1, 3, 4]);
  },
  'large and small calls of a map keep their order, and 20 MB are not too many': async (on) => {
    await using pool = await on.pool({ workers: 2 }, WITH_BUCKET);
    const large = 'üx'.repeat(7 * MEGABYTE);
    const items = ['a', large, 'b', 'c', large, { rows: [1, 2] }];
    const results = await pool.map('echo.echo', items, { chunksize: 6 });
    expect(results.map((each, at) => each === items[at] || at === 5)).toEqual(items.map(() => true));
    expect(results[5]).toEqual({ rows: [1, 2] });
  },
  'a large call can be given up, and the pool goes on': async (on) => {
    await using pool = await on.pool({ workers: 1 }, WITH_BUCKET);
    const controller = new AbortController();
    const given = pool.apply('echo.echo', { args: ['x'.repeat(20 * MEGABYTE)], signal: controller.signal });
    controller.abort(new RangeError('enough'));
    await expect(given).rejects.toThrow('enough');
    const text = 'y'.repeat(7 * MEGABYTE);
    expect((await pool.apply('echo.echo', { args: [text] })) === text).toBe(true);
  },
  'small values, failures and the check of the tasks are as without it': async (on) => {
    await using pool = await on.pool({ tasks: { math } }, WITH_BUCKET);
    expect(await pool.map('math.square', [1, 2, 3])).toEqual([1, 4, 9]);
    await expect(pool.apply('math.factorial', { args: [-1] })).rejects.toMatchObject({
      code: 'TASK_THREW',
      cause: expect.any(RangeError),
    });
  },
});
