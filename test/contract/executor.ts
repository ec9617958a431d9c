/** The basics of `LambdaExecutor`; test/semantics has the rest, row by row. */
import { expect } from 'vitest';
import { asCompleted, wait } from '../../src/index.ts';
import { group } from './place.ts';
import type { Behaviour } from './place.ts';
import { rejection } from './rejection.ts';

export const EXECUTOR: readonly Behaviour[] = group('executor', {
  'submit gives a future with the result, or the failure': async (on) => {
    await using executor = await on.executor();
    const good = executor.submit('math.add', { args: [1, 2] });
    const bad = executor.submit('faults.throwError', { args: ['no stock'] });
    expect(await good.result({ timeoutMs: 30_000 })).toBe(3);
    expect(await rejection(bad.result())).toMatchObject({ code: 'TASK_THREW', cause: { message: 'no stock' } });
    expect(good.state).toBe('returned');
  },
  'map takes a row of one item of each iterable': async (on) => {
    await using executor = await on.executor();
    const results: unknown[] = [];
    for await (const value of executor.map('math.power', [2, 3, 4], [3, 2], { chunksize: 2 })) results.push(value);
    expect(results).toEqual([8, 9]);
  },
  'asCompleted gives the quick ones first, and wait waits': async (on) => {
    await using executor = await on.executor();
    await Promise.all([200, 200].map((ms) => executor.submit('faults.sleep', { args: [ms] })));
    const futures = [1_500, 1].map((ms) => executor.submit<number>('faults.sleep', { args: [ms] }));
    const order: unknown[] = [];
    for await (const future of asCompleted(futures)) order.push(future);
    expect([order.indexOf(futures[1]), order.indexOf(futures[0])]).toEqual([0, 1]);
    const { done, notDone } = await wait(futures);
    expect([done.size, notDone.size]).toEqual([2, 0]);
  },
  'shutdown waits for what was submitted and refuses what comes later': async (on) => {
    await using executor = await on.executor();
    const future = executor.submit('faults.sleep', { args: [100] });
    await executor.shutdown();
    expect(future.done()).toBe(true);
    expect(() => executor.submit('math.add', { args: [1] })).toThrow(expect.objectContaining({ code: 'POOL_CLOSED' }));
  },
});
