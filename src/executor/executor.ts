/** Python's `concurrent.futures.Executor` over any transport: a facade, as the pool is one. */
import { INITIALIZER_FAILED } from '../../agent/initializers.ts';
import { PoolCore } from '../pool/core.ts';
import type { PoolParts } from '../pool/core.ts';
import { closeIfForgotten } from '../pool/forgotten.ts';
import type { ImapJob } from '../pool/imap-job.ts';
import { LONGEST_TIMER_MS } from '../pool/keep-alive.ts';
import { OrderedMerge } from '../pool/merge.ts';
import { APPLY_KEYS, IMAP_KEYS } from '../pool/options.ts';
import type { CallOptions, PoolOptions } from '../pool/options.ts';
import type { Items } from '../pool/source.ts';
import { LambdaPoolError, isLambdaPoolError } from '../shared/errors.ts';
import { checkBoolean, checkInteger, checkKeys } from '../shared/options.ts';
import type { Transport } from '../transport/transport.ts';
import type { ApplyParameters, Inferred, ResultOf, TaskRef, Untyped } from '../typed/task-types.ts';
import { ExecutorMap } from './executor-map.ts';
import { Future, cancelled } from './future.ts';
import type { ExecutorMapArguments } from './map-arguments.ts';
import { SHUTDOWN_KEYS } from './options.ts';
import type { ExecutorMapOptions, ShutdownOptions, SubmitOptions } from './options.ts';
import { isIterable, zip } from './zip.ts';

/** What an executor has under way. Futures and maps refer to this, and not to the executor, which may be dropped meanwhile. */
interface Ledger {
  readonly futures: Set<Future<unknown>>;
  readonly maps: Set<ImapJob>;
  /** Why it takes no more calls, though nobody has shut it down. */
  broken: LambdaPoolError | undefined;
}

/** Runs calls and gives a future for each. At its end it waits, where a pool terminates. `Tasks` is the type of the tasks, as of a pool. */
export class Executor<Tasks = Untyped> implements AsyncDisposable {
  readonly #core: PoolCore;
  readonly #ledger: Ledger = { futures: new Set(), maps: new Set(), broken: undefined };
  #isShutDown = false;

  /** Owns `transport` and closes it at its end. */
  constructor(transport: Transport, options: PoolOptions, parts: PoolParts = {}) {
    this.#core = new PoolCore(transport, options, parts);
    closeIfForgotten(this, this.#core.lifecycle);
  }

  /**
   * Starts a call.
   * @throws {LambdaPoolError} OPTION_INVALID; POOL_CLOSED after `shutdown()`; INIT_FAILED once the initializer has failed.
   * @example
   * const future = executor.submit('math.fibonacci', { args: [10] });
   * console.log(await future.result({ timeoutMs: 1000 }));
   */
  submit<R = Inferred, N extends TaskRef<Tasks> = TaskRef<Tasks>>(
    task: N,
    ...rest: ApplyParameters<Tasks, N, CallOptions>
  ): Future<ResultOf<Tasks, N, NoInfer<R>>>;
  submit(task: unknown, options: SubmitOptions = {}): Future<unknown> {
    checkKeys('submit()', options, APPLY_KEYS);
    this.#checkOpen('submit()', this.#core.nameOf(task, 'submit'));
    const future = new Future(this.#core.apply('submit', task, options));
    const ledger = this.#ledger;
    ledger.futures.add(future);
    future.addDoneCallback(() => {
      ledger.futures.delete(future);
      if (future.state === 'failed') future.then(undefined, (error: unknown) => noteBroken(ledger, error));
    });
    return future;
  }

  /**
   * Runs a call for each row of items, one of each iterable, until the shortest has ended, and gives out the results in order.
   * Starts at once, and takes all items, or as many as `buffersize` says.
   * @example
   * for await (const y of executor.map('math.power', [2, 3, 4], [10, 10, 10], { chunksize: 2 })) console.log(y);
   */
  map<R = Inferred, N extends TaskRef<Tasks> = TaskRef<Tasks>>(
    task: N,
    ...rest: ExecutorMapArguments<Tasks, N>
  ): ExecutorMap<ResultOf<Tasks, N, NoInfer<R>>>;
  map(task: unknown, ...rest: readonly unknown[]): ExecutorMap<unknown> {
    const [iterables, options] = split(rest as ExecutorMapArguments);
    checkKeys('map()', options, IMAP_KEYS);
    const { timeoutMs, ...callOptions } = options;
    if (timeoutMs !== undefined) checkInteger('timeoutMs', timeoutMs, { min: 0, max: LONGEST_TIMER_MS });
    this.#checkOpen('map()', this.#core.nameOf(task, 'map'));
    const ledger = this.#ledger;
    const job = this.#core.imap({
      name: 'map',
      task,
      items: iterables.length === 1 ? iterables[0] : zip(iterables.length === 0 ? [[]] : iterables),
      options: callOptions,
      merge: new OrderedMerge(),
      toArgs: iterables.length === 1 ? undefined : (row) => row as readonly unknown[],
      buffersize: Infinity,
      onDone: () => ledger.maps.delete(job),
    });
    ledger.maps.add(job);
    job.start();
    return new ExecutorMap(job, timeoutMs, (error) => noteBroken(ledger, error));
  }

  /**
   * Takes no more calls; those it has finish, unless `cancelFutures` is set, and then the transport is closed. A `map` with a
   * `buffersize` takes no more items, and rejects with POOL_CLOSED after its last result. May be called again.
   */
  async shutdown(options: ShutdownOptions = {}): Promise<void> {
    checkKeys('shutdown()', options, SHUTDOWN_KEYS);
    const wait = checkBoolean('wait', options.wait ?? true);
    const cancelFutures = checkBoolean('cancelFutures', options.cancelFutures ?? false);
    this.#isShutDown = true;
    for (const job of this.#ledger.maps) {
      job.takeNoMore(shutDown(`map('${job.task}') took not all of its items`));
      if (cancelFutures) this.#core.host.failQueued(job, cancelled(job.task));
    }
    if (cancelFutures) for (const future of this.#ledger.futures) future.cancel();
    this.#core.lifecycle.close();
    if (wait) await this.#core.lifecycle.join();
  }

  /**
   * Drops everything at once: calls that have not ended reject with POOL_TERMINATED. What already runs on Lambda runs, and
   * bills, to its end. Resolves when the transport is closed. May be called again.
   */
  terminate(): Promise<void> {
    this.#isShutDown = true;
    return this.#core.lifecycle.terminate();
  }

  /** Waits for all calls, as Python's executor does at the end of its `with` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }

  #checkOpen(method: string, task: string): void {
    const { broken } = this.#ledger;
    if (broken !== undefined) {
      const message = `The executor is broken and takes no more calls: ${broken.message}`;
      throw new LambdaPoolError('INIT_FAILED', message, { cause: broken });
    }
    if (this.#isShutDown) throw shutDown(`${method} of ${task} was refused`);
  }
}

function split(rest: ExecutorMapArguments): [iterables: readonly Items<unknown>[], options: ExecutorMapOptions] {
  const last = rest.at(-1);
  if (last === undefined || isIterable(last)) return [rest as readonly Items<unknown>[], {}];
  return [rest.slice(0, -1) as readonly Items<unknown>[], last];
}

/** Python's executor breaks if its initializer fails, so that nobody waits for workers that never come. */
function noteBroken(ledger: Ledger, error: unknown): void {
  if (!isLambdaPoolError(error, 'INIT_FAILED')) return;
  if (error.cause instanceof Error && error.cause.name === INITIALIZER_FAILED) ledger.broken ??= error;
}

function shutDown(what: string): LambdaPoolError {
  return new LambdaPoolError(
    'POOL_CLOSED',
    `${what}: the executor has been shut down (by \`shutdown()\`, \`terminate()\` or the end of an \`await using\` block). ` +
      'Make a new executor, or shut this one down later.',
  );
}
