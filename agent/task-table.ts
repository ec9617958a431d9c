/** From the name of a task to its function. Names come from requests: only own properties count, and no path is ever made. */
import { agentError, quote, show } from './errors.ts';
import type { Manifest, TaskEntry } from './manifest.ts';
import { Signature } from './signature.ts';
import { suggest } from './suggest.ts';

/** Loaders of the task modules, by the key that the manifest names. */
export type TaskModules = Readonly<Record<string, () => Promise<Readonly<Record<string, unknown>>>>>;

export type TaskFunction = (...args: readonly unknown[]) => unknown;

export interface Task {
  readonly name: string;
  readonly fn: TaskFunction;
  readonly signature: Signature;
}

/** A task, or why there is none: the same answer for each call of a chunk. */
export type Resolved =
  | { readonly task: Task }
  | { readonly task?: never; readonly code: 'TASK_NOT_FOUND' | 'INIT_FAILED'; readonly thrown: unknown };

export class TaskTable {
  readonly #modules: TaskModules;
  readonly #manifest: Manifest;
  readonly #loading = new Map<string, Promise<Readonly<Record<string, unknown>>>>();
  readonly #tasks = new Map<string, Task>();
  /** Modules that did not load: Node remembers that, and importing them again only repeats the error. */
  readonly #failed = new Set<string>();

  constructor(modules: TaskModules, manifest: Manifest) {
    this.#modules = modules;
    this.#manifest = manifest;
  }

  /** Loads the module of the task at the first call that names it. Never rejects. */
  async resolve(name: string): Promise<Resolved> {
    const known = this.#tasks.get(name);
    if (known !== undefined) return { task: known };
    const { tasks } = this.#manifest;
    const entry = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
    if (entry === undefined) return notFound(unknownTask(name, Object.keys(tasks)));
    const load = Object.hasOwn(this.#modules, entry.module) ? this.#modules[entry.module] : undefined;
    if (load === undefined) return notFound(notInBundle(name, `the bundle has no module ${quote(entry.module)}`));
    try {
      return this.#pick(name, entry, await this.#load(entry.module, load));
    } catch (thrown) {
      return { code: 'INIT_FAILED', thrown };
    }
  }

  /** Whether the module of this task did not load when it was asked for before. */
  hasFailedToLoad(name: string): boolean {
    if (this.#failed.size === 0) return false;
    const { tasks } = this.#manifest;
    return Object.hasOwn(tasks, name) && this.#failed.has(tasks[name]?.module ?? '');
  }

  #load(
    key: string,
    load: () => Promise<Readonly<Record<string, unknown>>>,
  ): Promise<Readonly<Record<string, unknown>>> {
    const before = this.#loading.get(key);
    if (before !== undefined) return before;
    const loading = load();
    this.#loading.set(key, loading);
    // A failure is reported to those who wait for it; a pool's next call finds another environment.
    loading.catch(() => {
      this.#loading.delete(key);
      this.#failed.add(key);
    });
    return loading;
  }

  #pick(name: string, entry: TaskEntry, exported: Readonly<Record<string, unknown>>): Resolved {
    const fn = Object.hasOwn(exported, entry.export) ? exported[entry.export] : undefined;
    if (fn === undefined)
      return notFound(notInBundle(name, `${quote(entry.module)} exports no ${quote(entry.export)}`));
    if (!isTaskFunction(fn)) return notFound(notInBundle(name, `it is ${kindOf(fn)}, not a function`));
    const task = { name, fn, signature: new Signature(entry) };
    this.#tasks.set(name, task);
    return { task };
  }
}

function isTaskFunction(value: unknown): value is TaskFunction {
  return typeof value === 'function' && !isClass(value);
}

function isClass(value: unknown): boolean {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));
}

function kindOf(value: unknown): string {
  return isClass(value) ? 'a class' : show(value);
}

function notFound(thrown: Error): Resolved {
  return { code: 'TASK_NOT_FOUND', thrown };
}

function unknownTask(name: string, known: readonly string[]): Error {
  const near = suggest(name, known);
  const count = known.length === 1 ? 'the 1 task' : `the ${known.length} tasks`;
  const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : '`lambdapool tasks` lists them.';
  return agentError('TaskNotFound', `There is no task ${quote(name)} among ${count} of this function. ${hint}`);
}

function notInBundle(name: string, why: string): Error {
  const message = `The task ${quote(name)} cannot be called: ${why}. Build and deploy again with \`lambdapool update\`.`;
  return agentError('TaskNotFound', message);
}
