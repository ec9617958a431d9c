/** The pool over a given transport: a facade that checks what comes in and hands it to the parts. */
import { LambdaPoolError } from '../shared/errors.ts';
import { checkInteger, checkKeys, show } from '../shared/options.ts';
import type { Transport } from '../transport/transport.ts';
import { AsyncResult } from './async-result.ts';
import { PoolCore } from './core.ts';
import type { ImapCall, MapCall, PoolParts } from './core.ts';
import { warnIfForgotten } from './forgotten.ts';
import type { GatherOptions } from './gather-job.ts';
import { ImapIterator } from './imap-iterator.ts';
import { OrderedMerge, UnorderedMerge } from './merge.ts';
import * as options from './options.ts';
import type {
  ApplyOptions,
  Callbacks,
  ImapOptions,
  MapOptions,
  PoolOptions,
  ResumeOptions,
  SettleOptions,
} from './options.ts';
import { settleAll } from './settled.ts';
import { isIterable } from './source.ts';
import type { PoolStats } from './stats.ts';

/** Items of `map` and its kin. */
export type Items<T> = Iterable<T> | AsyncIterable<T>;

/**
 * Python's `multiprocessing.Pool`, over any transport. Methods that return a promise reject; the others throw if they are
 * called wrongly.
 */
export class Pool implements AsyncDisposable {
  readonly #core: PoolCore;

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
   * Runs one call.
   * @throws {TaskError} what the task threw is its `cause`.
   * @example
   * await pool.apply('math.fibonacci', { args: [10] });
   * await pool.apply('math.fibonacci', { kwds: { n: 10 } });
   */
  async apply<R = unknown>(task: string, applyOptions: ApplyOptions = {}): Promise<R> {
    checkKeys('apply()', applyOptions, options.APPLY_KEYS);
    return this.#core.apply<R>('apply', task, applyOptions).promise;
  }

  /** Runs one call; its result can be looked at before it is there. */
  applyAsync<R = unknown>(task: string, applyOptions: ApplyOptions & Callbacks<R> = {}): AsyncResult<R> {
    checkKeys('applyAsync()', applyOptions, options.APPLY_ASYNC_KEYS);
    const { promise } = this.#core.apply<R>('applyAsync', task, applyOptions);
    return new AsyncResult(promise, `applyAsync('${task}')`, applyOptions);
  }

  /**
   * Runs a call for each item, and resolves with the results in the order of the items. Waits for all calls; if some
   * failed, rejects with the error of the first of them (see `onError`). If an item cannot be sent, or the iterable throws,
   * nothing is sent.
   */
  map<R = unknown>(task: string, items: Items<unknown>, mapOptions: SettleOptions): Promise<PromiseSettledResult<R>[]>;
  map<R = unknown>(task: string, items: Items<unknown>, mapOptions?: MapOptions): Promise<R[]>;
  async map(task: string, items: Items<unknown>, mapOptions: MapOptions | SettleOptions = {}): Promise<unknown[]> {
    checkKeys('map()', mapOptions, options.MAP_KEYS);
    return this.#map({ name: 'map', task, items, options: mapOptions, toArgs: one });
  }

  /** As `map`, where each item is an array of arguments. */
  starmap<R = unknown>(
    task: string,
    items: Items<Iterable<unknown>>,
    mapOptions: SettleOptions,
  ): Promise<PromiseSettledResult<R>[]>;
  starmap<R = unknown>(task: string, items: Items<Iterable<unknown>>, mapOptions?: MapOptions): Promise<R[]>;
  async starmap(
    task: string,
    items: Items<Iterable<unknown>>,
    mapOptions: MapOptions | SettleOptions = {},
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
  async mapSettled<R = unknown>(
    task: string,
    items: Items<unknown>,
    mapOptions: Omit<MapOptions, 'onError'> = {},
  ): Promise<PromiseSettledResult<R>[]> {
    checkKeys('mapSettled()', mapOptions, options.SETTLED_KEYS);
    const call: MapCall = { name: 'mapSettled', task, items, options: mapOptions, toArgs: one };
    return this.#core.map({ ...call, options: { ...mapOptions, onError: 'settle' } }, settleAll<R>);
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
  mapAsync<R = unknown>(
    task: string,
    items: Items<unknown>,
    mapOptions: MapOptions & Callbacks<R[]> = {},
  ): AsyncResult<R[]> {
    return this.#mapAsync<R>({ name: 'mapAsync', task, items, options: mapOptions, toArgs: one }, mapOptions);
  }

  /** As `starmap`; the result can be looked at before it is there. */
  starmapAsync<R = unknown>(
    task: string,
    items: Items<Iterable<unknown>>,
    mapOptions: MapOptions & Callbacks<R[]> = {},
  ): AsyncResult<R[]> {
    return this.#mapAsync<R>({ name: 'starmapAsync', task, items, options: mapOptions, toArgs: spread }, mapOptions);
  }

  /**
   * Runs a call for each item and gives out the results in the order of the items, lazily on both sides: nothing happens
   * before the first is asked for, and items are taken as results are consumed.
   * @example
   * for await (const y of pool.imap('forecast.compute', stores())) console.log(y);
   */
  imap<R = unknown>(task: string, items: Items<unknown>, imapOptions: ImapOptions = {}): ImapIterator<R> {
    return this.#imap<R>({ name: 'imap', task, items, options: imapOptions, merge: new OrderedMerge() });
  }

  /** As `imap`, with the results in the order in which they come. */
  imapUnordered<R = unknown>(task: string, items: Items<unknown>, imapOptions: ImapOptions = {}): ImapIterator<R> {
    return this.#imap<R>({ name: 'imapUnordered', task, items, options: imapOptions, merge: new UnorderedMerge() });
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
    return new AsyncResult(this.#map<R>(call), `${call.name}('${call.task}')`, callbacks);
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
