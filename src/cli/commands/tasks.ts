/** `lambdapool tasks`: what a tasks root offers. */
import type { Io } from '../io.ts';
import { taskTable } from '../signature.ts';

export interface TasksOptions {
  readonly tasksRoot: string;
  readonly json: boolean;
}

/** Builds the tasks once and lists them. */
export async function tasks({ tasksRoot, json }: TasksOptions, io: Io): Promise<void> {
  const { tasksSource } = await import('../../bundle/tasks-source.ts');
  await using source = tasksSource({ tasksRoot, watch: false });
  const manifest = await source.manifest();
  for (const note of source.notes) await io.stderr.write(`lambdapool: note: ${note}\n`);
  if (json) {
    const list = Object.entries(manifest.tasks).map(([name, task]) => ({ name, ...task }));
    await io.stdout.write(`${JSON.stringify(list, undefined, 2)}\n`);
    return;
  }
  const lines = taskTable(manifest, io.stdout);
  if (lines.length > 0) await io.stdout.write(`${lines.join('\n')}\n`);
}
