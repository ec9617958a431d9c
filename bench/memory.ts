/** Peak memory of each pool, everything it starts included, over a map and single calls. */
import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { compare, type Effort, type Result } from './harness.ts';

const run = promisify(execFile);
const RUN = fileURLToPath(new URL('memory-run.ts', import.meta.url));

/** Megabytes of resident memory at the peak, each pool in a fresh process. */
export async function benchMemory({ rounds, quick }: Effort): Promise<Result | null> {
  if (process.platform !== 'linux') return null;
  const count = quick ? 2_000 : 20_000;
  const measure = async (which: string): Promise<number> => {
    const { stdout } = await run(process.execPath, [RUN, which, String(count)]);
    return JSON.parse(stdout).megabytes;
  };
  const hasPython = spawnSync('python3', ['--version']).status === 0;
  return compare({
    title: 'Peak memory over a map and as many single calls',
    unit: 'MB',
    rounds: Math.min(rounds, 3),
    warmups: 0,
    baseline: 'Piscina 5',
    contestants: [
      { name: 'lambdapool, process', measure: () => measure('process') },
      { name: 'lambdapool, thread', measure: () => measure('thread') },
      { name: 'Piscina 5', measure: () => measure('piscina') },
      ...(hasPython ? [{ name: 'multiprocessing.Pool', measure: () => measure('python') }] : []),
    ],
    note: 'Sum of the resident peaks (VmHWM) of the process and its children; pages that they share count for each.',
  });
}
