/** The job behind `apply` and `map`: collects all results, waits for all calls, then settles one promise. */
import { linkSignal, warn } from './observers.ts';
import type { Chunk, Job, Recorder } from './job.ts';
import type { CallPolicy, Progress } from './options.ts';

/** What a job asks of its pool. */
export interface JobHost {
  /** Forgets what the job has queued and aborts what it has in flight. */
  abort(job: Job, reason: unknown): void;
  /** Forgets what the job has queued; what is in flight goes on unheard. */
  drop(job: Job): void;
  /** Queues chunks of a job. */
  submit(chunks: readonly Chunk[]): void;
  /** The pool waits for the job until it leaves. */
  enter(job: Job): void;
  /** @throws {LambdaPoolError} POOL_CLOSED if the pool has ended since the job left. */
  reenter(job: Job): void;
  leave(job: Job): void;
}

export interface GatherOptions<R> {
  readonly task: string;
  readonly policy: CallPolicy;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** What the promise resolves with. */
  readonly finish: (results: unknown[]) => R;
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
  readonly #host: JobHost;
  readonly #options: GatherOptions<R>;
  #unlink: () => void = () => {};
  #resolve: (value: R) => void = () => {};
  #reject: (reason: unknown) => void = () => {};
  #results: unknown[] = [];
  #left = 0;
  #failed = 0;
  /** Lowest index that failed, and why. */
  #failedAt = Infinity;
  #failure: unknown;
  #ended = false;
  #recorder: Recorder | undefined;

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
  start(total: number, chunks: readonly Chunk[], earlier?: Continuation): void {
    if (this.#ended) return;
    this.#recorder = earlier?.recorder;
    this.#results = earlier?.results ?? Array.from({ length: total });
    this.#left = total - (earlier?.done ?? 0);
    if (this.#left === 0) this.#end();
    else this.#host.submit(chunks);
  }

  fulfil(index: number, value: unknown, chunk: Chunk): void {
    this.#recorder?.returned(index, value, chunk);
    this.#results[index] = value;
  }

  fail(index: number, error: unknown, chunk: Chunk): void {
    this.#recorder?.failed(index, error, chunk);
    this.#failed += 1;
    if (index >= this.#failedAt) return;
    this.#failedAt = index;
    this.#failure = error;
  }

  advance(count: number): void {
    this.#left -= count;
    this.#report();
    // The observer may have ended it.
    if (this.#left === 0 && !this.#ended) this.#end();
  }

  cancel(reason: unknown): void {
    if (this.#ended) return;
    this.#leave();
    this.#host.abort(this, reason);
    this.#reject(reason);
  }

  #report(): void {
    const { onProgress } = this.#options;
    if (onProgress === undefined) return;
    const total = this.#results.length;
    try {
      onProgress({ done: total - this.#left - this.#failed, failed: this.#failed, total });
    } catch (error) {
      warn('onProgress', error);
    }
  }

  #end(): void {
    const results = this.#results;
    this.#leave();
    if (this.#failedAt === Infinity) this.#resolve(this.#options.finish(results));
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
