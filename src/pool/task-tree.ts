/** `pool.task.math.fibonacci(10)`: tasks as if they were functions here. */
import type { Arguments, FunctionIn, Item, Leaf, Level, Returned } from '../typed/task-types.ts';
import type { AsyncResult } from './async-result.ts';
import type { MapOptions } from './options.ts';
import type { Items } from './source.ts';

/** A task as a function: called, it runs in the pool. */
export interface TaskHandle<F> {
  /** As `apply` with these arguments. */
  (...args: Arguments<F>): Promise<Returned<F>>;
  /** As `map` of the pool. */
  readonly map: (items: Items<Item<F>>, options?: MapOptions) => Promise<Returned<F>[]>;
  /** As `starmap` of the pool. */
  readonly starmap: (items: Items<Arguments<F>>, options?: MapOptions) => Promise<Returned<F>[]>;
  /** As `applyAsync` with these arguments. */
  readonly async: (...args: Arguments<F>) => AsyncResult<Returned<F>>;
}

/** What `pool.task` is where the type of the tasks is not known: give it, `new LambdaPool<Tasks>(...)`, or give `tasks`. */
export interface TasksAreUntyped {
  toString(): string;
}

/** All tasks, in the shape of `Tasks`. Functions that are named as a method of TaskHandle, or `then`, are not among them. */
export type TaskTree<Tasks> = unknown extends Tasks ? TasksAreUntyped : Branch<Level<Tasks>>;

type Branch<Node> = {
  readonly [
    Key in keyof Node as Key extends keyof TaskHandle<unknown> | 'then' | 'toJSON' | 'toString' ? never : Key
  ]: Node[Key] extends Leaf ? TaskHandle<FunctionIn<Node[Key]>> : Branch<Level<Node[Key]>>;
};

/** What handles need of a pool. */
export interface NamedCalls {
  apply(task: string, options: { readonly args: readonly unknown[] }): Promise<unknown>;
  applyAsync(task: string, options: { readonly args: readonly unknown[] }): AsyncResult<unknown>;
  map(task: string, items: Items<unknown>, options?: MapOptions): Promise<unknown[]>;
  starmap(task: string, items: Items<Iterable<unknown>>, options?: MapOptions): Promise<unknown[]>;
}

/** Makes the tree. It grows as it is walked, since a pool need not know its tasks: names are checked by the call. */
export function taskTree<Tasks>(calls: NamedCalls): TaskTree<Tasks> {
  // What the proxy answers is beyond the compiler.
  const tree: unknown = new Proxy({}, new Walk(calls, ''));
  return tree as TaskTree<Tasks>;
}

class Walk implements ProxyHandler<object> {
  readonly #calls: NamedCalls;
  readonly #name: string;
  readonly #members = new Map<string, unknown>();

  /** @param name How far the walk has come; empty at its begin. */
  constructor(calls: NamedCalls, name: string) {
    this.#calls = calls;
    this.#name = name;
    // A promise that resolves with a handle, `JSON.stringify` and string templates ask for these, and would call a task.
    this.#members.set('then', undefined).set('toJSON', undefined);
    this.#members.set('toString', () => `pool.task${name === '' ? '' : `.${name}`}`);
    if (name === '') return;
    const { map, starmap, async } = methods(calls, name);
    this.#members.set('map', map).set('starmap', starmap).set('async', async);
  }

  get(target: object, key: string | symbol): unknown {
    if (typeof key === 'symbol') return Reflect.get(target, key);
    if (!this.#members.has(key)) this.#members.set(key, this.#step(key));
    return this.#members.get(key);
  }

  set(): boolean {
    return false;
  }

  #step(key: string): object {
    const name = this.#name === '' ? key : `${this.#name}.${key}`;
    const call = (...args: readonly unknown[]): Promise<unknown> => this.#calls.apply(name, { args });
    // Its name is what debuggers and `util.inspect` show.
    Object.defineProperty(call, 'name', { value: name });
    return new Proxy(call, new Walk(this.#calls, name));
  }
}

function methods(calls: NamedCalls, name: string): Omit<TaskHandle<(...args: unknown[]) => unknown>, never> {
  return {
    map: (items, options) => calls.map(name, items, options),
    starmap: (items, options) => calls.starmap(name, items, options),
    async: (...args) => calls.applyAsync(name, { args }),
  };
}
