/** 200 edits under 50 calls a second. Prints what was seen as JSON; the test judges it. Needs --expose-gc. */
import { LambdaPool, emulatorTransport } from '../../../src/index.ts';
import { descendants } from '../../support/processes.ts';
import { tasksRoot } from '../../support/tasks-root.ts';
import { eventually } from '../../support/eventually.ts';

const EDITS = 200;
const CALL_EVERY_MS = 20;
const CALLS_PER_CHUNK = 3;

const source = (edit: number): string => `
const before = ${edit};
export function version(_: number): number[] { return [before, after]; }
const after = ${edit};
`;

await using root = await tasksRoot({ 'edited.ts': source(0) });
await using pool = new LambdaPool({
  workers: 4,
  transport: emulatorTransport({ tasksRoot: root.directory, watch: true, concurrency: 2 }),
});

let latest = 0;
let calls = 0;
const failures: string[] = [];
const mixed: number[][] = [];
const impossible: number[][] = [];
const pending = new Set<Promise<void>>();

async function call(): Promise<void> {
  const oldest = latest;
  calls += CALLS_PER_CHUNK;
  try {
    const results = await pool.map<number[]>('edited.version', [1, 2, 3], { chunksize: CALLS_PER_CHUNK });
    const seen = results.flat();
    if (new Set(seen).size !== 1) mixed.push(seen);
    // A result is of an edit that was on disk, and not of one that had long been replaced when the call began.
    if (seen.some((edit) => edit > current || edit < oldest)) impossible.push([oldest, current, ...seen]);
    latest = Math.max(latest, ...seen);
  } catch (error) {
    failures.push(String(error));
  }
}

let current = 0;
const settled = async (): Promise<{ heapMb: number; processes: number }> => {
  const processes = await eventually(() => {
    const count = descendants(process.pid).length;
    if (count !== countAtStart && countAtStart !== 0) throw new Error(`${count} processes`);
    return count;
  }, 5_000).catch(() => descendants(process.pid).length);
  globalThis.gc?.();
  return { heapMb: process.memoryUsage().heapUsed / 2 ** 20, processes };
};

let countAtStart = 0;
// Two rounds before measuring, so that everything that is made once is there.
for (let warmUp = 0; warmUp < 50; warmUp += 1) await Promise.all([call(), call()]);
await new Promise((resolve) => {
  setTimeout(resolve, 500);
});
const start = await settled();
countAtStart = start.processes;

const load = setInterval(() => {
  const running = call().finally(() => pending.delete(running));
  pending.add(running);
}, CALL_EVERY_MS * CALLS_PER_CHUNK);

let missed = 0;
for (current = 1; current <= EDITS; current += 1) {
  await root.write('edited.ts', source(current));
  await eventually(() => {
    if (latest !== current) throw new Error(`still ${latest}`);
  }, 5_000).catch(() => {
    missed += 1;
  });
}
current = EDITS;
clearInterval(load);
await Promise.all(pending);
const end = await settled();
console.log(JSON.stringify({ calls, failures, mixed, impossible, missed, start, end }));
