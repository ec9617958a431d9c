/** `lambdapool tasks`: what a tasks root offers, as a table, as JSON, or as types. */
import type { Manifest } from '../../../agent/manifest.ts';
import type { Io } from '../io.ts';
import { taskTable } from '../signature.ts';

export interface TasksOptions {
  readonly tasksRoot: string;
  readonly external: readonly string[];
  readonly assets: readonly string[];
  readonly json: boolean;
  /** The declaration to write instead of a list. */
  readonly types?: string | undefined;
}

/** Builds the tasks once and lists them, or writes their types. */
export async function tasks(options: TasksOptions, io: Io): Promise<void> {
  const { tasksRoot, external, assets, json, types } = options;
  const { tasksSource } = await import('../../bundle/tasks-source.ts');
  await using source = tasksSource({ tasksRoot, external, assets, watch: false });
  const manifest = await source.manifest();
  for (const note of source.notes) await io.stderr.write(`lambdapool: note: ${note}\n`);
  if (types !== undefined) {
    await writeTypes({ tasksRoot, manifest, file: types }, io);
    return;
  }
  if (json) {
    const list = Object.entries(manifest.tasks).map(([name, task]) => ({ name, ...task }));
    await io.stdout.write(`${JSON.stringify(list, undefined, 2)}\n`);
    return;
  }
  const lines = taskTable(manifest, io.stdout);
  if (lines.length > 0) await io.stdout.write(`${lines.join('\n')}\n`);
}

interface TypesToWrite {
  readonly tasksRoot: string;
  readonly manifest: Manifest;
  readonly file: string;
}

async function writeTypes({ tasksRoot, manifest, file }: TypesToWrite, io: Io): Promise<void> {
  const { writeTypesFile } = await import('../write-types.ts');
  const written = await writeTypesFile({ tasksRoot, manifest, file });
  const count = Object.keys(manifest.tasks).length;
  const what = `the types of ${count} ${count === 1 ? 'task' : 'tasks'}`;
  await io.stdout.write(written ? `Wrote ${what} to ${file}.\n` : `${file} already has ${what}.\n`);
}
