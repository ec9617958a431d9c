/** The pool over a given transport: a facade that checks what comes in and hands it to the parts. */
import { LambdaPoolError } from '../shared/errors.ts';
import { checkInteger, checkKeys, show } from '../shared/options.ts';
import type { Transport } from '../transport/transport.ts';
import type {
  ApplyParameters,
  ArgumentListOf,
  Inferred,
  ItemOf,
  ResultOf,
  TaskRef,
  Untyped,
} from '../typed/task-types.ts';
import { AsyncResult } from './async-result.ts';
import { PoolCore } from './core.ts';
import type { ImapCall, MapCall, PoolParts } from './core.ts';
import { warnIfForgotten } from './forgotten.ts';
import type { GatherOptions, OnError } from './gather-job.ts';
import { ImapIterator } from './imap-iterator.ts';
import { OrderedMerge, UnorderedMerge } from './merge.ts';
import * as options from './options.ts';
import type {
  ApplyOptions,
  CallOptions,
  Callbacks,
  ImapOptions,
  MapOptions,
  PoolOptions,
  ResumeOptions,
  SettleOptions,
} from './options.ts';
import { settleAll } from './settled.ts';
import { isIterable } from './source.ts';
import type { Items } from './source.ts';
import type { PoolStats } from './stats.ts';
import { taskTree } from './task-tree.ts';
import type { TaskTree } from './task-tree.ts';

// One signature for all: from overloads the compiler explains a misfit badly.
type AnyMapOptions<E> = Omit<MapOptions, 'onError'> & { readonly onError?: E | undefined };
type Results<R, E> = E extends 'settle' ? PromiseSettledResult<R>[] : R[];

/**
 * Python's `multiprocessing.Pool`, over any transport. Methods that return a promise reject; the others throw if they are
 * called wrongly. `Tasks` is the type of the tasks, such as `{ math: typeof math }`: calls are checked against it.
 */
export class Pool<Tasks = Untyped> implements AsyncDisposable {
  readonly #core: PoolCore;
  #tree: TaskTree<Tasks> | undefined;

  /** Owns `transport` and closes it at its end. */
  constructor(transport: Transport, poolOptions: PoolOptions, parts: PoolParts = {}) {
    this.#core = new PoolCore(transport, poolOptions, parts);
    warnIfForgotten(this, this.#core.lifecycle);
  }

  /**
   * How many invocations may be in flight at once. May be set while the pool runs: more are sent at once, and where there
   * are fewer, what is in flight ends as it would. Chunks that were cut before stay as they are. With `workers: 'auto'` a
   * guess until the first call has asked.
   * @throws {LambdaPoolError} OPTION_INVALID when it is set to something else than an integer of at least 1.
   */
  get workers(): number {
    return this.#core.workers.value;
  }

  set workers(workers: number) {
    this.#core.workers.value = checkInteger('workers', workers, { min: 1 });
  }

  /**
   * What the pool is doing and has done since it began. Cheap: ask as often as you like.
   * @example
   * const { done, queued, callsPerSecond, costUsd } = pool.stats();
   */
  stats(): PoolStats {
    return this.#core.host.meter.snapshot();
  }

  /**
   * The tasks as functions.
   * @example
   * await pool.task.math.fibonacci(10);
   * await pool.task.math.fibonacci.map([1, 2, 3]);
   */
  get task(): TaskTree<Tasks> {
    // The tree has the names; the pool checks them, call by call.
    return (this.#tree ??= taskTree<Tasks>(this as Pool));
  }

  /**
   * Runs one call.
   * @throws {TaskError} what the task threw is its `cause`.
   * @example
   * await pool.apply('math.fibonacci', { args: [10] });
   * await pool.apply('math.fibonacci', { kwds: { n: 10 } });
   */
  apply<R = Inferred, N extends TaskRef<Tasks> = TaskRef<Tasks>>(
    task: N,
    ...rest: ApplyParameters<Tasks, N, CallOptions>
  ): Promise<ResultOf<Tasks, N, NoInfer<R>>>;
  async apply(task: unknown, applyOptions: ApplyOptions = {}): Promise<unknown> {
    checkKeys('apply()', applyOptions, options.APPLY_KEYS);
    return this.#core.apply('apply', task, applyOptions).promise;
  }

  /** Runs one call; its result can be looked at before it is there. */
  applyAsync<R = Inferred, N extends TaskRef<Tasks> = TaskRef<Tasks>>(
    task: N,
    ...rest: ApplyParameters<Tasks, N, CallOptions & Callbacks<ResultOf<Tasks, N, NoInfer<R>>>>
  ): AsyncResult<ResultOf<Tasks, N, NoInfer<R>>>;
  applyAsync(task: unknown, applyOptions: ApplyOptions & Callbacks<never> = {}): AsyncResult<unknown> {
    checkKeys('applyAsync()', applyOptions, options.APPLY_ASYNC_KEYS);
    // The task's signature is the caller's word.
    const job = this.#core.apply<never>('applyAsync', task, applyOptions);
    return new AsyncResult(job.promise, `applyAsync('${job.task}')`, applyOptions);
  }

  /**
   * Runs a call for each item, and resolves with the results in the order of the items. Waits for all calls; if some
   * failed, rejects with the error of the first of them (see `onError`). If an item cannot be sent, or the iterable throws,
   * nothing is sent.
   */
  map<R = Inferred, N extends TaskRef<Tasks> = TaskRef<Tasks>, E extends OnError = 'wait'>(
    task: N,
    items: Items<ItemOf<Tasks, N>>,
    mapOptions?: AnyMapOptions<E>,
  ): Promise<Results<ResultOf<Tasks, N, NoInfer<R>>, E>>;
  async map(task: unknown, items: Items<unknown>, mapOptions: AnyMapOptions<OnError> = {}): Promise<unknown[]> {
    checkKeys('map()', mapOptions, options.MAP_KEYS);
    return this.#map({ name: 'map', task, items, options: mapOptions, toArgs: one });
  }

  /** As `map`, where each item is an array of arguments. */
  starmap<R = Inferred, N extends TaskRef<Tasks> = TaskRef<Tasks>, E extends OnError = 'wait'>(
    task: N,
    items: Items<ArgumentListOf<Tasks, N>>,
    mapOptions?: AnyMapOptions<E>,
  ): Promise<Results<ResultOf<Tasks, N, NoInfer<R>>, E>>;
  async starmap(
    task: unknown,
    items: Items<Iterable<unknown>>,
    mapOptions: AnyMapOptions<OnError> = {},
  ): Promise<unknown[]> {
    checkKeys('starmap()', mapOptions, options.MAP_KEYS);
    return this.#map({ name: 'starmap', task, items, options: mapOptions, toArgs: spread });
  }

  /**
   * As `map`, but a failed call is a result like any other: resolves with one outcome for each item, in their order, as
   * `Promise.allSettled` does. Rejects only for the map as a whole: an item that cannot be sent, an abort, the pool's end.
   * @example
   * for (const each of await pool.mapSettled('math.factorial', [3, -1])) if (each.status === 'rejected') console.error(each.reason);
   */
  async mapSettled<R = Inferred, N extends TaskRef<Tasks> = TaskRef<Tasks>>(
    task: N,
    items: Items<ItemOf<Tasks, N>>,
    mapOptions: Omit<MapOptions, 'onError'> = {},
  ): Promise<PromiseSettledResult<ResultOf<Tasks, N, NoInfer<R>>>[]> {
    checkKeys('mapSettled()', mapOptions, options.SETTLED_KEYS);
    const call: MapCall = { name: 'mapSettled', task, items, options: mapOptions, toArgs: one };
    return this.#core.map(
      { ...call, options: { ...mapOptions, onError: 'settle' } },
      settleAll<ResultOf<Tasks, N, NoInfer<R>>>,
    );
  }

  /**
   * Goes on with the run of a journal (see `journal` of `map`), without its items: runs the calls that have no result in it,
   * those that failed included, and resolves with all results.
   * @throws {LambdaPoolError} JOURNAL_UNUSABLE
   * @example
   * const results = await pool.resume('run.jsonl');
   */
  resume<R = unknown>(path: string, resumeOptions: Omit<SettleOptions, 'journal'>): Promise<PromiseSettledResult<R>[]>;
  resume<R = unknown>(path: string, resumeOptions?: ResumeOptions): Promise<R[]>;
  async resume(path: string, resumeOptions: ResumeOptions | Omit<SettleOptions, 'journal'> = {}): Promise<unknown[]> {
    checkKeys('resume()', resumeOptions, options.RESUME_KEYS);
    return this.#core.resume<unknown[]>(path, resumeOptions, resumeOptions.onError === 'settle' ? settleAll : all);
  }

  /** As `map`; the result can be looked at before it is there. */
  mapAsync<R = Inferred, N extends TaskRef<Tasks> = TaskRef<Tasks>>(
    task: N,
    items: Items<ItemOf<Tasks, N>>,
    mapOptions: MapOptions & Callbacks<ResultOf<Tasks, N, NoInfer<R>>[]> = {},
  ): AsyncResult<ResultOf<Tasks, N, NoInfer<R>>[]> {
    return this.#mapAsync<ResultOf<Tasks, N, NoInfer<R>>>(
      { name: 'mapAsync', task, items, options: mapOptions, toArgs: one },
      mapOptions,
    );
  }

  /** As `starmap`; the result can be looked at before it is there. */
  starmapAsync<R = Inferred, N extends TaskRef<Tasks> = TaskRef<Tasks>>(
    task: N,
    items: Items<ArgumentListOf<Tasks, N>>,
    mapOptions: MapOptions & Callbacks<ResultOf<Tasks, N, NoInfer<R>>[]> = {},
  ): AsyncResult<ResultOf<Tasks, N, NoInfer<R>>[]> {
    return this.#mapAsync<ResultOf<Tasks, N, NoInfer<R>>>(
      { name: 'starmapAsync', task, items, options: mapOptions, toArgs: spread },
      mapOptions,
    );
  }

  /**
   * Runs a call for each item and gives out the results in the order of the items, lazily on both sides: nothing happens
   * before the first is asked for, and items are taken as results are consumed.
   * @example
   * for await (const y of pool.imap('forecast.compute', stores())) console.log(y);
   */
  imap<R = Inferred, N extends TaskRef<Tasks> = TaskRef<Tasks>>(
    task: N,
    items: Items<ItemOf<Tasks, N>>,
    imapOptions: ImapOptions = {},
  ): ImapIterator<ResultOf<Tasks, N, NoInfer<R>>> {
    return this.#imap<ResultOf<Tasks, N, NoInfer<R>>>({
      name: 'imap',
      task,
      items,
      options: imapOptions,
      merge: new OrderedMerge(),
    });
  }

  /** As `imap`, with the results in the order in which they come. */
  imapUnordered<R = Inferred, N extends TaskRef<Tasks> = TaskRef<Tasks>>(
    task: N,
    items: Items<ItemOf<Tasks, N>>,
    imapOptions: ImapOptions = {},
  ): ImapIterator<ResultOf<Tasks, N, NoInfer<R>>> {
    return this.#imap<ResultOf<Tasks, N, NoInfer<R>>>({
      name: 'imapUnordered',
      task,
      items,
      options: imapOptions,
      merge: new UnorderedMerge(),
    });
  }

  /** Takes no more calls and lets those it has finish; `join()` waits for that. Then the transport is closed. */
  close(): void {
    this.#core.lifecycle.close();
  }

  /**
   * Drops everything at once: calls reject with POOL_TERMINATED. What already runs on Lambda runs, and bills, to its end.
   * Resolves when the transport is closed.
   */
  terminate(): Promise<void> {
    return this.#core.lifecycle.terminate();
  }

  /**
   * Waits for the end that `close()` or `terminate()` began. As `imap` is lazy, it ends only if somebody reads it: loop over
   * its results before `join()`, or leave the loop.
   * @throws {LambdaPoolError} INVALID_STATE if neither was called.
   */
  join(): Promise<void> {
    return this.#core.lifecycle.join();
  }

  /** Terminates, as Python's pool does at the end of its `with` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.terminate();
  }

  #map<R>(call: MapCall): Promise<R[]> {
    const finish: GatherOptions<unknown[]>['finish'] = call.options.onError === 'settle' ? settleAll : all;
    // The task's signature is the caller's word.
    return this.#core.map(call, finish) as Promise<R[]>;
  }

  #mapAsync<R>(call: MapCall, callbacks: Callbacks<R[]>): AsyncResult<R[]> {
    checkKeys(`${call.name}()`, call.options, options.MAP_ASYNC_KEYS);
    const task = this.#core.nameOf(call.task, call.name);
    return new AsyncResult(this.#map<R>({ ...call, task }), `${call.name}('${task}')`, callbacks);
  }

  #imap<R>(call: ImapCall): ImapIterator<R> {
    checkKeys(`${call.name}()`, call.options, options.IMAP_KEYS);
    return new ImapIterator<R>(this.#core.imap(call));
  }
}

function all(results: unknown[]): unknown[] {
  return results;
}

function one(item: unknown): readonly unknown[] {
  return [item];
}

function spread(item: unknown, index: number): readonly unknown[] {
  if (Array.isArray(item)) return item;
  if (typeof item === 'object' && item !== null && isIterable(item)) return [...item];
  throw new LambdaPoolError(
    'ARGUMENTS_INVALID',
    `Expected item ${index} of starmap to be an array of arguments, got ${show(item)}. Nothing was sent.`,
    { details: { index } },
  );
}
