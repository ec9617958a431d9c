/** From what a call names its task by, a name or an imported function, to the task's full name. */
import { suggest } from '../../agent/suggest.ts';
import { LambdaPoolError } from '../shared/errors.ts';
import { invalidOption } from '../shared/options.ts';

/** The names that a pool accepts. */
export interface TaskNames {
  /** All of them; undefined where every string is one. */
  readonly known?: readonly string[];
  /**
   * The full name of `task`.
   * @param call The method that was called, for messages: `map`.
   * @throws {LambdaPoolError} TASK_NOT_FOUND for what is certainly no task, OPTION_INVALID for what cannot be one.
   */
  resolve(task: unknown, call: string): string;
}

/** The names of a pool that does not know its tasks: every string. */
export const anyTaskName: TaskNames = {
  resolve(task, call) {
    if (typeof task === 'string' && task !== '') return task;
    if (typeof task === 'function') throw withoutModules(task, call);
    throw noName(task, call);
  },
};

/**
 * The names of the tasks in these modules: those of `{ math, pipeline: { forecast } }` begin with `math.` and
 * `pipeline.forecast.`. A function that has two names goes by the first.
 * @throws {LambdaPoolError} OPTION_INVALID
 */
export function knownTaskNames(tasks: unknown): TaskNames {
  if (!isObject(tasks)) throw invalidOption('tasks', 'an object of task modules, such as { math }', tasks);
  const names = new Set<string>();
  const byFunction = new WeakMap<object, string>();
  collect(tasks, '', (name, fn) => {
    names.add(name);
    if (!byFunction.has(fn)) byFunction.set(fn, name);
  });
  if (names.size === 0) {
    throw new LambdaPoolError(
      'OPTION_INVALID',
      "The option `tasks` holds no function. Give it your task modules: import * as math from './tasks/math.ts', then { tasks: { math } }.",
      { details: { option: 'tasks' } },
    );
  }
  return {
    known: [...names],
    resolve(task, call) {
      if (typeof task === 'function') {
        const name = byFunction.get(task);
        if (name === undefined) throw notInModules(task, call);
        return name;
      }
      if (typeof task !== 'string' || task === '') throw noName(task, call);
      if (!names.has(task)) throw unknownName(task, [...names]);
      return task;
    },
  };
}

/**
 * The names of a pool with these options; undefined where it does not know its tasks.
 * @throws {LambdaPoolError} OPTION_INVALID; TASK_NOT_FOUND for options of a task that there is not.
 */
export function namesOf(tasks: unknown, taskOptions: unknown): TaskNames | undefined {
  if (tasks === undefined) return undefined;
  const names = knownTaskNames(tasks);
  if (isObject(taskOptions)) for (const name of Object.keys(taskOptions)) names.resolve(name, 'taskOptions');
  return names;
}

type Found = (name: string, fn: object) => void;

/** An object with functions of its own is a module, whose other exports are no tasks; else it is a folder. */
function collect(node: object, prefix: string, found: Found): void {
  const entries = Object.entries(node).filter(([key]) => key !== 'default');
  const functions = entries.filter(([, value]) => typeof value === 'function');
  for (const [key, value] of functions) if (isTask(key, value)) found(prefix + key, value);
  if (functions.length > 0) return;
  for (const [key, value] of entries) {
    if (isObject(value)) collect(value, `${prefix}${key}.`, found);
  }
}

/** As the bundler sees it: other functions are in no manifest. */
function isTask(name: string, fn: unknown): boolean {
  return IDENTIFIER.test(name) && !isClass(fn) && !GENERATORS.has(Object.prototype.toString.call(fn));
}

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;
const GENERATORS: ReadonlySet<string> = new Set(['[object GeneratorFunction]', '[object AsyncGeneratorFunction]']);

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isClass(fn: unknown): boolean {
  return typeof fn === 'function' && /^class\b/.test(Function.prototype.toString.call(fn));
}

function noName(task: unknown, call: string): LambdaPoolError {
  return invalidOption(`task`, `the name of a task for ${call}(), such as 'math.fibonacci'`, task);
}

function unknownName(task: string, known: readonly string[]): LambdaPoolError {
  const near = suggest(task, known);
  const count = known.length === 1 ? 'the 1 task' : `the ${known.length} tasks`;
  const hint =
    near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'If it is one, add its module to the option `tasks`.';
  return new LambdaPoolError(
    'TASK_NOT_FOUND',
    `There is no task ${JSON.stringify(task)} among ${count} that this pool was given by the option \`tasks\`. ${hint} Nothing was sent.`,
    { details: { task, near } },
  );
}

function notInModules(fn: { readonly name: string }, call: string): LambdaPoolError {
  return new LambdaPoolError(
    'TASK_NOT_FOUND',
    `${call}() got ${shown(fn)}, which is no export of the modules in the option \`tasks\`. Only their functions can be ` +
      'sent: move it to a task module, or add its module to `tasks`. Nothing was sent.',
    { details: { function: fn.name } },
  );
}

function withoutModules(fn: { readonly name: string }, call: string): LambdaPoolError {
  return new LambdaPoolError(
    'OPTION_INVALID',
    `${call}() got ${shown(fn)}, but this pool does not know its tasks. Give their modules by value, ` +
      "new LambdaPool({ tasks: { math } }), or name the task by a string, such as 'math.fibonacci'. Nothing was sent.",
    { details: { option: 'task', function: fn.name } },
  );
}

function shown({ name }: { readonly name: string }): string {
  return name === '' ? 'a function without a name' : `the function \`${name}\``;
}
