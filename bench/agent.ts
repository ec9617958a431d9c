/** How many no-op calls per second the agent's handler runs on one core: chunks of 2,500, no transport, no JSON text. */
import { createHandler } from '../agent/index.ts';
import type { Manifest } from '../agent/index.ts';

const CALLS = 20_000;
const CHUNK = 2500;
const ROUNDS = 25;

const TASKS: Readonly<Record<string, (n: number) => unknown>> = {
  noop: () => null,
  record: (n) => ({ n, name: 'a result' }),
  resolved: async (n) => n,
};

/** Median over rounds of 20,000 calls, for each kind of task. */
export async function benchAgent(): Promise<{ name: string; callsPerSecond: number }[]> {
  const handler = createHandler({ modules: { bench: async () => TASKS }, manifest: manifest() });
  const results: { name: string; callsPerSecond: number }[] = [];
  for (const name of Object.keys(TASKS)) {
    const seconds: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) seconds.push(await runRound(handler, `bench.${name}`));
    const median = seconds.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? NaN;
    results.push({ name: `agent: ${name}, chunks of ${CHUNK}`, callsPerSecond: Math.round(CALLS / median) });
  }
  return results;
}

async function runRound(handler: ReturnType<typeof createHandler>, task: string): Promise<number> {
  const chunks = Array.from({ length: CALLS / CHUNK }, (_, chunk) =>
    Array.from({ length: CHUNK }, (_, at) => [chunk * CHUNK + at]),
  );
  const start = performance.now();
  for (const calls of chunks) await handler({ lambdapool: 1, task, calls, maxLogBytes: 65_536 }, context);
  return (performance.now() - start) / 1000;
}

const context = { awsRequestId: 'bench', getRemainingTimeInMillis: () => 60_000 };

function manifest(): Manifest {
  const entry = { module: 'bench', params: [{ name: 'n', required: true }], file: 'bench.ts', line: 1, hash: '' };
  const tasks = Object.fromEntries(Object.keys(TASKS).map((name) => [`bench.${name}`, { ...entry, export: name }]));
  return { version: 1, hash: '', tasks };
}

if (import.meta.main) console.table(await benchAgent());
