/** Second copies of chunks that take too long: when they are sent, and that only one of each pair counts. */
import type { Clock } from '../shared/clock.ts';
import type { Chunk, Job } from './job.ts';
import { part } from './request.ts';
import type { WorkerCount } from './worker-count.ts';

/** The share of the workers that may be busy with copies. */
const COPIES_SHARE = 0.1;

export interface TwinsParts {
  readonly clock: Clock;
  readonly workers: WorkerCount;
  readonly send: (copy: Chunk) => void;
}

export class Twins {
  readonly #parts: TwinsParts;
  /** When to look again, for each job that has something in flight. */
  readonly #timers = new Map<Job, Disposable>();
  #copies = 0;

  constructor(parts: TwinsParts) {
    this.#parts = parts;
  }

  /** Sends copies of what is in flight for too long. To be called whenever an invocation of the job has ended. */
  look(job: Job): void {
    this.forget(job);
    const now = this.#parts.clock.now();
    let nextMs = Infinity;
    for (const chunk of job.chunks) {
      if (chunk.sentAt === undefined || chunk.twin !== undefined) continue;
      const leftMs = (job.speculation?.limitMs(chunk.place.size) ?? Infinity) - (now - chunk.sentAt);
      if (leftMs > 0) nextMs = Math.min(nextMs, leftMs);
      else if (this.#copies < this.#most) this.#copy(chunk);
    }
    if (nextMs < Infinity)
      this.#timers.set(
        job,
        this.#parts.clock.after(Math.ceil(nextMs), () => this.look(job)),
      );
  }

  /** The job has nothing in flight any more that anybody waits for. */
  forget(job: Job): void {
    this.#timers.get(job)?.[Symbol.dispose]();
    this.#timers.delete(job);
  }

  /** Ends a pair. Returns the other one. */
  part(chunk: Chunk): Chunk | undefined {
    const { twin } = chunk;
    if (twin === undefined) return undefined;
    chunk.twin = undefined;
    twin.twin = undefined;
    this.#copies -= 1;
    return twin;
  }

  get #most(): number {
    return Math.max(1, Math.floor(this.#parts.workers.value * COPIES_SHARE));
  }

  #copy(chunk: Chunk): void {
    const { size, attempt } = chunk.place;
    const everything = Array.from({ length: size }, (_, position) => position);
    const copy = part(chunk, everything, { attempt: attempt + 1 });
    chunk.twin = copy;
    copy.twin = chunk;
    this.#copies += 1;
    this.#parts.send(copy);
  }
}
