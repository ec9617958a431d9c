/** The pool over a given transport: a facade that checks what comes in and hands it to the parts. */
import { systemClock } from '../shared/clock.ts';
import type { Clock } from '../shared/clock.ts';
import { LambdaPoolError } from '../shared/errors.ts';
import { checkFunction, checkInteger, checkKeys, invalidOption, show } from '../shared/options.ts';
import type { Transport } from '../transport/transport.ts';
import { AsyncResult } from './async-result.ts';
import { imapBuffersize } from './chunk-size.ts';
import { Dispatcher } from './dispatcher.ts';
import { warnIfForgotten } from './forgotten.ts';
import { GatherJob } from './gather-job.ts';
import type { JobHost } from './gather-job.ts';
import { ImapIterator } from './imap-iterator.ts';
import { ImapJob } from './imap-job.ts';
import { Lifecycle } from './lifecycle.ts';
import { OrderedMerge, UnorderedMerge } from './merge.ts';
import type { Merge } from './merge.ts';
import * as options from './options.ts';
import type { ApplyOptions, Callbacks, ImapOptions, MapOptions, Policies, PoolOptions } from './options.ts';
import { encodeArgs, encodeKwds, pack } from './request.ts';
import { isIterable, openSource } from './source.ts';
import { startMap } from './start-map.ts';
import type { MapPlan } from './start-map.ts';

/** Items of `map` and its kin. */
export type Items<T> = Iterable<T> | AsyncIterable<T>;

/** Time and chance, for tests. */
export interface PoolParts {
  readonly clock?: Clock;
  /** From 0 to 1. */
  readonly random?: () => number;
}

interface MapCall {
  readonly name: string;
  readonly task: string;
  readonly items: unknown;
  readonly options: MapOptions;
  readonly toArgs: MapPlan['toArgs'];
}

interface ImapCall {
  readonly name: string;
  readonly task: string;
  readonly items: unknown;
  readonly options: ImapOptions;
  readonly merge: Merge;
}

/**
 * Python's `multiprocessing.Pool`, over any transport. Methods that return a promise reject; the others throw if they are
 * called wrongly.
 */
export class Pool implements AsyncDisposable {
  readonly #workers: number;
  readonly #policies: Policies;
  readonly #lifecycle: Lifecycle;
  readonly #host: JobHost;

  /** Owns `transport` and closes it at its end. */
  constructor(transport: Transport, poolOptions: PoolOptions, parts: PoolParts = {}) {
    checkKeys('The pool', poolOptions, options.POOL_KEYS);
    this.#workers = checkInteger('workers', poolOptions.workers, { min: 1 });
    this.#policies = options.resolvePolicies(poolOptions);
    const { clock = systemClock, random = Math.random } = parts;
    const dispatcher = new Dispatcher({ transport, workers: this.#workers, clock, random });
    const lifecycle = new Lifecycle(dispatcher, async () => transport[Symbol.asyncDispose]());
    this.#lifecycle = lifecycle;
    // Jobs live on without the pool, which may be dropped meanwhile: nothing here may refer to it.
    this.#host = {
      submit: (chunks) => dispatcher.submit(chunks),
      abort: (job, reason) => dispatcher.abort(job, reason),
      drop: (job) => dispatcher.drop(job),
      enter: (job) => lifecycle.enter(job),
      reenter: (job) => lifecycle.reenter(job),
      leave: (job) => lifecycle.leave(job),
    };
    warnIfForgotten(this, lifecycle);
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
    return this.#apply<R>('apply', task, applyOptions);
  }

  /** Runs one call; its result can be looked at before it is there. */
  applyAsync<R = unknown>(task: string, applyOptions: ApplyOptions & Callbacks<R> = {}): AsyncResult<R> {
    checkKeys('applyAsync()', applyOptions, options.APPLY_ASYNC_KEYS);
    this.#check('applyAsync', task, applyOptions);
    const result = settled(() => this.#apply<R>('applyAsync', task, applyOptions));
    return new AsyncResult(result, `applyAsync('${task}')`, applyOptions);
  }

  /**
   * Runs a call for each item, and resolves with the results in the order of the items. Waits for all calls; if some
   * failed, rejects with the error of the first of them. If an item cannot be sent, or the iterable throws, nothing is sent.
   */
  async map<R = unknown>(task: string, items: Items<unknown>, mapOptions: MapOptions = {}): Promise<R[]> {
    checkKeys('map()', mapOptions, options.MAP_KEYS);
    return this.#map<R>({ name: 'map', task, items, options: mapOptions, toArgs: one });
  }

  /** As `map`, where each item is an array of arguments. */
  async starmap<R = unknown>(task: string, items: Items<Iterable<unknown>>, mapOptions: MapOptions = {}): Promise<R[]> {
    checkKeys('starmap()', mapOptions, options.MAP_KEYS);
    return this.#map<R>({ name: 'starmap', task, items, options: mapOptions, toArgs: spread });
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
    this.#lifecycle.close();
  }

  /**
   * Drops everything at once: calls reject with POOL_TERMINATED. What already runs on Lambda runs, and bills, to its end.
   * Resolves when the transport is closed.
   */
  terminate(): Promise<void> {
    return this.#lifecycle.terminate();
  }

  /**
   * Waits for the end that `close()` or `terminate()` began. As `imap` is lazy, it ends only if somebody reads it: loop over
   * its results before `join()`, or leave the loop.
   * @throws {LambdaPoolError} INVALID_STATE if neither was called.
   */
  join(): Promise<void> {
    return this.#lifecycle.join();
  }

  /** Terminates, as Python's pool does at the end of its `with` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.terminate();
  }

  #check(name: string, task: string, callOptions: options.CallOptions & Callbacks<never>): void {
    options.checkCall(name, task, callOptions);
    this.#lifecycle.checkOpen();
  }

  #apply<R>(name: string, task: string, callOptions: ApplyOptions): Promise<R> {
    this.#check(name, task, callOptions);
    const policy = this.#policies.of(task, callOptions);
    const { args = [], kwds, signal } = callOptions;
    if (!Array.isArray(args)) throw invalidOption('args', 'an array of arguments', args);
    if (kwds !== undefined && !isRecord(kwds)) throw invalidOption('kwds', 'an object of arguments by name', kwds);
    const call = kwds === undefined ? encodeArgs(args, undefined) : encodeKwds(args, kwds);
    const job = new GatherJob<R>(this.#host, { task, policy, signal, finish: (results) => results[0] as R });
    try {
      job.start(1, pack(job, { calls: [call], first: 0, attempt: 1 }));
    } catch (error) {
      job.cancel(error);
    }
    return job.promise;
  }

  #map<R>({ name, task, items, options: mapOptions, toArgs }: MapCall): Promise<R[]> {
    this.#check(name, task, mapOptions);
    const { signal, onProgress } = mapOptions;
    const chunksize = options.checkCount('chunksize', mapOptions.chunksize);
    if (onProgress !== undefined) checkFunction('onProgress', onProgress);
    const policy = this.#policies.of(task, mapOptions);
    const source = openSource(items, name);
    const finish = (results: unknown[]): R[] => results as R[];
    const job = new GatherJob<R[]>(this.#host, { task, policy, signal, onProgress, finish });
    startMap(job, source, { chunksize, workers: this.#workers, toArgs });
    return job.promise;
  }

  #mapAsync<R>(call: MapCall, callbacks: Callbacks<R[]>): AsyncResult<R[]> {
    checkKeys(`${call.name}()`, call.options, options.MAP_ASYNC_KEYS);
    return new AsyncResult(this.#map<R>(call), `${call.name}('${call.task}')`, callbacks);
  }

  #imap<R>({ name, task, items, options: imapOptions, merge }: ImapCall): ImapIterator<R> {
    checkKeys(`${name}()`, imapOptions, options.IMAP_KEYS);
    this.#check(name, task, imapOptions);
    const { signal } = imapOptions;
    const chunksize = options.checkCount('chunksize', imapOptions.chunksize) ?? 1;
    const buffersize =
      options.checkCount('buffersize', imapOptions.buffersize) ?? imapBuffersize(this.#workers, chunksize);
    const policy = this.#policies.of(task, imapOptions);
    const source = openSource(items, name);
    return new ImapIterator<R>(new ImapJob(this.#host, { task, policy, signal, source, merge, chunksize, buffersize }));
  }
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

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What `start` throws becomes the result's error. */
async function settled<R>(start: () => Promise<R>): Promise<R> {
  return start();
}
