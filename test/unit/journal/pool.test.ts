/** A map with a journal: interrupted, run again, resumed. */
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { Journal, openJournal } from '../../../src/journal/journal.ts';
import { PoolCore } from '../../../src/pool/core.ts';
import { GatherJob } from '../../../src/pool/gather-job.ts';
import { resolvePolicies } from '../../../src/pool/options.ts';
import { runMissing } from '../../../src/pool/recorded-map.ts';
import { LambdaPoolError } from '../../../src/shared/errors.ts';
import { FakeTransport } from '../../support/fake-transport.ts';
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

test('a map that is aborted while its journal is being opened lets go of it later', async () => {
  await using f = await folder();
  await using s = setup();
  const journal = f.path('run.jsonl');
  const controller = new AbortController();
  const result = rejection(s.pool.map('math.square', range(1_000), { journal, signal: controller.signal }));
  // The lock comes first; what follows takes the disk's time.
  await nextTurnUntil(() => existsSync(`${journal}.lock`));
  const reason = new Error('stop');
  controller.abort(reason);
  expect(await result).toBe(reason);
  await expect.poll(() => existsSync(`${journal}.lock`)).toBe(false);
  expect(s.transport.seen).toEqual([]);
});

async function nextTurnUntil(isSo: () => boolean): Promise<void> {
  while (!isSo()) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

test('what fails all calls of a resumed run fails them in their places', async () => {
  await using f = await folder();
  const journal = f.path('run.jsonl');
  await using s = setup();
  await s.pool.mapSettled('fault.ifOdd', range(9), { journal });
  s.transport.rejectNext(new LambdaPoolError('ACCESS_DENIED', 'no'));
  const outcomes = await s.pool.resume(journal, { onError: 'settle', chunksize: 'auto' });
  expect(outcomes.map(({ status }) => status)).toEqual(range(9).map((n) => (n % 2 === 0 ? 'fulfilled' : 'rejected')));
});

test('a run whose journal can no longer be written ends, and says why', async () => {
  await using f = await folder();
  const path = f.path('run.jsonl');
  const transport = new FakeTransport({ 'math.square': (n: number) => n * n });
  const core = new PoolCore(transport, { workers: 1 }, {});
  const calls = [[1], [2], [3]];
  await openJournal(path, 'math.square', calls).then((each) => each.close());
  const file = await open(path, 'r');
  const contents = {
    run: { task: 'math.square', calls: 3, hash: '' },
    isComplete: true,
    results: Array.from({ length: 3 }),
    returned: new Uint8Array(3),
    done: 0,
    end: 0,
  };
  const journal = new Journal({ path, file, lock: { [Symbol.dispose]: () => {} } }, contents, false);
  const policy = resolvePolicies({}).of('math.square', {});
  const job = new GatherJob(core.host, { task: 'math.square', policy, finish: (results) => results });
  const plan = { chunksize: 1, workers: () => 1, failures: undefined };
  expect(await rejection(runMissing(job, journal, plan))).toMatchObject({
    code: 'JOURNAL_UNUSABLE',
    details: { path, problem: 'io' },
  });
  expect(transport.seen.length).toBeLessThan(3);
});

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
