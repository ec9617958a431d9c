/** A map with a journal: interrupted, run again, resumed. */
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LambdaPoolError } from '../../../src/shared/errors.ts';
import { range, rejection, setup, squares } from '../pool/setup.ts';
import { folder } from './files.ts';

/** Indexes of the calls that were sent to `math.square`, whose items are their indexes. */
const sent = (s: ReturnType<typeof setup>): unknown[] =>
  s.transport.seen.flatMap(({ request }) => request.calls.map((call) => (Array.isArray(call) ? call[0] : call)));

test('a finished map runs nothing when it is run again, and has the same results', async () => {
  await using f = await folder();
  await using s = setup();
  const options = { journal: f.path('run.jsonl') };
  expect(await s.pool.map('math.square', range(20), options)).toEqual(squares(20));
  const before = s.transport.seen.length;
  expect(await s.pool.map('math.square', range(20), options)).toEqual(squares(20));
  expect(await s.pool.resume(options.journal)).toEqual(squares(20));
  expect(s.transport.seen).toHaveLength(before);
});

test.each([2, 'auto'] as const)(
  'an interrupted map runs only what has no result, with the right places (chunksize %s)',
  async (chunksize) => {
    await using f = await folder();
    const journal = f.path('run.jsonl');
    const done = new Set<unknown>();
    {
      await using s = setup({ workers: 1 });
      const controller = new AbortController();
      const result = s.pool.map('math.square', range(50), {
        journal,
        chunksize: 2,
        signal: controller.signal,
        onProgress: ({ done: count }) => {
          if (count >= 20) controller.abort(new Error('enough'));
        },
      });
      expect(await rejection(result)).toEqual(new Error('enough'));
      for (const line of await f.lines('run.jsonl')) if ('ok' in line) done.add(line['index']);
    }
    expect(done.size).toBe(20);
    await using s = setup();
    expect(await s.pool.map('math.square', range(50), { journal, chunksize })).toEqual(squares(50));
    expect(new Set(sent(s))).toEqual(new Set(range(50).filter((n) => !done.has(n))));
    expect(sent(s)).toHaveLength(30);
  },
);

test('calls that failed are run again by resume, and only those', async () => {
  await using f = await folder();
  const journal = f.path('run.jsonl');
  let isMended = false;
  const flaky = (n: number): number => {
    if (!isMended && n % 7 === 3) throw new RangeError(`not ${n}`);
    return n;
  };
  await using s = setup({}, { 'fault.flaky': flaky });
  const first = await rejection(s.pool.map('fault.flaky', range(30), { journal }));
  expect(first).toMatchObject({ code: 'TASK_THREW', index: 3 });
  const before = s.transport.seen.length;
  isMended = true;
  const progress: unknown[] = [];
  const results = await s.pool.resume<number>(journal, {
    chunksize: 4,
    onProgress: ({ done, failed, total }) => progress.push([done, failed, total]),
  });
  expect(results).toEqual(range(30));
  const calls = s.transport.seen.slice(before).flatMap(({ request }) => request.calls);
  expect(calls).toEqual([[3], [10], [17], [24]]);
  expect(progress).toEqual([[30, 0, 30]]);
});

test('an error of a resumed call names its place in the whole run', async () => {
  await using f = await folder();
  const journal = f.path('run.jsonl');
  await using s = setup();
  await rejection(s.pool.map('fault.ifOdd', [0, 2, 4, 7, 8], { journal }));
  expect(await rejection(s.pool.resume(journal))).toMatchObject({ code: 'TASK_THREW', index: 3, task: 'fault.ifOdd' });
});

test('each outcome is written with the request that brought it', async () => {
  await using f = await folder();
  await using s = setup({ retries: 1 });
  await rejection(s.pool.map('fault.ifOdd', [2, 3], { journal: f.path('run.jsonl'), chunksize: 2 }));
  const outcomes = (await f.lines('run.jsonl')).slice(3);
  expect(outcomes).toEqual([
    { index: 0, ok: 2, attempt: 1, requestId: 'request-1' },
    {
      index: 1,
      error: { code: 'TASK_THREW', message: 'fault.ifOdd failed: RangeError: 3 is odd', cause: expect.anything() },
      attempt: 2,
      requestId: 'request-2',
    },
  ]);
});

test('results that JSON cannot hold survive the journal', async () => {
  await using f = await folder();
  const journal = f.path('run.jsonl');
  const values = [undefined, Number.NaN, -0, 10n, new Map([[1, new Date(5)]]), new TypeError('x'), null];
  await using s = setup();
  const first = await s.pool.map('echo.echo', values, { journal });
  expect(await s.pool.resume(journal)).toEqual(first);
  expect(await s.pool.map('echo.echo', values, { journal })).toEqual(values);
});

test('starmap, mapSettled and the results to be awaited later keep journals, too', async () => {
  await using f = await folder();
  await using s = setup();
  const pairs = [
    [1, 2],
    [3, 4],
  ];
  expect(await s.pool.starmap('math.add', pairs, { journal: f.path('a') })).toEqual([3, 7]);
  expect(await s.pool.starmapAsync('math.add', pairs, { journal: f.path('a') })).toEqual([3, 7]);
  expect(await s.pool.mapAsync('math.square', [2], { journal: f.path('b') })).toEqual([4]);
  const outcomes = await s.pool.mapSettled('fault.ifOdd', [1, 2], { journal: f.path('c') });
  expect(outcomes).toMatchObject([{ status: 'rejected' }, { status: 'fulfilled', value: 2 }]);
  const again = await s.pool.mapSettled('fault.ifOdd', [1, 2], { journal: f.path('c') });
  expect(again).toMatchObject([
    { status: 'rejected', reason: { index: 0 } },
    { status: 'fulfilled', value: 2 },
  ]);
  expect(s.transport.seen.at(-1)?.request.calls).toEqual([[1]]);
});

test('an empty map has a journal without calls', async () => {
  await using f = await folder();
  await using s = setup();
  expect(await s.pool.map('math.square', [], { journal: f.path('run.jsonl') })).toEqual([]);
  expect(await s.pool.resume(f.path('run.jsonl'))).toEqual([]);
});

test('a map of which a call can never be sent leaves no journal behind', async () => {
  await using f = await folder();
  await using s = setup();
  const tooLarge = s.pool.map('echo.echo', ['x'.repeat(7_000_000)], { journal: f.path('run.jsonl') });
  expect(await rejection(tooLarge)).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  expect(existsSync(f.path('run.jsonl'))).toBe(false);
  expect(existsSync(f.path('run.jsonl.lock'))).toBe(false);
  expect(await s.pool.map('echo.echo', ['x'], { journal: f.path('run.jsonl') })).toEqual(['x']);
});

test('items that end in an error leave no journal behind', async () => {
  await using f = await folder();
  await using s = setup();
  async function* broken(): AsyncGenerator<number> {
    yield 1;
    throw new Error('no more');
  }
  expect(await rejection(s.pool.map('math.square', broken(), { journal: f.path('run.jsonl') }))).toEqual(
    new Error('no more'),
  );
  expect(existsSync(f.path('run.jsonl'))).toBe(false);
});

test('a journal of another run is refused, nothing is sent, and the pool can be used', async () => {
  await using f = await folder();
  await using s = setup();
  const journal = f.path('run.jsonl');
  await s.pool.map('math.square', [1, 2], { journal });
  const before = s.transport.seen.length;
  const error = await rejection(s.pool.map('math.square', [1, 3], { journal }));
  expect(error).toMatchObject({ code: 'JOURNAL_UNUSABLE', details: { problem: 'other-run', path: journal } });
  expect(s.transport.seen).toHaveLength(before);
  expect(await s.pool.map('math.square', [1, 2], { journal })).toEqual([1, 4]);
});

test('two maps with one journal at once: the second is refused', async () => {
  await using f = await folder();
  await using s = setup();
  const journal = f.path('run.jsonl');
  s.transport.hold();
  const first = s.pool.map('math.square', [1, 2], { journal });
  await expect.poll(() => s.transport.held).toBeGreaterThan(0);
  const second = await rejection(s.pool.map('math.square', [1, 2], { journal }));
  expect(second).toMatchObject({ code: 'JOURNAL_UNUSABLE', details: { problem: 'locked' } });
  s.transport.release();
  expect(await first).toEqual([1, 4]);
});

test('a map that is aborted while its items come, or while its journal is opened, lets go of the journal', async () => {
  await using f = await folder();
  await using s = setup();
  const journal = f.path('run.jsonl');
  const reason = new Error('stop');
  for (const signal of [AbortSignal.abort(reason), abortsAtOnce(reason)]) {
    expect(await rejection(s.pool.map('math.square', range(1_000), { journal, signal }))).toBe(reason);
  }
  await expect.poll(() => existsSync(`${journal}.lock`)).toBe(false);
  expect(s.transport.seen).toEqual([]);
  expect(await s.pool.map('math.square', range(1_000), { journal })).toEqual(squares(1_000));
});

function abortsAtOnce(reason: unknown): AbortSignal {
  const controller = new AbortController();
  queueMicrotask(() => controller.abort(reason));
  return controller.signal;
}

test('a pool that is terminated in the middle leaves a journal that goes on', async () => {
  await using f = await folder();
  const journal = f.path('run.jsonl');
  await using s = setup();
  s.transport.hold();
  const result = s.pool.map('math.square', range(8), { journal, chunksize: 2 });
  await expect.poll(() => s.transport.held).toBe(2);
  s.transport.release(0);
  await expect.poll(() => s.transport.seen.length).toBe(3);
  await s.pool.terminate();
  expect(await rejection(result)).toMatchObject({ code: 'POOL_TERMINATED' });
  await using next = setup();
  expect(await next.pool.resume(journal, { chunksize: 1 })).toEqual(squares(8));
  expect(sent(next)).toEqual([2, 3, 4, 5, 6, 7]);
});

test('resume refuses a closed pool, a wrong path and unknown options', async () => {
  await using f = await folder();
  await using s = setup();
  expect(await rejection(s.pool.resume(''))).toMatchObject({ code: 'OPTION_INVALID' });
  expect(await rejection(s.pool.resume(f.path('none')))).toMatchObject({ code: 'JOURNAL_UNUSABLE' });
  const unknown = { chunksize: 1, journal: 'x' };
  expect(await rejection(s.pool.resume(f.path('none'), unknown))).toMatchObject({ code: 'OPTION_INVALID' });
  s.pool.close();
  expect(await rejection(s.pool.resume(f.path('none')))).toMatchObject({ code: 'POOL_CLOSED' });
});

test('failures are written with their arguments, also those of a pool that cannot reach its function', async () => {
  await using f = await folder();
  const failures = f.path('failures.jsonl');
  await using s = setup({ workers: 1 });
  await rejection(s.pool.map('fault.ifOdd', [2, 3, 5, 6], { failures, chunksize: 2 }));
  expect(await f.lines('failures.jsonl')).toMatchObject([
    { lambdapoolJournal: 1, task: 'fault.ifOdd' },
    { index: 1, call: [3] },
    { index: 1, error: { code: 'TASK_THREW' }, attempt: 1, requestId: 'request-1' },
    { index: 2, call: [5] },
    { index: 2, error: { code: 'TASK_THREW' }, requestId: 'request-2' },
  ]);
  s.transport.rejectNext(new LambdaPoolError('ACCESS_DENIED', 'no'));
  await rejection(s.pool.map('fault.ifOdd', [2, 4], { failures, chunksize: 1 }));
  expect(await f.lines('failures.jsonl')).toMatchObject([
    {},
    { index: 1, call: [4] },
    { error: { code: 'ACCESS_DENIED' } },
    { index: 0, call: [2] },
    { error: { code: 'ACCESS_DENIED' } },
  ]);
});

test('a map without failures leaves a file without any', async () => {
  await using f = await folder();
  await using s = setup();
  await rejection(s.pool.map('fault.ifOdd', [1], { failures: f.path('x') }));
  await s.pool.map('fault.ifOdd', [2], { failures: f.path('x') });
  expect(await f.lines('x')).toMatchObject([{ task: 'fault.ifOdd' }]);
});

test('failures never take the place of a file of another kind, nor of the journal', async () => {
  await using f = await folder();
  await using s = setup();
  await f.write('data.csv', 'a,b\n');
  const refused = { code: 'JOURNAL_UNUSABLE', details: { problem: 'not-a-journal' } };
  expect(await rejection(s.pool.map('math.square', [1], { failures: f.path('data.csv') }))).toMatchObject(refused);
  expect(await f.text('data.csv')).toBe('a,b\n');
  const both = { journal: f.path('x'), failures: f.path('x') };
  expect(await rejection(s.pool.map('math.square', [1], both))).toMatchObject({ code: 'OPTION_INVALID' });
  expect(s.transport.seen).toEqual([]);
});
