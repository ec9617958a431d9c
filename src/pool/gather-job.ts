/** The job behind `apply` and `map`: collects all results, waits for all calls, then settles one promise. */
import { linkSignal, warn } from './observers.ts';
import type { ChunkSample } from './adaptive-chunks.ts';
import type { Feed } from './adaptive-feed.ts';
import type { Chunk, Job, Recorder } from './job.ts';
import type { CallPolicy, Progress } from './options.ts';
import { isFatal } from './retry.ts';
import { Speculation } from './speculation.ts';
import type { SpeculateOptions } from './speculation.ts';
import type { Meter } from './stats.ts';

/** What a job asks of its pool. */
export interface JobHost {
  readonly meter: Meter;
  /** How many invocations may be in flight at once, now. */
  readonly workers: number;
  /** Forgets what the job has queued and aborts what it has in flight. */
  abort(job: Job, reason: unknown): void;
  /** Forgets what the job has queued; what is in flight goes on unheard. */
  drop(job: Job): void;
  /** Fails what the job has queued, without sending it. */
  failQueued(job: Job, error: unknown): void;
  /** Queues chunks of a job. */
  submit(chunks: readonly Chunk[]): void;
  /** The pool waits for the job until it leaves. */
  enter(job: Job): void;
  /** @throws {LambdaPoolError} POOL_CLOSED if the pool has ended since the job left. */
  reenter(job: Job): void;
  leave(job: Job): void;
}

/** What a failed call does to its job. */
export type OnError = 'wait' | 'failFast' | 'settle';

export interface GatherOptions<R> {
  readonly task: string;
  readonly policy: CallPolicy;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Default: `'wait'`. */
  readonly onError?: OnError | undefined;
  readonly speculate?: SpeculateOptions | undefined;
  /** What the promise resolves with. `failures` by index, only if `onError` is `'settle'`. */
  readonly finish: (results: unknown[], failures?: ReadonlyMap<number, unknown>) => R;
}

/** What is known of a run before it starts, and who writes down the rest. */
export interface Continuation {
  readonly recorder: Recorder;
  /** Results of an earlier run, in their places among undefined ones. The job takes the array for its own. */
  readonly results?: unknown[];
  /** How many those are. */
  readonly done?: number;
}

export class GatherJob<R> implements Job {
  readonly task: string;
  readonly policy: CallPolicy;
  readonly chunks: Set<Chunk> = new Set();
  readonly promise: Promise<R>;
  speculation: Speculation | undefined;
  readonly #host: JobHost;
  readonly #options: GatherOptions<R>;
  #unlink: () => void = () => {};
  #resolve: (value: R) => void = () => {};
  #reject: (reason: unknown) => void = () => {};
  #results: unknown[] = [];
  #failures: Map<number, unknown> | undefined;
  #left = 0;
  #failed = 0;
  /** How many of those the meter knows of. */
  #failedMetered = 0;
  /** Lowest index that failed, and why. */
  #failedAt = Infinity;
  #failure: unknown;
  #ended = false;
  #recorder: Recorder | undefined;
  #feed: Feed | undefined;
  /** After this, the calls that have not been cut into chunks would only fail in the same way. */
  #fatal: { readonly error: unknown; readonly chunk: Chunk } | undefined;

  /** Enters the pool. Ends at once if the signal has fired. */
  constructor(host: JobHost, options: GatherOptions<R>) {
    this.task = options.task;
    this.policy = options.policy;
    this.#host = host;
    this.#options = options;
    this.promise = new Promise<R>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    host.enter(this);
    this.#unlink = linkSignal(options.signal, (reason) => this.cancel(reason));
  }

  /** Whether the promise has settled: nothing needs to be done any more. */
  get hasEnded(): boolean {
    return this.#ended;
  }

  /** Sends all calls, or those that an earlier run has left. */
  start(total: number, chunks: readonly Chunk[] | Feed, earlier?: Continuation): void {
    if (this.#ended) return;
    this.#recorder = earlier?.recorder;
    this.#results = earlier?.results ?? (total === 1 ? [undefined] : Array.from({ length: total }));
    this.#left = total - (earlier?.done ?? 0);
    const { speculate } = this.#options;
    if (speculate !== undefined) this.speculation = new Speculation(speculate, this.#left);
    this.#host.meter.expect(this.#left);
    if (this.#left === 0) return this.#end();
    if (!('more' in chunks)) return this.#host.submit(chunks);
    this.#feed = chunks;
    this.#host.submit(chunks.more());
  }

  fulfil(index: number, value: unknown, chunk: Chunk): void {
    this.#recorder?.returned(index, value, chunk);
    this.#results[index] = value;
  }

  fail(index: number, error: unknown, chunk: Chunk): void {
    this.#recorder?.failed(index, error, chunk);
    this.#failed += 1;
    if (this.#feed !== undefined && isFatal(error)) this.#fatal ??= { error, chunk };
    if (this.#options.onError === 'settle') {
      this.#failures ??= new Map();
      this.#failures.set(index, error);
      return;
    }
    if (index >= this.#failedAt) return;
    this.#failedAt = index;
    this.#failure = error;
  }

  advance(count: number): void {
    const ended = count + this.#failRest();
    this.#left -= ended;
    this.#host.meter.end(ended, this.#failed - this.#failedMetered);
    this.#failedMetered = this.#failed;
    // Workers should not wait for observers.
    if (this.#feed !== undefined) this.#host.submit(this.#feed.more());
    this.#report();
    // The observer may have ended it.
    if (this.#ended) return;
    if (this.#left === 0) this.#end();
    else if (this.#failedAt !== Infinity && this.#options.onError === 'failFast') this.cancel(this.#failure);
  }

  measure(sample: ChunkSample): void {
    this.#feed?.measure(sample);
  }

  cancel(reason: unknown): void {
    if (this.#ended) return;
    this.#host.meter.withdraw(this.#left);
    this.#leave();
    this.#host.abort(this, reason);
    this.#reject(reason);
  }

  /** After a fatal error: fails what has not been cut into chunks. Returns how many calls that were. */
  #failRest(): number {
    const fatal = this.#fatal;
    if (fatal === undefined || this.#feed === undefined) return 0;
    const indexes = this.#feed.drain();
    for (const index of indexes) this.fail(index, fatal.error, fatal.chunk);
    return indexes.length;
  }

  #report(): void {
    const { onProgress } = this.#options;
    if (onProgress === undefined) return;
    const total = this.#results.length;
    const stats = this.#host.meter.snapshot();
    try {
      onProgress({ done: total - this.#left - this.#failed, failed: this.#failed, total, stats });
    } catch (error) {
      warn('onProgress', error);
    }
  }

  #end(): void {
    const results = this.#results;
    this.#leave();
    if (this.#failedAt === Infinity) this.#resolve(this.#options.finish(results, this.#failures));
    else this.#reject(this.#failure);
    this.#failure = undefined;
  }

  #leave(): void {
    this.#ended = true;
    this.#results = [];
    this.#unlink();
    this.#host.leave(this);
  }
}
