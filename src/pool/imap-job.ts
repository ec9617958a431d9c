/** The job behind `imap` and `imapUnordered`: takes items as room allows, gives out results as they are asked for. */
import { setImmediate } from 'node:timers/promises';
import type { CallRequest } from '../../agent/protocol.ts';
import type { WaitOptions } from '../shared/abort.ts';
import { waitFor } from '../shared/abort.ts';
import { NOTHING_LEARNED, learn, nextSize } from './adaptive-chunks.ts';
import type { ChunkSample } from './adaptive-chunks.ts';
import { imapBuffersize } from './chunk-size.ts';
import type { JobHost } from './gather-job.ts';
import { ImapTally } from './imap-tally.ts';
import type { Chunk, Job } from './job.ts';
import type { Ending, Merge } from './merge.ts';
import { linkSignal, warn } from './observers.ts';
import type { CallPolicy, ImapProgress } from './options.ts';
import { encodeArgs, pack } from './request.ts';
import type { EncodedCalls } from './request.ts';
import type { Batch, Source } from './source.ts';

export interface ImapJobOptions {
  readonly task: string;
  readonly policy: CallPolicy;
  readonly signal?: AbortSignal | undefined;
  readonly source: Source;
  readonly merge: Merge;
  readonly chunksize: number | 'auto';
  /** Default: as `chunksize` needs it. */
  readonly buffersize?: number | undefined;
  readonly onProgress?: ((progress: ImapProgress) => void) | undefined;
  /** The arguments that an item stands for. Default: the item alone. */
  readonly toArgs?: ((item: unknown) => readonly unknown[]) | undefined;
  /** Told when nothing of it is left to do; maybe more than once. */
  readonly onDone?: (() => void) | undefined;
}

/** Who waits for the next result. */
interface Waiter {
  resolve(result: IteratorResult<unknown, undefined>): void;
  reject(error: unknown): void;
}

const DONE: IteratorResult<unknown, undefined> = { done: true, value: undefined };
/** How long the items of one chunk of `chunksize: 'auto'` may take to come. */
const SLOW_SOURCE_MS = 50;

/**
 * Items and results on their way:
 *
 *     source -> [ taken, not settled | settled, waiting in merge ] -> consumer
 *               '------------- at most `buffersize` ------------'
 *
 * The pool waits for the job until its source has ended and all calls have settled, or the consumer has left. A loop
 * that an error ends does not say that it has left, so the job leaves with each error and comes back with the next request.
 */
export class ImapJob implements Job {
  readonly task: string;
  readonly policy: CallPolicy;
  readonly chunks: Set<Chunk> = new Set();
  readonly #host: JobHost;
  readonly #options: ImapJobOptions;
  #unlink: () => void = () => {};
  readonly #waiters: Waiter[] = [];
  readonly #tally: ImapTally;
  #given = 0;
  /** For `chunksize: 'auto'`. */
  #learned = NOTHING_LEARNED;
  #isTaking = false;
  /** Taken from an asynchronous source while the job was away. */
  #held: Batch | undefined;
  #sourceFailure: { readonly error: unknown } | undefined;
  #isExhausted = false;
  #hasLeft = false;
  #hasEnded = false;
  /** Why it was cancelled, until somebody has been told. */
  #cancelled: { readonly reason: unknown } | undefined;

  constructor(host: JobHost, options: ImapJobOptions) {
    this.task = options.task;
    this.policy = options.policy;
    this.#host = host;
    this.#tally = new ImapTally(host.meter);
    this.#options = options;
    host.enter(this);
    this.#unlink = linkSignal(options.signal, (reason) => this.cancel(reason));
  }

  /** Takes what there is room for before anybody asks for a result. */
  start(): void {
    this.#fill();
  }

  /** Takes no more items: what it has is given out, and then `reason`. Nothing happens if it has all items. */
  takeNoMore(reason: unknown): void {
    if (this.#hasEnded || this.#isExhausted) return;
    this.#isExhausted = true;
    this.#sourceFailure = { error: reason };
    this.#held = undefined;
    this.#options.source.close().catch((thrown: unknown) => this.#warn(thrown));
    this.#leaveIfDone();
    this.#give();
  }

  /**
   * The next result. Rejects with the error of a failed call, or of the source, in its place; then it goes on. Who has
   * stopped waiting loses nothing: the result goes to whoever asks next.
   */
  next(wait: WaitOptions = {}): Promise<IteratorResult<unknown, undefined>> {
    const { promise, resolve, reject } = Promise.withResolvers<IteratorResult<unknown, undefined>>();
    const waiter: Waiter = { resolve, reject };
    this.#waiters.push(waiter);
    this.#comeBack();
    this.#fill();
    this.#give();
    if (wait.timeoutMs !== undefined || wait.signal !== undefined) {
      waitFor(promise, wait, `The next result of ${this.task}`).catch((error: unknown) => this.#giveUp(waiter, error));
    }
    return promise;
  }

  /** The consumer wants no more: what is not in flight is forgotten, and the source is closed. */
  async stop(): Promise<void> {
    if (this.#hasEnded) return;
    this.#end();
    this.#host.drop(this);
    this.#give();
    const closed = this.#options.source.close();
    // A source that is about to give an item may take for ever to do so, and ends only then. Most have it at once.
    if (this.#isTaking) await Promise.race([closed.catch((error: unknown) => this.#warn(error)), setImmediate()]);
    else await closed;
  }

  fulfil(index: number, value: unknown): void {
    this.#options.merge.put(index, { ok: true, value });
  }

  fail(index: number, error: unknown): void {
    this.#tally.failed += 1;
    this.#options.merge.put(index, { ok: false, error });
  }

  measure(sample: ChunkSample): void {
    if (this.#options.chunksize === 'auto') this.#learned = learn(this.#learned, sample);
  }

  advance(count: number): void {
    this.#tally.settled += count;
    this.#leaveIfDone();
    this.#tally.tell(!this.#isExhausted && !this.#hasLeft);
    this.#tally.report(this.#options.onProgress, this.#isExhausted);
    this.#give();
  }

  cancel(reason: unknown): void {
    if (this.#hasEnded) return;
    this.#end();
    this.#cancelled = { reason };
    this.#host.abort(this, reason);
    this.#give();
    this.#options.source.close().catch((error: unknown) => this.#warn(error));
  }

  #giveUp(waiter: Waiter, error: unknown): void {
    const at = this.#waiters.indexOf(waiter);
    if (at === -1) return;
    this.#waiters.splice(at, 1);
    waiter.reject(error);
  }

  #warn(error: unknown): void {
    warn(`Closing the items of ${this.task}`, error);
  }

  /** Takes as many chunks as there is room for. Never more than one `take` at a time. */
  #fill(): void {
    const { count, buffersize } = this.#room;
    while (!this.#isTaking && !this.#isExhausted && !this.#hasLeft) {
      if (buffersize - (this.#tally.taken - this.#given) < count) return;
      this.#isTaking = true;
      const batch = this.#take(count);
      if (batch instanceof Promise) {
        void batch.then((each) => this.#arrived(each));
        return;
      }
      this.#accept(batch);
    }
  }

  #take(count: number): Batch | Promise<Batch> {
    const { source, chunksize } = this.#options;
    if (chunksize !== 'auto') return source.take(count);
    // Workers should not wait until a slow source has filled a chunk that is large because tasks are fast.
    const { meter } = this.#host;
    const since = meter.now();
    return source.take(count, () => meter.now() - since >= SLOW_SOURCE_MS);
  }

  /** How many items the next chunk has, and how many may have been taken but not given out. */
  get #room(): { readonly count: number; readonly buffersize: number } {
    const { chunksize, buffersize } = this.#options;
    const { workers } = this.#host;
    const size = chunksize === 'auto' ? nextSize(this.#learned, { left: Infinity, workers }) : chunksize;
    if (buffersize === undefined) return { count: size, buffersize: imapBuffersize(workers, size) };
    const count = chunksize === 'auto' ? Math.ceil(buffersize / imapBuffersize(workers, 1)) : buffersize;
    return { count: Math.min(size, count), buffersize };
  }

  #arrived(batch: Batch): void {
    if (this.#hasEnded || this.#isExhausted) return;
    if (this.#hasLeft) {
      this.#held = batch;
      return;
    }
    this.#accept(batch);
    this.#fill();
    this.#give();
  }

  #accept(batch: Batch): void {
    this.#isTaking = false;
    this.#isExhausted = batch.isLast;
    // As in Python, a chunk that its source could not fill is lost with the source.
    if (batch.failure === undefined) this.#send(batch.items);
    else this.#sourceFailure = batch.failure;
    this.#leaveIfDone();
    this.#tally.tell(!this.#isExhausted && !this.#hasLeft);
  }

  #send(items: readonly unknown[]): void {
    const { toArgs = alone } = this.#options;
    const first = this.#tally.taken;
    const calls: CallRequest[] = [];
    const indexes: number[] = [];
    for (const item of items) {
      try {
        calls.push(encodeArgs(toArgs(item), this.#tally.taken));
        indexes.push(this.#tally.taken);
        this.#tally.taken += 1;
      } catch (error) {
        this.#failNext(error);
      }
    }
    if (calls.length === 0) return;
    const isWhole = calls.length === items.length;
    this.#host.submit(this.#pack({ calls, first, indexes: isWhole ? undefined : indexes, attempt: 1 }));
  }

  /** Calls too large to be sent fail alone. */
  #pack(encoded: EncodedCalls): Chunk[] {
    try {
      return pack(this, encoded);
    } catch (error) {
      const { calls, first, indexes, attempt } = encoded;
      if (calls.length > 1) {
        return calls.flatMap((call, at) => this.#pack({ calls: [call], first: indexes?.[at] ?? first + at, attempt }));
      }
      this.fail(first, error);
      this.#tally.settled += 1;
      return [];
    }
  }

  #failNext(error: unknown): void {
    this.fail(this.#tally.taken, error);
    this.#tally.taken += 1;
    this.#tally.settled += 1;
  }

  /** Serves those who wait, with whatever has come. */
  #give(): void {
    const { merge } = this.#options;
    while (this.#waiters.length > 0) {
      const ending = this.#hasEnded ? undefined : merge.take();
      if (ending === undefined && !this.#isOver) return;
      const waiter = this.#waiters.shift();
      if (waiter === undefined) return;
      if (ending === undefined) this.#refuse(waiter);
      else this.#serve(waiter, ending);
      this.#fill();
    }
  }

  #serve(waiter: Waiter, ending: Ending): void {
    this.#given += 1;
    if (ending.ok) return waiter.resolve({ done: false, value: ending.value });
    this.#leave();
    waiter.reject(ending.error);
  }

  #refuse(waiter: Waiter): void {
    const cancelled = this.#cancelled;
    this.#cancelled = undefined;
    if (cancelled === undefined) waiter.resolve(DONE);
    else waiter.reject(cancelled.reason);
  }

  /** Nothing more will come. */
  get #isOver(): boolean {
    return this.#hasEnded || (this.#isExhausted && this.#given === this.#tally.taken);
  }

  #comeBack(): void {
    if (!this.#hasLeft || this.#hasEnded || this.#isDone) return;
    try {
      this.#host.reenter(this);
    } catch (error) {
      return this.cancel(error);
    }
    this.#hasLeft = false;
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) this.#accept(held);
  }

  /** The pool has nothing more to do for it; the consumer may still have results to fetch. */
  get #isDone(): boolean {
    return this.#isExhausted && this.#tally.settled === this.#tally.taken;
  }

  #leaveIfDone(): void {
    if (!this.#isDone) return;
    // The source's error comes last, also where results come as they are ready: nothing before it is lost.
    const failure = this.#sourceFailure;
    this.#sourceFailure = undefined;
    if (failure !== undefined) this.#failNext(failure.error);
    this.#unlink();
    this.#leave();
    this.#options.onDone?.();
  }

  #leave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    // Perhaps for good: a loop that an error ends does not say so.
    this.#tally.tell(false);
    this.#host.leave(this);
  }

  #end(): void {
    this.#hasEnded = true;
    this.#tally.giveUp();
    this.#unlink();
    this.#leave();
    this.#options.onDone?.();
  }
}

function alone(item: unknown): readonly unknown[] {
  return [item];
}
