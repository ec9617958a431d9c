/** Finds the task modules below a tasks root and names them by their place in it. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { LambdaPoolError } from '../shared/errors.ts';
import { relativeTo } from './paths.ts';

export interface TaskModule {
  /** `math`, `pipeline.forecast`. */
  readonly name: string;
  /** Absolute path of the source. */
  readonly file: string;
}

export interface Discovery {
  /** In the order of their names. */
  readonly modules: readonly TaskModule[];
  readonly notes: readonly string[];
}

const MODULE = /\.[cm]?[jt]sx?$/;
const NOT_A_TASK = /\.d\.[cm]?ts$|\.(test|spec)\.[^.]+$/;

/** Whether a file of this name is a task module, or would be if its folder is looked into. */
function isModuleName(name: string): boolean {
  return MODULE.test(name) && !NOT_A_TASK.test(name) && !isHidden(name);
}

/** Whether nothing of this name, file or folder, belongs to the tasks. */
export function isHidden(name: string): boolean {
  return name.startsWith('_') || name.startsWith('.') || name === 'node_modules';
}

/** @throws {LambdaPoolError} OPTION_INVALID when the tasks root is not a folder. */
export async function resolveTasksRoot(tasksRoot: string): Promise<string> {
  const found = await stat(tasksRoot).catch(() => undefined);
  if (found?.isDirectory() === true) return realpath(tasksRoot);
  const fault = found === undefined ? 'does not exist' : 'is not a folder';
  throw new LambdaPoolError(
    'OPTION_INVALID',
    `The tasks root ${tasksRoot} ${fault}. Make it a folder of modules that export functions, or name another one.`,
    { details: { option: 'tasksRoot', tasksRoot } },
  );
}

/**
 * Reads the tasks root, which is absolute and a folder.
 * @throws {LambdaPoolError} BUILD_FAILED for an empty root, a dot in a name, and two modules of one name.
 */
export async function discoverModules(tasksRoot: string): Promise<Discovery> {
  const notes: string[] = [];
  const files = await listModules(tasksRoot, notes);
  const modules = files
    .map((file) => ({ name: moduleName(relativeTo(tasksRoot, file)), file }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const faults = [...faultsOfNames(tasksRoot, files), ...faultsOfTwins(tasksRoot, modules)];
  if (modules.length === 0) {
    faults.push(
      `The tasks root ${tasksRoot} holds no task modules. Put a module that exports a function there, such as math.ts.`,
    );
  }
  if (faults.length > 0) throw new LambdaPoolError('BUILD_FAILED', faults.join('\n'), { details: { tasksRoot } });
  return { modules, notes };
}

/** `pipeline/forecast.ts` and `pipeline/forecast/index.ts` are `pipeline.forecast`; `index.ts` is `index`. */
export function moduleName(path: string): string {
  const segments = path.slice(0, path.length - extname(path).length).split('/');
  if (segments.length > 1 && segments.at(-1) === 'index') segments.pop();
  return segments.join('.');
}

async function listModules(folder: string, notes: string[]): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry): Promise<string[]> => {
      if (isHidden(entry.name)) return [];
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return listModules(path, notes);
      if (entry.isSymbolicLink()) return listLink(path, notes);
      return entry.isFile() && isModuleName(entry.name) ? [path] : [];
    }),
  );
  return found.flat();
}

// A linked file is a module like any other. A linked folder is not entered: it may lead round in circles.
async function listLink(path: string, notes: string[]): Promise<string[]> {
  const target = await stat(path).catch(() => undefined);
  if (target?.isDirectory() === true) {
    notes.push(`${path} is a link to a folder and was not looked into. Move the folder here, or link its files.`);
  }
  return target?.isFile() === true && isModuleName(basename(path)) ? [path] : [];
}

function faultsOfNames(tasksRoot: string, files: readonly string[]): string[] {
  return files.flatMap((file) => {
    const path = relativeTo(tasksRoot, file);
    const stem = path.slice(0, path.length - extname(path).length);
    if (!stem.includes('.')) return [];
    return `${file}: a dot in the name of a task module or its folder is not possible, as dots separate the parts of a task's name. Rename it, for example to ${stem.replaceAll('.', '-')}${extname(path)}, or begin its name with \`_\` if it holds no tasks.`;
  });
}

function faultsOfTwins(tasksRoot: string, modules: readonly TaskModule[]): string[] {
  return modules.flatMap((module, index) => {
    const twin = modules[index + 1];
    if (twin?.name !== module.name) return [];
    const [first, second] = [module.file, twin.file].map((file) => relativeTo(tasksRoot, file)).sort();
    return `${first} and ${second} in ${tasksRoot} both make the task module \`${module.name}\`. Rename or remove one of them.`;
  });
}
