/** The one suite that every way of reaching a function passes: the fixture tasks, called through a pool. */
import { describe, expect, test } from 'vitest';
import { LambdaPool, TaskError, type TaskLog } from '../../src/index.ts';
import { describeFailures } from './failures.ts';
import type { OpenPool, Place } from './place.ts';

export function describePoolContract(place: Place): void {
  const openPool: OpenPool = async (options) => new LambdaPool({ workers: 4, transport: await place.open(options) });

  describe(`a pool on ${place.name}`, () => {
    describe('calls', () => {
      test('apply binds by position and by name, with defaults', async () => {
        await using pool = await openPool();
        expect(await pool.apply('math.fibonacci', { args: [10] })).toBe(55);
        expect(await pool.apply('math.fibonacci', { kwds: { n: 10 } })).toBe(55);
        expect(await pool.apply('math.power', { args: [3] })).toBe(9);
        expect(await pool.apply('math.power', { args: [2], kwds: { exponent: 10 } })).toBe(1024);
        expect(await pool.apply('text.greet', { kwds: { greeting: 'Hi', name: 'Ada' } })).toContain('Hi');
        expect(await pool.apply('pipeline.total.ofLines', { args: [[]] })).toBe(0);
      });

      test('map keeps the order, whatever the chunk size', async () => {
        await using pool = await openPool();
        const input = Array.from({ length: 50 }, (_, i) => i);
        const squares = input.map((n) => n * n);
        expect(await pool.map('math.square', input)).toEqual(squares);
        expect(await pool.map('math.square', input, { chunksize: 1 })).toEqual(squares);
        expect(await pool.map('math.square', input, { chunksize: 20 })).toEqual(squares);
        expect(await pool.map('math.square', [], { chunksize: 1 })).toEqual([]);
        expect(await pool.starmap('math.add', [[1, 2], [3], [4, 5]])).toEqual([3, 3, 9]);
      });

      test('mapAsync and applyAsync can be awaited, asked and called back', async () => {
        await using pool = await openPool();
        const called: unknown[] = [];
        const result = pool.mapAsync('math.square', [1, 2, 3], { callback: (values) => void called.push(values) });
        expect(await result).toEqual([1, 4, 9]);
        expect(called).toEqual([[1, 4, 9]]);
        expect(result.ready()).toBe(true);
        expect(result.successful()).toBe(true);
        expect(await pool.applyAsync('math.add', { args: [1, 2] }).get({ timeoutMs: 20_000 })).toBe(3);
      });

      test('imap is lazy, ordered and ends with its consumer; imapUnordered yields each value once', async () => {
        await using pool = await openPool();
        let taken = 0;
        function* endless(): Generator<number> {
          for (;;) yield taken++;
        }
        const seen: unknown[] = [];
        for await (const value of pool.imap('math.square', endless(), { chunksize: 5 })) {
          seen.push(value);
          if (seen.length === 23) break;
        }
        expect(seen).toEqual(Array.from({ length: 23 }, (_, i) => i * i));
        expect(taken).toBeLessThan(200);
        const unordered: unknown[] = [];
        for await (const value of pool.imapUnordered('math.square', [1, 2, 3, 4])) unordered.push(value);
        expect(new Set(unordered)).toEqual(new Set([1, 4, 9, 16]));
        expect(unordered).toHaveLength(4);
      });

      test('calls run side by side', async () => {
        await using pool = await openPool();
        const places = await pool.map<{ id: string }>('state.environmentAfter', [1_000, 1_000], { chunksize: 1 });
        expect(new Set(places.map((each) => each.id)).size).toBe(2);
      });
    });

    describe('values', () => {
      test('what JSON does not have comes back as it went', async () => {
        await using pool = await openPool();
        const shared = { n: 1 };
        const value = [
          undefined,
          Number.NaN,
          -0,
          Number.POSITIVE_INFINITY,
          12345678901234567890n,
          new Date(0),
          new Date(Number.NaN),
          new Map<unknown, unknown>([[{ key: 1 }, new Set([1, 'a'])]]),
          /a+b/giu,
          new URL('https://example.com/a?b#c'),
          new Uint8Array([1, 2, 255]),
          new Float64Array([-0, Number.NaN]),
          Buffer.from('bytes'),
          shared,
          shared,
          JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}'),
          'snow ☃ and \u0000 and \ud800',
        ];
        const back = await pool.apply<unknown[]>('echo.echo', { args: [value] });
        expect(back).toEqual(value);
        expect(Object.is(back[2], -0)).toBe(true);
        expect(Buffer.isBuffer(back[12])).toBe(true);
        expect(back[13]).toBe(back[14]);
        expect(Object.keys(back[15] as object)).toEqual(['__proto__', 'constructor']);
        expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
      });

      test('cycles come back as cycles', async () => {
        await using pool = await openPool();
        const ring = await pool.apply<{ self: unknown }>('faults.returnsCycle');
        expect(ring.self).toBe(ring);
      });

      test('nearly 6 MB go there and come back', async () => {
        await using pool = await openPool();
        const text = 'x'.repeat(6_200_000);
        expect(await pool.apply('echo.echo', { args: [text] })).toBe(text);
      });

      test('a call over 6 MB is refused with its size before it is sent', async () => {
        await using pool = await openPool();
        await expect(pool.apply('echo.echo', { args: ['x'.repeat(7_000_000)] })).rejects.toMatchObject({
          code: 'PAYLOAD_TOO_LARGE',
          message: expect.stringMatching(/7,?000,?\d\d\d.*6,?291,?456/s),
        });
      });

      test('what cannot be sent is refused with its path', async () => {
        await using pool = await openPool();
        const rows = [{}, {}, {}, { fn: () => 1 }];
        await expect(pool.apply('echo.echo', { args: [{ rows }] })).rejects.toMatchObject({
          code: 'NOT_SERIALIZABLE',
          message: expect.stringContaining('args[0].rows[3].fn'),
        });
        await expect(pool.apply('faults.returnsFunction')).rejects.toMatchObject({
          code: 'RESULT_NOT_SERIALIZABLE',
          message: expect.stringContaining('rows[0].fn'),
        });
      });
    });

    describeFailures(openPool);

    describe('ending', () => {
      test('terminate with 10,000 queued calls returns within a second, and all of them reject', async () => {
        await using pool = await openPool();
        await pool.apply('math.add', { args: [1, 2] });
        const sleeps = Array.from({ length: 10_000 }, () => 5_000);
        const result = pool.mapAsync('faults.sleep', sleeps, { chunksize: 1 });
        const start = performance.now();
        await pool.terminate();
        await pool.join();
        expect(performance.now() - start).toBeLessThan(1_000);
        await expect(result.get()).rejects.toMatchObject({ code: 'POOL_TERMINATED' });
      });

      test('close lets everything finish and refuses what comes later', async () => {
        await using pool = await openPool();
        const result = pool.mapAsync('faults.sleep', [50, 50, 50], { chunksize: 1 });
        pool.close();
        await expect(pool.apply('math.add', { args: [1, 2] })).rejects.toMatchObject({ code: 'POOL_CLOSED' });
        await pool.join();
        expect(await result).toEqual([50, 50, 50]);
      });

      test('an aborted call rejects with the reason of the signal', async () => {
        await using pool = await openPool();
        const controller = new AbortController();
        const call = pool.apply('faults.sleep', { args: [10_000], signal: controller.signal });
        const reason = new Error('no longer needed');
        controller.abort(reason);
        await expect(call).rejects.toBe(reason);
      });
    });

    describe('what is told', () => {
      test('console output comes back call by call, in order, the same everywhere', async () => {
        await using pool = await openPool();
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
      });

      test('the error of a failed call has what the call wrote, without anybody asking', async () => {
        await using pool = await openPool();
        const error = await pool
          .apply('faults.logAndThrow', { args: ['the last words'] })
          .catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(TaskError);
        expect((error as TaskError).logs?.map(({ text }) => text).join('\n')).toContain('the last words');
        expect((error as TaskError).logTail).toBeUndefined();
      });

      test('the error of an environment that died has the last 4 KB of its log', async () => {
        await using pool = await openPool();
        const error = await pool.apply('faults.exit', { args: [3] }).catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ code: 'TASK_EXITED', logTail: expect.stringContaining('REPORT RequestId: ') });
        expect((error as TaskError).logs).toBeUndefined();
      });

      test('stats know of environments that were started, billed time and cost', async () => {
        await using pool = await openPool({ memoryMb: 512 });
        await pool.map('math.square', [1, 2, 3], { chunksize: 1 });
        const stats = pool.stats();
        expect(stats).toMatchObject({ queued: 0, inFlight: 0, done: 3, failed: 0, invocations: 3, timeLeftMs: 0 });
        expect(stats.coldStarts).toBeGreaterThanOrEqual(1);
        expect(stats.billedMs).toBeGreaterThanOrEqual(3);
        const gbSeconds = ((stats.billedMs ?? 0) / 1000) * 0.5;
        expect(stats.costUsd).toBeCloseTo(gbSeconds * 0.0000166667 + 3 * 0.0000002, 12);
      });

      test('chunks of automatic size keep the order and grow', async () => {
        await using pool = await openPool();
        const input = Array.from({ length: 3_000 }, (_, i) => i);
        expect(await pool.map('math.square', input, { chunksize: 'auto' })).toEqual(input.map((n) => n * n));
        expect(pool.stats().invocations).toBeLessThan(200);
      });
    });
  });
}
