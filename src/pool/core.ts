/** What a pool and an executor have in common: checks each call and makes the job that it becomes. */
import { systemClock } from '../shared/clock.ts';
import type { Clock } from '../shared/clock.ts';
import { checkFunction, checkInteger, checkKeys, checkOneOf, checkString, invalidOption } from '../shared/options.ts';
import { reopenJournal } from '../journal/journal.ts';
import type { Transport } from '../transport/transport.ts';
import { anyTaskName } from '../typed/task-names.ts';
import type { TaskNames } from '../typed/task-names.ts';
import { CheckedTransport } from './checked-transport.ts';
import type { Whereabouts } from './compare-tasks.ts';
import { Dispatcher } from './dispatcher.ts';
import { expectationOf } from './expected-tasks.ts';
import { GatherJob } from './gather-job.ts';
import type { GatherOptions, JobHost } from './gather-job.ts';
import { ImapJob } from './imap-job.ts';
import { Lifecycle } from './lifecycle.ts';
import type { Merge } from './merge.ts';
import * as options from './options.ts';
import type { ApplyOptions, Callbacks, ImapOptions, MapOptions, Policies, PoolOptions } from './options.ts';
import { recordPaths } from './record-options.ts';
import { runMissing, runRecorded } from './recorded-map.ts';
import { encodeArgs, encodeKwds, pack } from './request.ts';
import { openSource } from './source.ts';
import { checkSpeculate } from './speculation.ts';
import { openWatch } from './stats-options.ts';
import { startMap } from './start-map.ts';
import type { MapPlan } from './start-map.ts';
import { WorkerCount } from './worker-count.ts';

/** Time and chance, for tests; and what the options cannot say. */
export interface PoolParts {
  readonly clock?: Clock;
  /** From 0 to 1. */
  readonly random?: () => number;
  /** Instead of the option `workers`, where the number is found out only later. */
  readonly workers?: WorkerCount | undefined;
  /** The names that tasks may have. Default: every string. */
  readonly names?: TaskNames | undefined;
  /** What was deployed where, for messages. */
  readonly deployment?: Omit<Whereabouts, 'transport'> | undefined;
}

/** A `map` or one of its kin, as it came. */
export interface MapCall {
  /** Of the method, for messages. */
  readonly name: string;
  /** Its name, or a function whose name the pool knows. */
  readonly task: unknown;
  readonly items: unknown;
  readonly options: Omit<MapOptions, 'onError'> & { readonly onError?: GatherOptions<unknown>['onError'] };
  readonly toArgs: MapPlan['toArgs'];
}

/** An `imap` or one of its kin, as it came. */
export interface ImapCall {
  readonly name: string;
  /** Its name, or a function whose name the pool knows. */
  readonly task: unknown;
  readonly items: unknown;
  readonly options: ImapOptions;
  readonly merge: Merge;
  /** Default: the item alone. */
  readonly toArgs?: ((item: unknown) => readonly unknown[]) | undefined;
  /** Where the options say nothing. Default: 2 * workers * chunksize. */
  readonly buffersize?: number | undefined;
  readonly onDone?: (() => void) | undefined;
}

/** Everything of a pool but its face. Jobs refer to this and never to the face, which may be dropped while they run. */
export class PoolCore {
  readonly workers: WorkerCount;
  readonly lifecycle: Lifecycle;
  readonly host: JobHost;
  readonly #policies: Policies;
  readonly #names: TaskNames;

  /** Owns `transport` and closes it at its end. */
  constructor(transport: Transport, poolOptions: PoolOptions, parts: PoolParts) {
    checkKeys('The pool', poolOptions, options.POOL_KEYS);
    const workers = parts.workers ?? new WorkerCount(checkInteger('workers', poolOptions.workers, { min: 1 }));
    this.workers = workers;
    this.#policies = options.resolvePolicies(poolOptions, transport.maxPayloadBytes);
    const { clock = systemClock, random = Math.random, names = anyTaskName } = parts;
    this.#names = names;
    const watch = openWatch(poolOptions, clock);
    const expectation = expectationOf(names.known, poolOptions);
    const checked =
      expectation &&
      new CheckedTransport(transport, {
        expectation,
        where: { ...parts.deployment, transport: transport.name },
        onAnswer: (response) => watch.meter.asked(response),
      });
    const way = checked ?? transport;
    const onManifest = checked && ((hash: string): void => checked.ranOn(hash));
    const dispatcher = new Dispatcher({ transport: way, onManifest, workers, clock, random, watch });
    const lifecycle = new Lifecycle(dispatcher, async () => way[Symbol.asyncDispose]());
    this.lifecycle = lifecycle;
    this.host = {
      meter: watch.meter,
      get workers() {
        return workers.value;
      },
      submit: (chunks) => dispatcher.submit(chunks),
      abort: (job, reason) => dispatcher.abort(job, reason),
      drop: (job) => dispatcher.drop(job),
      failQueued: (job, error) => dispatcher.failQueued(job, error),
      enter: (job) => lifecycle.enter(job),
      reenter: (job) => lifecycle.reenter(job),
      leave: (job) => lifecycle.leave(job),
    };
  }

  /**
   * The full name of a task that was given by its name or as a function.
   * @throws {LambdaPoolError} OPTION_INVALID, TASK_NOT_FOUND
   */
  nameOf(task: unknown, name: string): string {
    return this.#names.resolve(task, name);
  }

  /**
   * Checks what all calls have in common, and names the task.
   * @throws {LambdaPoolError} OPTION_INVALID, TASK_NOT_FOUND, POOL_CLOSED
   */
  check(name: string, task: unknown, callOptions: options.CallOptions & Callbacks<never>): string {
    const fullName = this.nameOf(task, name);
    options.checkCall(callOptions);
    this.lifecycle.checkOpen();
    return fullName;
  }

  /**
   * One call. Arguments that cannot be sent fail the job.
   * @throws {LambdaPoolError} OPTION_INVALID, POOL_CLOSED
   */
  apply<R>(name: string, ref: unknown, callOptions: ApplyOptions): GatherJob<R> {
    const task = this.check(name, ref, callOptions);
    const policy = this.#policies.of(task, callOptions);
    const { args = [], kwds, signal } = callOptions;
    if (!Array.isArray(args)) throw invalidOption('args', 'an array of arguments', args);
    if (kwds !== undefined && !isRecord(kwds)) throw invalidOption('kwds', 'an object of arguments by name', kwds);
    const job = new GatherJob<R>(this.host, { task, policy, signal, finish: (results) => results[0] as R });
    try {
      const call = kwds === undefined ? encodeArgs(args, undefined) : encodeKwds(args, kwds);
      job.start(1, pack(job, { calls: [call], first: 0, attempt: 1 }));
    } catch (error) {
      job.cancel(error);
    }
    return job;
  }

  /** @throws {LambdaPoolError} OPTION_INVALID, POOL_CLOSED */
  map<R>(call: MapCall, finish: GatherOptions<R>['finish']): Promise<R> {
    const { name, items, options: mapOptions, toArgs } = call;
    const task = this.check(name, call.task, mapOptions);
    const record = recordPaths(mapOptions);
    const chunksize = options.checkChunksize(mapOptions.chunksize);
    const source = openSource(items, name);
    const job = this.#gather(task, mapOptions, finish);
    const plan = { chunksize, workers: () => this.host.workers, toArgs };
    if (record !== undefined) return runRecorded(job, source, { ...plan, ...record });
    startMap(job, source, plan);
    return job.promise;
  }

  /** @throws {LambdaPoolError} OPTION_INVALID, POOL_CLOSED, JOURNAL_UNUSABLE */
  async resume<R>(
    path: string,
    resumeOptions: Omit<MapCall['options'], 'journal'>,
    finish: GatherOptions<R>['finish'],
  ): Promise<R> {
    const record = recordPaths({ ...resumeOptions, journal: checkString('path', path) });
    const chunksize = options.checkChunksize(resumeOptions.chunksize);
    this.lifecycle.checkOpen();
    const journal = await reopenJournal(path);
    let job: GatherJob<R>;
    try {
      this.check('resume', journal.run.task, resumeOptions);
      job = this.#gather(journal.run.task, resumeOptions, finish);
    } catch (error) {
      await journal.close();
      throw error;
    }
    return runMissing(job, journal, { chunksize, workers: () => this.host.workers, failures: record?.failures });
  }

  #gather<R>(task: string, mapOptions: MapCall['options'], finish: GatherOptions<R>['finish']): GatherJob<R> {
    const { signal, onProgress } = mapOptions;
    const onError = checkOneOf('onError', mapOptions.onError ?? 'wait', ['wait', 'failFast', 'settle']);
    if (onProgress !== undefined) checkFunction('onProgress', onProgress);
    const policy = this.#policies.of(task, mapOptions);
    const speculate = checkSpeculate(mapOptions.speculate, { task, isIdempotent: policy.idempotent });
    return new GatherJob<R>(this.host, { task, policy, signal, onProgress, onError, speculate, finish });
  }

  /** @throws {LambdaPoolError} OPTION_INVALID, POOL_CLOSED */
  imap(call: ImapCall): ImapJob {
    const { name, items, options: imapOptions, merge, toArgs, onDone } = call;
    const task = this.check(name, call.task, imapOptions);
    const { signal, onProgress } = imapOptions;
    if (onProgress !== undefined) checkFunction('onProgress', onProgress);
    const chunksize = options.checkChunksize(imapOptions.chunksize) ?? 1;
    const buffersize = options.checkCount('buffersize', imapOptions.buffersize) ?? call.buffersize;
    const policy = this.#policies.of(task, imapOptions);
    const source = openSource(items, name);
    const shape = { merge, chunksize, buffersize, toArgs, onDone };
    return new ImapJob(this.host, { task, policy, signal, onProgress, source, ...shape });
  }
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
