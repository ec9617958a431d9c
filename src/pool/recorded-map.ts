/** Runs a map that is written down: in a journal, with which it can go on after an interruption, or its failures in a file. */
import type { CallRequest, ChunkRequest } from '../../agent/protocol.ts';
import { createFailureFile } from '../journal/failure-file.ts';
import type { FailureFile } from '../journal/failure-file.ts';
import type { Origin } from '../journal/format.ts';
import { openJournal } from '../journal/journal.ts';
import type { Journal } from '../journal/journal.ts';
import { AdaptiveFeed } from './adaptive-feed.ts';
import type { Feed } from './adaptive-feed.ts';
import { mapChunksize } from './chunk-size.ts';
import type { GatherJob } from './gather-job.ts';
import { Chunk } from './job.ts';
import type { Recorder } from './job.ts';
import { warn } from './observers.ts';
import type { RecordPaths } from './record-options.ts';
import { encodeArgs, pack } from './request.ts';
import type { Source } from './source.ts';
import type { MapPlan } from './start-map.ts';

/** How the calls are cut into chunks. */
export interface CutPlan {
  readonly chunksize: number | 'auto' | undefined;
  readonly workers: () => number;
}

/** Takes all items and runs a call for each that the journal does not know the result of. Resolves once all is written. */
export function runRecorded<R>(
  job: GatherJob<R>,
  source: Source,
  plan: CutPlan & RecordPaths & Pick<MapPlan, 'toArgs'>,
): Promise<R> {
  // Whatever ends the job while items still come ends their source too.
  job.promise.catch(() => source.close()).catch((error: unknown) => warn(`Closing the items of ${job.task}`, error));
  const map = new RecordedMap(job, plan);
  return map.run(async () => {
    const { items, failure } = await source.take(Infinity);
    if (failure !== undefined) throw failure.error;
    const calls = items.map((item, index) => encodeArgs(plan.toArgs(item, index), index));
    if (job.hasEnded || plan.journal === undefined) return calls;
    map.journal = await openJournal(plan.journal, job.task, calls);
    return map.journal.missing.map((index) => calls[index] ?? null);
  });
}

/** Runs what an open journal knows no result of. Resolves once all is written. */
export function runMissing<R>(
  job: GatherJob<R>,
  journal: Journal,
  plan: CutPlan & Pick<RecordPaths, 'failures'>,
): Promise<R> {
  const map = new RecordedMap(job, plan);
  map.journal = journal;
  return map.run(() => journal.readMissing());
}

class RecordedMap<R> implements Recorder {
  journal: Journal | undefined;
  #failures: FailureFile | undefined;
  readonly #job: GatherJob<R>;
  readonly #plan: CutPlan & Pick<RecordPaths, 'failures'>;
  #parsed: { readonly chunk: Chunk; readonly calls: readonly CallRequest[] } | undefined;

  constructor(job: GatherJob<R>, plan: CutPlan & Pick<RecordPaths, 'failures'>) {
    this.#job = job;
    this.#plan = plan;
  }

  /** @param prepare Opens the journal, if there is to be one, and returns the calls to be sent. */
  async run(prepare: () => Promise<readonly CallRequest[]>): Promise<R> {
    const begun = this.#begin(prepare);
    try {
      return await this.#job.promise;
    } finally {
      // What ended the job may have come while the files were being opened.
      void begun.then(() => this.#close()).catch(() => {});
      await this.#close();
    }
  }

  returned(index: number, value: unknown, chunk: Chunk): void {
    this.journal?.returned(index, value, originOf(chunk));
  }

  failed(index: number, error: unknown, chunk: Chunk): void {
    const origin = originOf(chunk);
    this.journal?.failed(index, error, origin);
    this.#failures?.failed(index, this.#callOf(index, chunk), { error, origin });
  }

  async #begin(prepare: () => Promise<readonly CallRequest[]>): Promise<void> {
    try {
      const calls = await prepare();
      const { failures } = this.#plan;
      if (failures !== undefined) this.#failures = await createFailureFile(failures, this.#job.task);
      if (!this.#job.hasEnded) await this.#send(calls);
    } catch (error) {
      this.#job.cancel(error);
    }
  }

  async #send(calls: readonly CallRequest[]): Promise<void> {
    let chunks: readonly Chunk[] | Feed;
    try {
      chunks = this.#cut(calls);
    } catch (error) {
      // The next attempt has other calls.
      if (this.journal?.isNew === true) await this.journal.discard();
      throw error;
    }
    const stop = (error: unknown): void => this.#job.cancel(error);
    this.journal?.onFailure(stop);
    this.#failures?.onFailure(stop);
    const { journal } = this;
    const earlier = journal === undefined ? {} : { results: journal.results, done: journal.done };
    this.#job.start(journal?.run.calls ?? calls.length, chunks, { recorder: this, ...earlier });
  }

  #cut(calls: readonly CallRequest[]): Chunk[] | Feed {
    const { chunksize, workers } = this.#plan;
    const indexes = this.journal?.missing;
    if (chunksize === 'auto') return renumbered(new AdaptiveFeed(this.#job, calls, workers), indexes);
    const size = chunksize ?? mapChunksize(calls.length, workers());
    const chunks: Chunk[] = [];
    for (let first = 0; first < calls.length; first += size) {
      const end = first + size;
      const place = { first: indexes?.[first] ?? first, indexes: indexes?.slice(first, end) };
      for (const chunk of pack(this.#job, { calls: calls.slice(first, end), ...place, attempt: 1 })) chunks.push(chunk);
    }
    return chunks;
  }

  /** The chunk's text holds the only copy of the arguments; several calls of one chunk often fail together. */
  #callOf(index: number, chunk: Chunk): CallRequest {
    if (this.#parsed?.chunk !== chunk) {
      const { calls }: ChunkRequest = JSON.parse(chunk.payload);
      this.#parsed = { chunk, calls };
    }
    const { first, indexes } = chunk.place;
    return this.#parsed.calls[indexes === undefined ? index - first : indexes.indexOf(index)] ?? null;
  }

  async #close(): Promise<void> {
    await Promise.all([this.journal?.close(), this.#failures?.close()]);
  }
}

function originOf({ place, requestId }: Chunk): Origin {
  return { attempt: place.attempt, requestId };
}

/** `feed`, whose calls stand at `indexes` within their job. */
function renumbered(feed: Feed, indexes: readonly number[] | undefined): Feed {
  if (indexes === undefined) return feed;
  const renumber = ({ job, place, payload }: Chunk): Chunk => {
    const { first, size } = place;
    const own = indexes.slice(first, first + size);
    return new Chunk(job, { ...place, first: own[0] ?? first, indexes: own }, payload);
  };
  return {
    more: () => feed.more().map(renumber),
    measure: (sample) => feed.measure(sample),
    drain: () => feed.drain().map((at) => indexes[at] ?? at),
  };
}
