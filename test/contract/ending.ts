/** How pools and calls end before their time. */
import { expect } from 'vitest';
import { group } from './place.ts';
import type { Behaviour } from './place.ts';
import { rejection } from './rejection.ts';

export const ENDING: readonly Behaviour[] = group('ending', {
  'terminate with 10,000 queued calls returns within a second, and all of them reject': async (on) => {
    await using pool = await on.pool();
    await pool.apply('math.add', { args: [1, 2] });
    const waits = Array.from({ length: 10_000 }, () => 500);
    const result = pool.mapAsync('faults.sleep', waits, { chunksize: 1 });
    const start = performance.now();
    await pool.terminate();
    await pool.join();
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(await rejection(result.get())).toMatchObject({ code: 'POOL_TERMINATED' });
  },
  'close lets everything finish and refuses what comes later': async (on) => {
    await using pool = await on.pool();
    const result = pool.mapAsync('faults.sleep', [50, 50, 50], { chunksize: 1 });
    pool.close();
    expect(await rejection(pool.apply('math.add', { args: [1, 2] }))).toMatchObject({ code: 'POOL_CLOSED' });
    await pool.join();
    expect(await result).toEqual([50, 50, 50]);
  },
  'an aborted call rejects with the reason of the signal, and the pool goes on': async (on) => {
    await using pool = await on.pool();
    const controller = new AbortController();
    const call = pool.apply('faults.sleep', { args: [500], signal: controller.signal });
    const reason = new Error('no longer needed');
    controller.abort(reason);
    expect(await rejection(call)).toBe(reason);
    expect(await pool.apply('math.add', { args: [1, 2] })).toBe(3);
  },
  'failFast ends a map with its first failure, and sends no more': async (on) => {
    await using pool = await on.pool({ workers: 1 });
    const items = Array.from({ length: 200 }, (_, index) => index + 1);
    const call = pool.map('faults.throwIfOdd', items, { chunksize: 1, onError: 'failFast' });
    expect(await rejection(call)).toMatchObject({ code: 'TASK_THREW', index: 0 });
    expect(pool.stats().queued).toBe(0);
    expect(pool.stats().invocations).toBeLessThan(5);
  },
});
