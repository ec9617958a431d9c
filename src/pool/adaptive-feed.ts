/** The calls of a map with `chunksize: 'auto'`, cut into chunks as the pool has room for them. */
import type { CallRequest } from '../../agent/protocol.ts';
import { NOTHING_LEARNED, learn, nextSize } from './adaptive-chunks.ts';
import type { ChunkSample } from './adaptive-chunks.ts';
import type { Chunk, Job } from './job.ts';
import { pack } from './request.ts';

/** Chunks that are not there yet. */
export interface Feed {
  /** Those for which there is room now. */
  more(): readonly Chunk[];
  /** Learns from an invocation. */
  measure(sample: ChunkSample): void;
  /** Gives up what has not been cut; returns the indexes of those calls. */
  drain(): readonly number[];
}

/** Calls that are packed together to see whether each can be sent. */
const TRIAL_CALLS = 1_000;

/**
 * As few chunks as possible are cut in advance, for the next may be of a better size: one, which goes out while the answer
 * that made room for it is still being read.
 */
const AHEAD = 1;

export class AdaptiveFeed implements Feed {
  readonly #job: Job;
  readonly #calls: readonly CallRequest[];
  readonly #workers: () => number;
  #next = 0;
  #learned = NOTHING_LEARNED;

  /** @throws {LambdaPoolError} PAYLOAD_TOO_LARGE if a call can never be sent: nothing is, then. */
  constructor(job: Job, calls: readonly CallRequest[], workers: () => number) {
    this.#job = job;
    this.#calls = calls;
    this.#workers = workers;
    for (let first = 0; first < calls.length; first += TRIAL_CALLS) {
      pack(job, { calls: calls.slice(first, first + TRIAL_CALLS), first, attempt: 1 });
    }
  }

  more(): readonly Chunk[] {
    const chunks: Chunk[] = [];
    const workers = this.#workers();
    while (this.#next < this.#calls.length && this.#job.chunks.size + chunks.length < workers + AHEAD) {
      const first = this.#next;
      this.#next += nextSize(this.#learned, { left: this.#calls.length - first, workers });
      const calls = this.#calls.slice(first, this.#next);
      for (const chunk of pack(this.#job, { calls, first, attempt: 1 })) chunks.push(chunk);
    }
    return chunks;
  }

  measure(sample: ChunkSample): void {
    this.#learned = learn(this.#learned, sample);
  }

  drain(): readonly number[] {
    const first = this.#next;
    this.#next = this.#calls.length;
    return Array.from({ length: this.#next - first }, (_, at) => first + at);
  }
}
