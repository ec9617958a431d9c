/** Every way to call a task. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { group } from './place.ts';
import type { Behaviour } from './place.ts';

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);
const squares = (length: number): number[] => range(length).map((n) => n * n);

async function drain<R>(results: AsyncIterable<R>): Promise<R[]> {
  const values: R[] = [];
  for await (const value of results) values.push(value);
  return values;
}

const AT_ONCE = group('calls', {
  'apply binds arguments by position and by name, with defaults': async (on) => {
    await using pool = await on.pool();
    expect(await pool.apply('math.fibonacci', { args: [10] })).toBe(55);
    expect(await pool.apply('math.fibonacci', { kwds: { n: 10 } })).toBe(55);
    expect(await pool.apply('math.power', { args: [3] })).toBe(9);
    expect(await pool.apply('math.power', { args: [2], kwds: { exponent: 10 } })).toBe(1024);
    expect(await pool.apply('text.greet', { kwds: { greeting: 'Hi', name: 'Ada' } })).toBe('Hi, Ada!');
    expect(await pool.apply('pipeline.total.ofLines', { args: [[]] })).toBe(0);
  },
  'names of parameters are kept, also those that libraries like to use': async (on) => {
    await using pool = await on.pool();
    expect(await pool.apply('echo.named', { kwds: { fn: 2, self: 1, args: 3 } })).toEqual([1, 2, 3]);
    expect(await pool.apply('math.mean', { args: [1, 2, 6] })).toBe(3);
  },
  'map keeps the order, whatever the size of its chunks': async (on) => {
    await using pool = await on.pool();
    expect(await pool.map('math.square', range(50))).toEqual(squares(50));
    expect(await pool.map('math.square', range(10), { chunksize: 1 })).toEqual(squares(10));
    expect(await pool.map('math.square', range(50), { chunksize: 20 })).toEqual(squares(50));
    expect(await pool.map('math.square', [], { chunksize: 1 })).toEqual([]);
  },
  'chunks of automatic size keep the order and grow': async (on) => {
    await using pool = await on.pool();
    expect(await pool.map('math.square', range(3_000), { chunksize: 'auto' })).toEqual(squares(3_000));
    expect(pool.stats().invocations).toBeLessThan(200);
  },
  'starmap and starmapAsync spread each item over the parameters': async (on) => {
    await using pool = await on.pool();
    expect(await pool.starmap('math.add', [[1, 2], [3], [4, 5]])).toEqual([3, 3, 9]);
    const result = pool.starmapAsync('math.add', [[1, 2], [3]], { chunksize: 1 });
    expect(await result.get({ timeoutMs: 30_000 })).toEqual([3, 3]);
  },
  'mapAsync and applyAsync can be awaited, asked and called back': async (on) => {
    await using pool = await on.pool();
    const called: unknown[] = [];
    const result = pool.mapAsync('math.square', [1, 2, 3], { callback: (values) => void called.push(values) });
    expect(await result).toEqual([1, 4, 9]);
    expect(called).toEqual([[1, 4, 9]]);
    expect(result.ready()).toBe(true);
    expect(result.successful()).toBe(true);
    expect(await pool.applyAsync('math.add', { args: [1, 2] }).get({ timeoutMs: 30_000 })).toBe(3);
  },
  'mapSettled has an outcome for each item': async (on) => {
    await using pool = await on.pool();
    expect(await pool.mapSettled('faults.throwIfOdd', [0, 1, 2], { chunksize: 2 })).toMatchObject([
      { status: 'fulfilled', value: 0 },
      { status: 'rejected', reason: { code: 'TASK_THREW', index: 1 } },
      { status: 'fulfilled', value: 2 },
    ]);
  },
});

const LAZY = group('calls', {
  'imap is lazy, ordered and ends with its consumer': async (on) => {
    await using pool = await on.pool();
    let taken = 0;
    function* endless(): Generator<number> {
      for (;;) yield taken++;
    }
    const seen: unknown[] = [];
    for await (const value of pool.imap('math.square', endless(), { chunksize: 5 })) {
      seen.push(value);
      if (seen.length === 23) break;
    }
    expect(seen).toEqual(squares(23));
    expect(taken).toBeLessThan(200);
  },
  'imapUnordered gives each result once, and the quick ones first': async (on) => {
    await using pool = await on.pool({ workers: 2 });
    // Both environments are there before: what is measured is who is first, not who is started first.
    await pool.map('faults.sleep', [200, 200], { chunksize: 1 });
    expect(await drain(pool.imapUnordered('faults.sleep', [1_500, 1, 2], { chunksize: 1 }))).toEqual([1, 2, 1_500]);
  },
  'a journal goes on where a map stopped': async (on) => {
    await using pool = await on.pool();
    const folder = await mkdtemp(path.join(tmpdir(), 'lambdapool-contract-'));
    try {
      const journal = path.join(folder, 'run.jsonl');
      const options = { journal, chunksize: 2, onError: 'settle' } as const;
      await pool.map('faults.throwIfOdd', range(5), options);
      const before = pool.stats().invocations;
      expect(await pool.resume(journal, { onError: 'settle' })).toMatchObject([
        { value: 0 },
        { reason: { code: 'TASK_THREW' } },
        { value: 2 },
        { reason: { code: 'TASK_THREW' } },
        { value: 4 },
      ]);
      expect(pool.stats().invocations - before).toBeLessThanOrEqual(2);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
  'calls run side by side': async (on) => {
    await using pool = await on.pool();
    const places = await pool.map<{ id: string }>('state.environmentAfter', [1_000, 1_000], { chunksize: 1 });
    expect(new Set(places.map((each) => each.id)).size).toBe(2);
  },
});

export const CALLS: readonly Behaviour[] = [...AT_ONCE, ...LAZY];
