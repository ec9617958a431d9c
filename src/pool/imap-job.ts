/** The job behind `imap` and `imapUnordered`: takes items as room allows, gives out results as they are asked for. */
import type { CallRequest } from '../../agent/protocol.ts';
import type { JobHost } from './gather-job.ts';
import type { Chunk, Job } from './job.ts';
import type { Ending, Merge } from './merge.ts';
import { linkSignal, warn } from './observers.ts';
import type { CallPolicy } from './options.ts';
import { encodeArgs, pack } from './request.ts';
import type { EncodedCalls } from './request.ts';
import type { Batch, Source } from './source.ts';

export interface ImapJobOptions {
  readonly task: string;
  readonly policy: CallPolicy;
  readonly signal?: AbortSignal | undefined;
  readonly source: Source;
  readonly merge: Merge;
  readonly chunksize: number;
  readonly buffersize: number;
}

/** Who waits for the next result. */
interface Waiter {
  resolve(result: IteratorResult<unknown, undefined>): void;
  reject(error: unknown): void;
}

const DONE: IteratorResult<unknown, undefined> = { done: true, value: undefined };

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
  #taken = 0;
  #settled = 0;
  #given = 0;
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
    this.#options = options;
    host.enter(this);
    this.#unlink = linkSignal(options.signal, (reason) => this.cancel(reason));
  }

  /** The next result. Rejects with the error of a failed call, or of the source, in its place; then it goes on. */
  next(): Promise<IteratorResult<unknown, undefined>> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      this.#comeBack();
      this.#fill();
      this.#give();
    });
  }

  /** The consumer wants no more: what is not in flight is forgotten, and the source is closed. */
  async stop(): Promise<void> {
    if (this.#hasEnded) return;
    this.#end();
    this.#host.drop(this);
    this.#give();
    const closed = this.#options.source.close();
    // A source that is about to give an item may take for ever to do so, and ends only then.
    if (this.#isTaking) closed.catch((error: unknown) => this.#warn(error));
    else await closed;
  }

  fulfil(index: number, value: unknown): void {
    this.#options.merge.put(index, { ok: true, value });
  }

  fail(index: number, error: unknown): void {
    this.#options.merge.put(index, { ok: false, error });
  }

  advance(count: number): void {
    this.#settled += count;
    this.#leaveIfDone();
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

  #warn(error: unknown): void {
    warn(`Closing the items of ${this.task}`, error);
  }

  /** Takes as many chunks as there is room for. Never more than one `take` at a time. */
  #fill(): void {
    const { source, chunksize, buffersize } = this.#options;
    const count = Math.min(chunksize, buffersize);
    while (!this.#isTaking && !this.#isExhausted && !this.#hasLeft && this.#room >= count) {
      this.#isTaking = true;
      const batch = source.take(count);
      if (batch instanceof Promise) {
        void batch.then((each) => this.#arrived(each));
        return;
      }
      this.#accept(batch);
    }
  }

  get #room(): number {
    return this.#options.buffersize - (this.#taken - this.#given);
  }

  #arrived(batch: Batch): void {
    if (this.#hasEnded) return;
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
  }

  #send(items: readonly unknown[]): void {
    const first = this.#taken;
    const calls: CallRequest[] = [];
    const indexes: number[] = [];
    for (const item of items) {
      try {
        calls.push(encodeArgs([item], this.#taken));
        indexes.push(this.#taken);
        this.#taken += 1;
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
      this.#settled += 1;
      return [];
    }
  }

  #failNext(error: unknown): void {
    this.fail(this.#taken, error);
    this.#taken += 1;
    this.#settled += 1;
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
    return this.#hasEnded || (this.#isExhausted && this.#given === this.#taken);
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
    return this.#isExhausted && this.#settled === this.#taken;
  }

  #leaveIfDone(): void {
    if (!this.#isDone) return;
    // The source's error comes last, also where results come as they are ready: nothing before it is lost.
    const failure = this.#sourceFailure;
    this.#sourceFailure = undefined;
    if (failure !== undefined) this.#failNext(failure.error);
    this.#unlink();
    this.#leave();
  }

  #leave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#host.leave(this);
  }

  #end(): void {
    this.#hasEnded = true;
    this.#unlink();
    this.#leave();
  }
}
