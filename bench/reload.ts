/** Hot reload: from saving a task to the first result of the new code. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LambdaPool, emulatorTransport } from './built.ts';
import { floorMs } from './children.ts';
import { WORKERS } from './contestants.ts';
import { check, quantile, tabulate, type Effort, type Result } from './harness.ts';

/** A pool over a small project that is edited while it runs. */
interface Project extends AsyncDisposable {
  /** Saves a new version of the task and returns the milliseconds until a call returns its value. */
  edit(value: number): Promise<number>;
}

const source = (value: number): string =>
  `import { shared } from './_shared.ts';\n/** Its version. */\nexport function version(): number {\n  return shared(${value});\n}\n`;

async function openProject(isolation: 'process' | 'thread'): Promise<Project> {
  const directory = await mkdtemp(path.join(tmpdir(), 'lambdapool-bench-'));
  const tasks = path.join(directory, 'tasks');
  await mkdir(tasks);
  await writeFile(path.join(directory, 'package.json'), '{ "type": "module" }');
  await writeFile(path.join(tasks, '_shared.ts'), 'export const shared = (value: number): number => value;\n');
  for (const name of ['a', 'b', 'c', 'd']) {
    await writeFile(path.join(tasks, `${name}.ts`), `export function ${name}(x: number): number {\n  return x;\n}\n`);
  }
  const file = path.join(tasks, 'edited.ts');
  await writeFile(file, source(-1));
  const transport = emulatorTransport({ tasksRoot: tasks, isolation, concurrency: WORKERS, watch: true });
  const pool = new LambdaPool({ workers: WORKERS, transport });
  check((await pool.apply('edited.version')) === -1, 'reload');
  return {
    async edit(value) {
      const start = performance.now();
      await writeFile(file, source(value));
      while ((await pool.apply('edited.version')) !== value) {
        check(performance.now() - start < 20_000, `edit ${value} did not arrive within 20 s`);
        // A pause, so that asking does not take the processor from building.
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      return performance.now() - start;
    },
    async [Symbol.asyncDispose]() {
      await pool[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** 50 edits, each followed by an empty Node process as the measure of what this machine can do. */
export async function benchReload({ quick }: Effort): Promise<Result> {
  const edits = quick ? 5 : 50;
  await using processes = await openProject('process');
  await using threads = await openProject('thread');
  const figures = { process: [] as number[], thread: [] as number[], floor: [] as number[] };
  for (let edit = 0; edit < edits; edit++) {
    figures.floor.push(await floorMs());
    figures.process.push(await processes.edit(edit));
    figures.thread.push(await threads.edit(edit));
  }
  const baseline = 'node -e 0';
  const ninetyFive = (values: readonly number[]): number => Math.round(quantile(values, 0.95));
  return tabulate(
    {
      title: `Hot reload: from save to new result, ${edits} edits`,
      unit: 'ms',
      baseline,
      targets: { 'lambdapool, process': { max: 2 } },
      note: `p95: ${ninetyFive(figures.process)} ms with processes, ${ninetyFive(figures.thread)} ms with threads, ${ninetyFive(figures.floor)} ms for an empty Node process.`,
    },
    new Map([
      ['lambdapool, process', figures.process],
      ['lambdapool, thread', figures.thread],
      [baseline, figures.floor],
    ]),
  );
}
