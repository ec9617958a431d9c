/** The agent watches the function's timeout. */
import { expect } from 'vitest';
import { group } from './place.ts';
import type { Behaviour } from './place.ts';

interface Facts {
  readonly task: string;
  readonly attempt: number;
  readonly requestId: string;
  readonly remainingMs: number;
}

export const DEADLINE: readonly Behaviour[] = group('deadline', {
  'a chunk that is too long for one invocation is cut: what was not started is sent again': async (on) => {
    await using pool = await on.pool({ workers: 1 }, { timeoutMs: 2_000 });
    const waits = Array.from({ length: 8 }, () => 300);
    expect(await pool.map('faults.sleep', waits, { chunksize: 8 })).toEqual(waits);
    const { invocations, retried } = pool.stats();
    expect(invocations).toBeGreaterThanOrEqual(2);
    expect(invocations).toBeLessThanOrEqual(4);
    expect(retried).toBe(0);
  },
  'a call that hangs in a chunk fails alone: its neighbours keep their results': async (on) => {
    await using pool = await on.pool({ workers: 1 }, { timeoutMs: 2_000 });
    const settled = await pool.mapSettled('faults.sleep', [10, 60_000, 11], { chunksize: 3 });
    expect(settled).toMatchObject([
      { status: 'fulfilled', value: 10 },
      { status: 'rejected', reason: { code: 'TASK_TIMEOUT', index: 1 } },
      { status: 'fulfilled', value: 11 },
    ]);
  },
  'a task that watches its signal ends in time': async (on) => {
    await using pool = await on.pool({}, { timeoutMs: 2_000 });
    expect(await pool.apply<number>('context.untilDeadline', { args: [50] })).toBeGreaterThan(5);
  },
  'a task knows its name, its attempt, its request and the time that is left': async (on) => {
    await using pool = await on.pool({ retries: 1 }, { timeoutMs: 2_000 });
    const facts = await pool.apply<Facts>('context.facts');
    expect(facts).toMatchObject({ task: 'context.facts', attempt: 1 });
    expect(facts.requestId).toMatch(/^[\da-f-]{36}$/);
    expect(facts.remainingMs).toBeGreaterThan(500);
    expect(facts.remainingMs).toBeLessThanOrEqual(2_000);
  },
  'the time of a call ends it, whatever the function does': async (on) => {
    await using pool = await on.pool();
    await pool.apply('math.add', { args: [1] });
    await expect(pool.apply('faults.sleep', { args: [1_500], timeoutMs: 200 })).rejects.toMatchObject({
      code: 'TASK_TIMEOUT',
      message: expect.stringContaining('200 ms'),
    });
  },
});
