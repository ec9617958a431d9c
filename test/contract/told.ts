/** Console output, log tails and figures. */
import { expect } from 'vitest';
import type { TaskLog } from '../../src/index.ts';
import { group } from './place.ts';
import type { Behaviour } from './place.ts';
import { taskError } from './rejection.ts';

export const TOLD: readonly Behaviour[] = group('what is told', {
  'console output comes back call by call, in order': async (on) => {
    await using pool = await on.pool();
    const lines: TaskLog[] = [];
    const texts = ['one', 'two', 'drei\nvier'];
    await pool.map('faults.log', texts, { chunksize: 2, onLog: (line) => lines.push(line) });
    const sorted = lines.toSorted((a, b) => a.index - b.index);
    expect(sorted.map(({ index, level, text }) => [index, level, text])).toEqual(
      texts.flatMap((text, index) => ['log', 'warn', 'error'].map((level) => [index, level, `${level}: ${text}`])),
    );
    expect(sorted.every(({ task, attempt }) => task === 'faults.log' && attempt === 1)).toBe(true);
    expect(sorted[0]?.requestId).toMatch(/^[\da-f-]{36}$/);
    expect(sorted[0]?.requestId).toBe(sorted[3]?.requestId);
    expect(sorted[0]?.requestId).not.toBe(sorted[6]?.requestId);
  },
  'more than the 4 KB of Lambda’s log tail comes back, up to `maxLogBytes`': async (on) => {
    await using pool = await on.pool();
    const lines: string[] = [];
    const onLog = ({ text }: TaskLog): void => void lines.push(text);
    await pool.apply('faults.logMuch', { args: [300], onLog });
    expect(lines).toHaveLength(300);
    await pool.apply('faults.logMuch', { args: [300], onLog, maxLogBytes: 2_000 });
    expect(lines.length).toBeLessThan(330);
  },
  'the error of a failed call has what the call wrote, without anybody asking': async (on) => {
    await using pool = await on.pool();
    const error = await taskError(pool.apply('faults.logAndThrow', { args: ['the last words'] }));
    expect(error.logs?.map(({ text }) => text).join('\n')).toContain('the last words');
    expect(error.logTail).toBeUndefined();
  },
  'the error of an environment that died has the last 4 KB of its log': async (on) => {
    await using pool = await on.pool();
    const error = await taskError(pool.apply('faults.exit', { args: [3] }));
    expect(error).toMatchObject({ code: 'TASK_EXITED', logTail: expect.stringContaining('REPORT RequestId: ') });
    expect(error.logs).toBeUndefined();
  },
  'stats know of billed time and cost': async (on) => {
    await using pool = await on.pool({}, { memoryMb: 512 });
    await pool.map('math.square', [1, 2, 3], { chunksize: 1 });
    const stats = pool.stats();
    expect(stats).toMatchObject({ queued: 0, inFlight: 0, done: 3, failed: 0, invocations: 3, timeLeftMs: 0 });
    expect(stats.billedMs).toBeGreaterThanOrEqual(3);
    const gbSeconds = ((stats.billedMs ?? 0) / 1000) * 0.5;
    expect(stats.costUsd).toBeCloseTo(gbSeconds * 0.0000166667 + 3 * 0.0000002, 12);
  },
  'one worker needs one environment, and stats know of those that are started for more': async (on) => {
    await using one = await on.pool({ workers: 1 }, { memoryMb: 256 });
    const seen = await one.map<{ id: string }>('state.environmentAfter', [20, 20, 20], { chunksize: 1 });
    expect(new Set(seen.map(({ id }) => id)).size).toBe(1);
    await using two = await on.pool({ workers: 2 }, { memoryMb: 256 });
    const both = await two.map<{ id: string }>('state.environmentAfter', [1_000, 1_000], { chunksize: 1 });
    expect(new Set(both.map(({ id }) => id)).size).toBe(2);
    // Where the function was deployed and tried, one was there before.
    expect(one.stats().coldStarts + two.stats().coldStarts).toBeGreaterThanOrEqual(1);
  },
});
