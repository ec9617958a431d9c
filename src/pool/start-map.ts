/** From the items of a map to its chunks. All are encoded before the first is sent, so that a refusal sends nothing. */
import type { CallRequest } from '../../agent/protocol.ts';
import { AdaptiveFeed } from './adaptive-feed.ts';
import type { Feed } from './adaptive-feed.ts';
import { mapChunksize } from './chunk-size.ts';
import type { GatherJob } from './gather-job.ts';
import type { Chunk, Job } from './job.ts';
import { warn } from './observers.ts';
import { encodeArgs, pack } from './request.ts';
import type { Batch, Source } from './source.ts';

export interface MapPlan {
  /** Undefined: Python's rule. */
  readonly chunksize: number | 'auto' | undefined;
  /** How many there are now. */
  readonly workers: () => number;
  /** The arguments that an item stands for. */
  readonly toArgs: (item: unknown, index: number) => readonly unknown[];
}

/** Takes all items, at once if they are there, and starts the job with them; or ends it with what was wrong. */
export function startMap<R>(job: GatherJob<R>, source: Source, plan: MapPlan): void {
  const batch = source.take(Infinity);
  if (!(batch instanceof Promise)) return begin(job, batch, plan);
  void batch.then((all) => begin(job, all, plan));
  // Whatever ends the job while items still come ends their source too.
  job.promise.catch(() => source.close()).catch((error: unknown) => warn(`Closing the items of ${job.task}`, error));
}

function begin<R>(job: GatherJob<R>, batch: Batch, plan: MapPlan): void {
  if (job.hasEnded) return;
  if (batch.failure !== undefined) return job.cancel(batch.failure.error);
  let chunks: readonly Chunk[] | Feed;
  try {
    chunks = plan.chunksize === 'auto' ? feed(job, batch.items, plan) : cut(job, batch.items, plan);
  } catch (error) {
    return job.cancel(error);
  }
  job.start(batch.items.length, chunks);
}

function feed(job: Job, items: readonly unknown[], { toArgs, workers }: MapPlan): Feed {
  const calls = items.map((item, index) => encodeArgs(toArgs(item, index), index));
  return new AdaptiveFeed(job, calls, workers);
}

function cut(job: Job, items: readonly unknown[], { chunksize, toArgs, workers }: MapPlan): Chunk[] {
  const size = typeof chunksize === 'number' ? chunksize : mapChunksize(items.length, workers());
  const chunks: Chunk[] = [];
  for (let first = 0; first < items.length; first += size) {
    const end = Math.min(first + size, items.length);
    const calls: CallRequest[] = [];
    for (let index = first; index < end; index += 1) calls.push(encodeArgs(toArgs(items[index], index), index));
    for (const chunk of pack(job, { calls, first, attempt: 1 })) chunks.push(chunk);
  }
  return chunks;
}
