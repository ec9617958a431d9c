/** A folder of task modules for one test, gone at its end. */
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface TasksRoot extends AsyncDisposable {
  readonly directory: string;
  /** Path of a file in it. */
  path(name: string): string;
  /** Writes one file, as an editor that does not rename does. */
  write(name: string, text: string): Promise<void>;
}

/** Writes `files` (name to text) into a new folder below a project of its own. */
export async function tasksRoot(files: Readonly<Record<string, string>>): Promise<TasksRoot> {
  const project = await mkdtemp(path.join(tmpdir(), 'lambdapool-test-'));
  const directory = path.join(project, 'tasks');
  const root: TasksRoot = {
    directory,
    path: (name) => path.join(directory, name),
    async write(name, text) {
      await mkdir(path.dirname(path.join(directory, name)), { recursive: true });
      await writeFile(path.join(directory, name), text);
    },
    [Symbol.asyncDispose]: () => rm(project, { recursive: true, force: true, maxRetries: 5 }),
  };
  await mkdir(directory, { recursive: true });
  await writeFile(path.join(project, 'package.json'), '{ "type": "module" }');
  for (const [name, text] of Object.entries(files)) await root.write(name, text);
  return root;
}
