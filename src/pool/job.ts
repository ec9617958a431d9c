/** What a pool works on: a job is one `apply`, `map` or `imap`; a chunk is the calls of a job that travel together. */
import type { ChunkSample } from './adaptive-chunks.ts';
import type { CallPolicy } from './options.ts';
import type { Queued } from './queue.ts';
import type { Refusal } from './retry.ts';
import type { Speculation } from './speculation.ts';

/** One `apply`, `map` or `imap`. Is told of the end of each of its calls exactly once, unless it was dropped before. */
export interface Job {
  readonly task: string;
  readonly policy: CallPolicy;
  /** Chunks that are queued or in flight. Written by the dispatcher only. */
  readonly chunks: Set<Chunk>;
  /** When second copies of its chunks are sent; undefined: never. */
  readonly speculation?: Speculation | undefined;
  /** The call at `index`, which travelled in `chunk`, returned `value`. Must not throw. */
  fulfil(index: number, value: unknown, chunk: Chunk): void;
  /** The call at `index`, which travelled in `chunk`, failed. Must not throw. */
  fail(index: number, error: unknown, chunk: Chunk): void;
  /** `count` more calls have been told of. Called once for each invocation, after `fulfil` and `fail`. Must not throw. */
  advance(count: number): void;
  /** How long calls of this job took. Called before `advance`, for invocations that ran any. Must not throw. */
  measure?(sample: ChunkSample): void;
  /** Ends the job: whatever has not settled rejects with `reason`. */
  cancel(reason: unknown): void;
}

/** Writes down what becomes of the calls of a job. Its methods do not throw. */
export interface Recorder {
  returned(index: number, value: unknown, chunk: Chunk): void;
  failed(index: number, error: unknown, chunk: Chunk): void;
}

/** The place of a chunk within its job. */
export interface ChunkPlace {
  /** Index of the first call. */
  readonly first: number;
  /** Index of each call, where they do not follow one another. */
  readonly indexes?: readonly number[] | undefined;
  readonly size: number;
  /** Which attempt this is for its calls, from 1. */
  readonly attempt: number;
  /** How many of the attempts before ended with a failure of the task; by these `retries` counts. */
  readonly failures: number;
  /** How many of the attempts before were lost, one after another. */
  readonly losses: number;
}

/** One chunk: its calls as the text that is sent, and where it stands. */
export class Chunk implements Queued<Chunk> {
  readonly job: Job;
  readonly place: ChunkPlace;
  /** The whole event: JSON text. The only copy of the arguments. */
  readonly payload: string;

  // The queue's.
  queued = false;
  before: Chunk | undefined = undefined;
  after: Chunk | undefined = undefined;

  // The dispatcher's.
  /** The job no longer wants to hear of it. */
  dropped = false;
  /** Aborts the invocation in flight. */
  abort: AbortController | undefined = undefined;
  /** Sends it after a pause; undefined unless it waits for that. */
  backoff: Disposable | undefined = undefined;
  /** Ends it at the call's `timeoutMs`. */
  limit: Disposable | undefined = undefined;
  /** Its round among the limiter's. */
  round = 0;
  /** The other copy of it that is under way. */
  twin: Chunk | undefined = undefined;
  /** How often in a row an environment had no time to start any of its calls. */
  idleRuns = 0;
  /** How often it was refused: known not to have run. */
  refusals = 0;
  /** The latest of those refusals. */
  refusal: Refusal | undefined = undefined;
  /** Lambda's id of the invocation that answered. */
  requestId: string | undefined = undefined;

  // The meter's.
  /** When it was last sent; undefined while it is not under way. */
  sentAt: number | undefined = undefined;
  /** How long its invocation took. */
  durationMs = 0;

  constructor(job: Job, place: ChunkPlace, payload: string) {
    this.job = job;
    this.place = place;
    this.payload = payload;
  }

  /** Whether its calls may have run, or may be running: it was sent, and not refused since. */
  get hasStarted(): boolean {
    if (this.place.attempt > 1) return true;
    return this.abort !== undefined && !this.queued && this.backoff === undefined;
  }

  /** Index within the job of the call at `position` within the chunk. */
  indexAt(position: number): number {
    return this.place.indexes?.[position] ?? this.place.first + position;
  }
}
