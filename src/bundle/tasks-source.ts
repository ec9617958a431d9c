/** The tasks of a root as a source of code: built at the first call, and with `watch` after each change. */
import { checkBoolean, checkKeys, invalidOption } from '../shared/options.ts';
import { toPath } from './paths.ts';
import { TaskGenerations, type TaskGenerationsOptions, type TasksSource } from './task-generations.ts';

export type { TasksSource } from './task-generations.ts';

export interface TasksSourceOptions {
  /** Folder of the task modules; a relative path is relative to the working directory. */
  readonly tasksRoot: string | URL;
  /** Build again after each change. @default false */
  readonly watch?: boolean;
  /** Packages to leave out of the bundle. @default [] */
  readonly external?: readonly string[];
  /** Globs, relative to the tasks root, of files to copy beside the modules: `**\/*.csv`. @default [] */
  readonly assets?: readonly string[];
}

/**
 * Opens a tasks root. Nothing is read before the first `current()` or `manifest()`. While there is no good bundle, each
 * call builds anew; with `watch`, a repair is also told to listeners.
 * @throws {LambdaPoolError} OPTION_INVALID for an unknown option or one of the wrong kind.
 */
export function tasksSource(options: TasksSourceOptions): TasksSource {
  return new TaskGenerations(resolveOptions(options));
}

function resolveOptions(options: TasksSourceOptions): TaskGenerationsOptions {
  checkKeys('tasksSource', options, ['tasksRoot', 'watch', 'external', 'assets']);
  const { tasksRoot, watch = false, external = [], assets = [] } = options;
  if (!(tasksRoot instanceof URL) && (typeof tasksRoot !== 'string' || tasksRoot === '')) {
    throw invalidOption('tasksRoot', 'a path or a file URL', tasksRoot);
  }
  return {
    tasksRoot: toPath(tasksRoot),
    watch: checkBoolean('watch', watch),
    external: checkList('external', external),
    assets: checkList('assets', assets),
  };
}

function checkList(name: string, value: readonly string[]): readonly string[] {
  if (Array.isArray(value) && value.every((each) => typeof each === 'string' && each !== '')) return value;
  throw invalidOption(name, 'an array of non-empty strings', value);
}
