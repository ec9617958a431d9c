/**
 * Many short tasks on few environments, each of which takes ten requests a second as on Lambda: what chunks of automatic size
 * gain over single calls.
 *
 *     node bench/small-tasks.ts [calls]
 */
import { fileURLToPath } from 'node:url';
import { LambdaPool, lambdaTransport } from '../src/index.ts';
import { startServing } from './children.ts';
import { check, seconds, tabulate, type Effort, type Result } from './harness.ts';

const ENDPOINT = fileURLToPath(new URL('../test/support/fake-endpoint-main.ts', import.meta.url));
const ENVIRONMENTS = 10;
const LIMITS = { concurrency: ENVIRONMENTS, requestsPerSecond: 10 };
const TASK_MS = 1;
/** Single calls are measured on these: all of them would take a quarter of an hour. */
const SAMPLE = 1_000;

/** Calls per second of a map of tasks that take a millisecond. */
async function callsPerSecond(endpoint: string, calls: number, chunksize: 1 | 'auto' | undefined): Promise<number> {
  const access = { region: 'us-east-1', credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' } };
  const transport = lambdaTransport({ functionName: 'bench', endpoint, ...access });
  await using pool = new LambdaPool({ workers: ENVIRONMENTS, transport, stallAfterMs: 60_000 });
  const items = Array.from({ length: calls }, (_, id) => [id, TASK_MS]);
  let results: unknown[] = [];
  const took = await seconds(async () => (results = await pool.starmap('sleep.sleep', items, { chunksize })));
  check(results.length === calls && results.every((result, id) => result === id), `small tasks, ${chunksize}`);
  return calls / took;
}

/** 100,000 tasks of a millisecond, 10 environments of ten requests a second. */
export async function benchSmallTasks({ quick }: Effort): Promise<Result> {
  return measure(quick ? 10_000 : 100_000, quick ? SAMPLE / 4 : SAMPLE);
}

async function measure(calls: number, sample: number): Promise<Result> {
  await using endpoint = await startServing([ENDPOINT, JSON.stringify(LIMITS)]);
  const single = 'chunksize 1';
  const figures = new Map([
    [single, [await callsPerSecond(endpoint.origin, sample, 1)]],
    ["chunksize 'auto'", [await callsPerSecond(endpoint.origin, calls, 'auto')]],
    ['default chunksize', [await callsPerSecond(endpoint.origin, calls, undefined)]],
  ]);
  return tabulate(
    {
      title: `${calls.toLocaleString('en-US')} tasks of ${TASK_MS} ms, ${ENVIRONMENTS} environments of ten requests a second`,
      unit: 'tasks/s',
      baseline: single,
      targets: { "chunksize 'auto'": { min: 20 } },
      note:
        `Over HTTP, through the AWS SDK; all environments share one process. Single calls on a sample of ${sample}. The default ` +
        'chunksize needs to know how many calls there are, and puts a fortieth of them into one invocation, however long they take.',
    },
    figures,
  );
}

if (import.meta.main) {
  const { rows } = await measure(Number(process.argv[2] ?? 100_000), SAMPLE);
  for (const { name, value, ratio } of rows) {
    console.log(
      `${name.padEnd(20)} ${Math.round(value).toLocaleString('en-US').padStart(8)} tasks/s  ${ratio?.toFixed(1) ?? ''}`,
    );
  }
}
