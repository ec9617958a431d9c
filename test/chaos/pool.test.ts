/** The whole way, from the pool over the SDK and HTTP to the real agent, while a fifth of all requests goes wrong. */
import { expect, test } from 'vitest';
import { LambdaPool } from '../../src/lambda-pool.ts';
import { isLambdaPoolError } from '../../src/shared/errors.ts';
import type { LambdaPoolError } from '../../src/shared/errors.ts';
import { lambdaTransport } from '../../src/transport/lambda.ts';
import { fakeEndpoint } from '../support/fake-endpoint.ts';
import type { FakeEndpoint } from '../support/fake-endpoint.ts';

// A seed that failed once: CHAOS_SEED=4711 npx vitest run --config test/vitest.config.ts --project chaos
const seed = Number(process.env['CHAOS_SEED'] ?? Math.floor(Math.random() * 1e9));
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const tasks = { 'math.double': (n: number) => n * 2 };
const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

const open = (endpoint: FakeEndpoint, workers: number): LambdaPool =>
  new LambdaPool({
    workers,
    transport: lambdaTransport({ functionName: 'fake', region: 'us-east-1', credentials, endpoint: endpoint.url }),
  });

/** Every one of `ids` ran `least` times at least and `most` times at most; fails with those that did not. */
function expectRuns(endpoint: FakeEndpoint, ids: readonly number[], [least, most]: readonly [number, number]): void {
  const strange = ids.filter((id) => {
    const runs = endpoint.runs.get(id) ?? 0;
    return runs < least || runs > most;
  });
  expect(strange, `seed ${seed}: calls that did not run ${least} to ${most} times`).toEqual([]);
}

test(`50,000 idempotent calls all come back right, once each, through faults in a fifth of the requests (seed ${seed})`, async () => {
  await using endpoint = await fakeEndpoint({ tasks, faults: { seed, share: 0.2 } });
  await using pool = open(endpoint, 50);
  const progress: number[] = [];
  const results = await pool.map<number>('math.double', range(50_000), {
    idempotent: true,
    chunksize: 20,
    onProgress: ({ done, failed }) => progress.push(done + failed),
  });
  expect(results, `seed ${seed}`).toEqual(range(50_000).map((n) => n * 2));
  expect(progress.at(-1)).toBe(50_000);
  expect(progress.every((count, at) => count > (progress[at - 1] ?? 0))).toBe(true);
  expectRuns(endpoint, range(50_000), [1, 20]);
  // Every kind of fault has happened.
  expect(Object.keys(endpoint.seen().faults)).toHaveLength(11);
});

test(`calls that are not idempotent run once, or fail as of unknown outcome and have not run twice (seed ${seed})`, async () => {
  await using endpoint = await fakeEndpoint({ tasks, faults: { seed, share: 0.2 } });
  await using pool = open(endpoint, 20);
  const values: number[] = [];
  const failures: LambdaPoolError[] = [];
  const lost: number[] = [];
  const call = async (id: number): Promise<void> => {
    try {
      values.push(await pool.apply<number>('math.double', { args: [id] }));
    } catch (error) {
      if (!isLambdaPoolError(error)) throw error;
      failures.push(error);
      lost.push(id);
    }
  };
  await Promise.all(range(5_000).map(call));
  const missing = new Set(lost);
  const returned = range(5_000).filter((id) => !missing.has(id));
  expect(values.toSorted((a, b) => a - b)).toEqual(returned.map((id) => id * 2));
  expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(['OUTCOME_UNKNOWN']));
  expectRuns(endpoint, returned, [1, 1]);
  expectRuns(endpoint, lost, [0, 1]);
});

test('a hundred environments are found and kept busy, though there are a thousand workers, and nothing fails', async () => {
  const sleeping = { 'sleep.sleep': (id: number) => new Promise((resolve) => setTimeout(resolve, 200, id)) };
  await using endpoint = await fakeEndpoint({ tasks: sleeping, concurrency: 100 });
  await using pool = open(endpoint, 1_000);
  const start = performance.now();
  expect(await pool.map('sleep.sleep', range(2_000), { chunksize: 1 })).toEqual(range(2_000));
  const ms = performance.now() - start;
  expect(endpoint.seen().mostRunning).toBe(100);
  expectRuns(endpoint, range(2_000), [1, 1]);
  // 4,000 ms are ideal; client and endpoint share one core here. The benchmark `throttling` measures.
  expect(ms).toBeLessThan(8_000);
});
