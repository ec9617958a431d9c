/** What our agent and a user's tasks add to a cold start: the INIT of the deployed folder beside that of an empty handler. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as EmulatorSources from '../emulator/index.ts';
import type * as PackageSources from '../src/deploy/package/package-tasks.ts';
import type * as PlatformSources from '../src/deploy/package/target-platform.ts';
import { check, median, tabulate, type Effort, type Result } from './harness.ts';

const TASKS = fileURLToPath(new URL('../fixtures/tasks', import.meta.url));
const ADDED_MAX_MS = 30;

/** One cold start in an emulator of its own; milliseconds of INIT, as its REPORT line has them. */
async function initMs(directory: string, payload: string): Promise<number> {
  const { Emulator, folderSource }: typeof EmulatorSources = await import(
    new URL('../dist/emulator/index.js', import.meta.url).href
  );
  await using emulator = new Emulator({ concurrency: 1 });
  emulator.register({ functionName: 'cold', code: folderSource({ directory, handler: 'index.handler' }) });
  let init = Number.NaN;
  using _listening = emulator.on('invocation.finished', (report) => (init = report.initMs ?? Number.NaN));
  const { functionError } = await emulator.invoke({ functionName: 'cold', payload });
  check(functionError === undefined && init > 0, 'init');
  return init;
}

/** `fixtures/tasks` against a handler that returns null. */
export async function benchInit({ rounds }: Effort): Promise<Result> {
  const { packageTasks }: typeof PackageSources = await import(
    new URL('../dist/src/deploy/package/package-tasks.js', import.meta.url).href
  );
  const { hostPlatform }: typeof PlatformSources = await import(
    new URL('../dist/src/deploy/package/target-platform.js', import.meta.url).href
  );
  const folder = await mkdtemp(path.join(tmpdir(), 'lambdapool-bench-'));
  try {
    await writeFile(path.join(folder, 'package.json'), '{ "type": "module" }');
    await writeFile(path.join(folder, 'index.mjs'), 'export const handler = async () => null;\n');
    const packed = await packageTasks({
      tasksRoot: TASKS,
      outDir: path.join(folder, 'tasks'),
      platform: hostPlatform(),
    });
    const empty: number[] = [];
    const tasks: number[] = [];
    for (let round = -1; round < rounds * 2; round++) {
      const [without, added] = [
        await initMs(folder, '{}'),
        await initMs(packed.directory, '{"task":"math.add","args":[1,2]}'),
      ];
      if (round < 0) continue;
      empty.push(without);
      tasks.push(added);
    }
    return withAdded(empty, tasks);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function withAdded(empty: readonly number[], tasks: readonly number[]): Result {
  const result = tabulate(
    { title: 'INIT of a deployed folder in the emulator', unit: 'ms', baseline: 'an empty handler' },
    new Map([
      ['an empty handler', empty],
      ['fixtures/tasks', tasks],
    ]),
  );
  const added = tasks.map((figure, round) => figure - (empty[round] ?? 0));
  const value = median(added);
  const row = {
    name: 'what the agent and the tasks add',
    value,
    unit: 'ms',
    rounds: added,
    kept: value < ADDED_MAX_MS,
  };
  return { ...result, rows: [...result.rows, row], note: `What they add must stay below ${ADDED_MAX_MS} ms.` };
}
