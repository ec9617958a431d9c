/** The first program of the README, as a reader would try it: in a project of its own, with the README's own task. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { tasksRoot, type TasksRoot } from './tasks-root.ts';

const repository = new URL('../../', import.meta.url);

/** What the program prints, wherever it runs. */
export const README_OUTPUT = '55\n55\n[ 1, 1, 2, 3 ]\n6765\n10946\n17711\n';

export interface ReadmeProgram extends AsyncDisposable {
  readonly tasks: TasksRoot;
  /** Runs it to its end, with these variables on top of those that all places need, and returns what it has printed. */
  run(env: Readonly<Record<string, string>>): Promise<string>;
}

/** Writes the program into a new project. `edit` changes its text. */
export async function readmeProgram(edit: (text: string) => string = (text) => text): Promise<ReadmeProgram> {
  const [program = '', math = ''] = await typeScriptBlocks();
  const tasks = await tasksRoot({ 'math.ts': math });
  await tasks.write('../program.ts', edit(program));
  const cwd = fileURLToPath(new URL('..', `file://${tasks.directory}/`));
  return {
    tasks,
    async run(env) {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['--import', import.meta.resolve('tsx'), 'program.ts'],
        {
          cwd,
          // `lambdapool` is our source there, without a build.
          env: { ...withoutAws(), TSX_TSCONFIG_PATH: fileURLToPath(new URL('tsconfig.json', repository)), ...env },
        },
      );
      return stdout;
    },
    [Symbol.asyncDispose]: () => tasks[Symbol.asyncDispose](),
  };
}

/** The TypeScript of the README, block by block. */
async function typeScriptBlocks(): Promise<string[]> {
  const text = await readFile(new URL('README.md', repository), 'utf8');
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => code);
}

function withoutAws(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS|LAMBDAPOOL)_/.test(name)));
}
