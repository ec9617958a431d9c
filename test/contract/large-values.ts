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
  'small values, failures and the check of the tasks are as without it': async (on) => {
    await using pool = await on.pool({ tasks: { math } }, WITH_BUCKET);
    expect(await pool.map('math.square', [1, 2, 3])).toEqual([1, 4, 9]);
    await expect(pool.apply('math.factorial', { args: [-1] })).rejects.toMatchObject({
      code: 'TASK_THREW',
      cause: expect.any(RangeError),
    });
  },
});
