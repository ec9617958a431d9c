/** Benchmarks of the pools against each other: maps, calls, latency, big values, CPU work. */
import { lambdapool, piscina, python, type Runner } from './contestants.ts';
import { compare, quantile, tabulate, type Effort, type Result } from './harness.ts';

const PISCINA = 'Piscina 5';

/** All runners that exist on this machine, open for the length of `use`. */
async function withRunners<T>(use: (runners: readonly Runner[]) => Promise<T>): Promise<T> {
  await using processes = lambdapool('process');
  await using threads = lambdapool('thread');
  await using threadPool = piscina();
  const cpython = python();
  try {
    return await use([processes, threads, threadPool, ...(cpython === null ? [] : [cpython])]);
  } finally {
    await cpython?.[Symbol.asyncDispose]();
  }
}

/** 20,000 no-ops by one map, with default chunks and one by one. */
export function benchMap({ rounds, quick }: Effort): Promise<Result> {
  const count = quick ? 2_000 : 20_000;
  return withRunners((runners) =>
    compare({
      title: `${count.toLocaleString('en-US')} no-op tasks by map`,
      unit: 'tasks/s',
      rounds,
      baseline: PISCINA,
      targets: { 'lambdapool, process': { min: 30 } },
      contestants: [
        ...runners.map((runner) => ({ name: runner.name, measure: async () => count / (await runner.map(count)) })),
        ...runners
          .filter(({ name }) => name !== PISCINA)
          .map((runner) => ({
            name: `${runner.name}, chunksize 1`,
            measure: async () => count / (await runner.map(count, 1)),
          })),
      ],
      note: 'Default chunks, except where stated; Piscina has no chunks.',
    }),
  );
}

/** Single calls, 64 of them in flight. */
export function benchApply({ rounds, quick }: Effort): Promise<Result> {
  const count = quick ? 2_000 : 20_000;
  return withRunners((runners) =>
    compare({
      title: 'No-op tasks by apply, 64 in flight',
      unit: 'tasks/s',
      rounds,
      baseline: PISCINA,
      targets: { 'lambdapool, thread': { min: 0.9 }, 'lambdapool, process': { min: 0.6 } },
      contestants: runners.map((runner) => ({
        name: runner.name,
        measure: async () => count / (await runner.apply(count, 64)),
      })),
    }),
  );
}

/** One call at a time: the middle and the slow end. */
export function benchLatency({ rounds, quick }: Effort): Promise<Result> {
  const count = quick ? 300 : 3_000;
  return withRunners(async (runners) => {
    const figures = new Map<string, number[]>();
    for (let round = -1; round < rounds; round++) {
      for (const runner of runners) {
        const times = await runner.latency(count);
        if (round < 0) continue;
        for (const [label, q] of [
          ['p50', 0.5],
          ['p99', 0.99],
        ] as const) {
          const name = `${runner.name}, ${label}`;
          figures.set(name, [...(figures.get(name) ?? []), quantile(times, q)]);
        }
      }
    }
    return tabulate({ title: 'Latency of one call at a time', unit: 'us', baseline: `${PISCINA}, p50` }, figures);
  });
}

const RECORDS = Array.from({ length: 1_000 }, (_, id) => ({
  id,
  name: `customer number ${String(id).padStart(6, '0')}`,
  amount: 1000.25 + id,
  paid: id % 2 === 0,
  tag: 'abcdefgh',
}));

/** A value of 89 KB there and back. */
export function benchBig({ rounds, quick }: Effort): Promise<Result> {
  const count = quick ? 30 : 300;
  const kilobytes = Math.round(Buffer.byteLength(JSON.stringify(RECORDS)) / 1000);
  return withRunners((runners) =>
    compare({
      title: `${kilobytes} KB argument and result, one call at a time`,
      unit: 'ms/call',
      rounds,
      baseline: PISCINA,
      contestants: runners.map((runner) => ({
        name: runner.name,
        measure: async () => ((await runner.big(RECORDS, count)) / count) * 1000,
      })),
      note: '1,000 records of five fields.',
    }),
  );
}

/** CPU work in small pieces. */
export function benchFibonacci({ rounds, quick }: Effort): Promise<Result> {
  const count = quick ? 500 : 5_000;
  return withRunners((runners) =>
    compare({
      title: `${count.toLocaleString('en-US')} times fibonacci(20) by map, 2 workers`,
      unit: 'tasks/s',
      rounds,
      baseline: PISCINA,
      contestants: runners.map((runner) => ({
        name: runner.name,
        measure: async () => count / (await runner.fibonacci(20, count)),
      })),
    }),
  );
}
