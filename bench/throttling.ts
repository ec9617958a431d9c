/**
 * What becomes of many tasks where Lambda runs fewer at once than the client sends: by a pool, and by the plain SDK in a
 * bounded loop. Over HTTP, to a process that runs the real agent and refuses what is beyond its environments.
 */
import { Agent } from 'node:http';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { LambdaPool, lambdaTransport } from './built.ts';
import { startServing } from './children.ts';
import type { Server } from './children.ts';
import type { Effort, Result, Row } from './harness.ts';
import { check } from './harness.ts';

const ENVIRONMENTS = 100;
const WORKERS = 1_000;
const TASK_MS = 200;
const access = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

interface Run {
  readonly seconds: number;
  readonly failed: number;
  readonly refused: number;
}

/** 10,000 tasks of 200 ms, a thousand workers, a hundred environments. */
export async function benchThrottling({ quick }: Effort): Promise<Result> {
  const count = quick ? 1_000 : 10_000;
  const idealSeconds = (count / ENVIRONMENTS) * (TASK_MS / 1000);
  const ours = await withEndpoint((endpoint) => byPool(endpoint, count));
  const plain = await withEndpoint((endpoint) => bySdk(endpoint, count));
  return {
    title: `${count.toLocaleString('en-US')} tasks of ${TASK_MS} ms, ${WORKERS} workers, ${ENVIRONMENTS} environments`,
    baseline: 'ideal',
    rows: [
      { name: 'ideal', value: idealSeconds, unit: 's', rounds: [idealSeconds] },
      row('lambdapool: time', ours.seconds, { ideal: idealSeconds, max: 1.1 }),
      failures('lambdapool: failed', ours.failed, 0),
      failures('lambdapool: refused and sent again', ours.refused, undefined),
      row('plain SDK, 1,000 at once: time', plain.seconds, { ideal: idealSeconds }),
      failures('plain SDK, 1,000 at once: failed', plain.failed, undefined),
    ],
    note: 'The SDK has its defaults but for 1,000 sockets; with its default 50 it would not send 100 at once.',
  };
}

function row(name: string, value: number, { ideal, max }: { readonly ideal: number; readonly max?: number }): Row {
  const ratio = value / ideal;
  const target = max === undefined ? {} : { target: { max }, kept: ratio <= max };
  return { name, value, unit: 's', ratio, rounds: [value], ...target };
}

function failures(name: string, value: number, most: number | undefined): Row {
  const target = most === undefined ? {} : { target: { max: most }, kept: value <= most };
  return { name, value, unit: 'tasks', rounds: [value], ...target };
}

async function withEndpoint<T>(use: (endpoint: Server) => Promise<T>): Promise<T> {
  const options = JSON.stringify({ concurrency: ENVIRONMENTS });
  await using endpoint = await startServing(['test/support/fake-endpoint-main.ts', options]);
  return await use(endpoint);
}

async function refusedBy({ origin }: Server): Promise<number> {
  const response = await fetch(`${origin}/seen`);
  const { refused } = (await response.json()) as { readonly refused: number };
  return refused;
}

async function byPool(endpoint: Server, count: number): Promise<Run> {
  const transport = lambdaTransport({ functionName: 'fake', endpoint: endpoint.origin, ...access });
  await using pool = new LambdaPool({ workers: WORKERS, transport });
  const items = Array.from({ length: count }, (_, id): [number, number] => [id, TASK_MS]);
  const start = performance.now();
  const settled = await pool.starmap('sleep.sleep', items, { chunksize: 1, onError: 'settle' });
  const seconds = (performance.now() - start) / 1000;
  const failed = settled.filter(({ status }) => status === 'rejected').length;
  check(
    settled.every((each, id) => each.status === 'rejected' || each.value === id),
    'lambdapool',
  );
  return { seconds, failed, refused: await refusedBy(endpoint) };
}

async function bySdk(endpoint: Server, count: number): Promise<Run> {
  const client = new LambdaClient({
    endpoint: endpoint.origin,
    requestHandler: { httpAgent: new Agent({ keepAlive: true, maxSockets: WORKERS }) },
    ...access,
  });
  let failed = 0;
  const start = performance.now();
  await boundedLoop(count, WORKERS, async (id) => {
    const Payload = JSON.stringify({ task: 'sleep.sleep', args: [id, TASK_MS] });
    try {
      const { Payload: answer } = await client.send(new InvokeCommand({ FunctionName: 'fake', Payload }));
      check(answer?.transformToString() === String(id), 'plain SDK');
    } catch {
      failed += 1;
    }
  });
  const seconds = (performance.now() - start) / 1000;
  client.destroy();
  return { seconds, failed, refused: await refusedBy(endpoint) };
}

/** What p-map does: `count` calls of `run`, at most `limit` of them at once. */
async function boundedLoop(count: number, limit: number, run: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await run(next++);
  };
  await Promise.all(Array.from({ length: Math.min(limit, count) }, lane));
}
