/** Sends chunks through the transport, as many at once as is good, until each has been settled. Knows no pool. */
import type { Clock } from '../shared/clock.ts';
import { LambdaPoolError, isLambdaPoolError } from '../shared/errors.ts';
import type { InvokeResponse, Transport } from '../transport/transport.ts';
import type { Chunk, Job } from './job.ts';
import { KeepAlive, LONGEST_TIMER_MS } from './keep-alive.ts';
import { Limiter } from './limiter.ts';
import { expiredError, unreachableError } from './outcome.ts';
import { BoundedQueue } from './queue.ts';
import * as retry from './retry.ts';
import type { Refusal } from './retry.ts';
import { isLost, settleAnswer, settleExpired, settleFailed, settleLost } from './settle.ts';
import type { AnswerOrigin, Settlement } from './settle.ts';
import { StallWatch, viewOf } from './stall.ts';
import type { StallView } from './stall.ts';
import type { Watch } from './stats-options.ts';
import type { Meter } from './stats.ts';
import { Twins } from './twins.ts';
import type { WorkerCount } from './worker-count.ts';

/** So many are sent in one turn of the event loop. */
const BURST = 100;

export interface DispatcherParts extends Pick<AnswerOrigin, 'onManifest'> {
  readonly transport: Transport;
  readonly workers: WorkerCount;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly watch: Watch;
}

/**
 * The way of a chunk:
 *
 *     queued -> in flight -> settled; calls that are to run again become new chunks, some of them after a pause
 *        ^         |
 *        '---------'
 *          refused: put back before all others; how many are sent is the limiter's to say
 */
export class Dispatcher {
  readonly #transport: Transport;
  readonly #origin: AnswerOrigin;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #meter: Meter;
  readonly #stallWatch: StallWatch;
  readonly #workers: WorkerCount;
  readonly #limiter: Limiter;
  readonly #twins: Twins;
  readonly #queue: BoundedQueue<Chunk>;
  readonly #keepAlive = new KeepAlive();
  /** In flight. */
  readonly #sent = new Set<Chunk>();
  /** Were refused or lost, and wait for their next try: in the queue, or for its time to come. */
  readonly #returning = new Set<Chunk>();
  /** Tries again what the limiter holds back. */
  #wake: Disposable | undefined;
  #wasAnswered = false;
  #unreachableSince: number | undefined;
  #stopped = false;
  /** Told whenever the last chunk has gone. */
  onIdle: () => void = () => {};

  constructor(parts: DispatcherParts) {
    this.#transport = parts.transport;
    this.#origin = { transport: parts.transport.name, onManifest: parts.onManifest };
    this.#clock = parts.clock;
    this.#random = parts.random;
    const { workers, watch } = parts;
    this.#meter = watch.meter;
    this.#stallWatch = new StallWatch({ clock: parts.clock, ...watch.stall, look: () => this.#view() });
    this.#workers = workers;
    this.#limiter = new Limiter(workers.bound, parts.random);
    this.#queue = new BoundedQueue(workers.bound);
    workers.onChange = () => this.#resize();
    this.#twins = new Twins({ clock: parts.clock, workers, send: (copy) => this.submit([copy]) });
  }

  /** Nothing is queued or in flight. */
  get isIdle(): boolean {
    return this.#queue.size === 0 && this.#sent.size === 0 && this.#returning.size === 0;
  }

  /** Queues chunks and sends what may be sent. */
  submit(chunks: readonly Chunk[]): void {
    if (chunks.length === 0) return;
    if (this.isIdle) this.#limiter.begin(this.#clock.now());
    for (const chunk of chunks) {
      chunk.job.chunks.add(chunk);
      this.#queue.push(chunk);
    }
    this.#pump();
  }

  /** Forgets what `job` has queued; its invocations in flight go on unheard. */
  drop(job: Job): void {
    for (const chunk of job.chunks) this.#drop(chunk);
    this.#forget(job);
    this.#pump();
  }

  /** Forgets what `job` has queued and aborts what it has in flight. */
  abort(job: Job, reason: unknown): void {
    for (const chunk of job.chunks) {
      this.#drop(chunk);
      chunk.abort?.abort(reason);
    }
    this.#forget(job);
    this.#pump();
  }

  #view(): StallView {
    return { ...viewOf(this.#sent, this.#meter), backingOff: this.#returning.size };
  }

  /** Sends nothing more, and aborts what is in flight. */
  stop(reason: unknown): void {
    this.#stopped = true;
    for (const chunk of [...this.#sent, ...this.#returning]) {
      this.#drop(chunk);
      chunk.abort?.abort(reason);
      this.#twins.forget(chunk.job);
    }
    this.#rest();
  }

  #resize(): void {
    this.#limiter.workers = this.#workers.bound;
    this.#pump();
  }

  #forget(job: Job): void {
    job.chunks.clear();
    this.#twins.forget(job);
  }

  #drop(chunk: Chunk): void {
    chunk.dropped = true;
    this.#meter.freed(chunk);
    chunk.limit?.[Symbol.dispose]();
    this.#queue.remove(chunk);
    this.#returning.delete(chunk);
    chunk.backoff?.[Symbol.dispose]();
    this.#twins.part(chunk);
  }

  #pump(): void {
    if (this.#stopped) return;
    this.#wake?.[Symbol.dispose]();
    this.#wake = undefined;
    if (this.#queue.size > 0) this.#sendQueued();
    if (!this.isIdle) {
      this.#keepAlive.hold();
      this.#stallWatch.hold();
      return;
    }
    this.#rest();
    this.#unreachableSince = undefined;
    this.onIdle();
  }

  #sendQueued(): void {
    const limiter = this.#limiter;
    for (let sent = 0; ; sent += 1) {
      // What is refused meanwhile is heard before more is sent.
      if (sent === BURST) return this.#wakeAfter(0);
      let now = 0;
      if (!limiter.isCalm) {
        now = this.#clock.now();
        const waitMs = limiter.waitMs(now, this.#queue.taken);
        if (waitMs > 0) return this.#wakeAfter(waitMs);
      }
      this.#queue.limit = limiter.concurrency;
      const chunk = this.#queue.take();
      if (chunk === undefined) return;
      chunk.round = limiter.sent(this.#queue.taken);
      this.#send(chunk);
    }
  }

  #wakeAfter(waitMs: number): void {
    // Without a time: whatever ends will send the next.
    if (waitMs < Infinity) this.#wake = this.#clock.after(waitMs, () => this.#pump());
  }

  #rest(): void {
    this.#wake?.[Symbol.dispose]();
    this.#wake = undefined;
    this.#keepAlive.release();
    this.#stallWatch.release();
  }

  #free(chunk: Chunk): void {
    this.#sent.delete(chunk);
    this.#meter.freed(chunk);
    this.#queue.release();
  }

  #limit(chunk: Chunk): void {
    const { timeoutMs } = chunk.job.policy;
    // It goes on when the chunk is refused and sent again.
    if (timeoutMs === Infinity || chunk.limit !== undefined) return;
    const limitMs = Math.min(timeoutMs * chunk.place.size, LONGEST_TIMER_MS);
    chunk.limit = this.#clock.after(limitMs, () => this.#expire(chunk, limitMs));
  }

  #send(chunk: Chunk): void {
    this.#sent.add(chunk);
    this.#returning.delete(chunk);
    this.#limit(chunk);
    this.#meter.sent(chunk);
    const abort = new AbortController();
    chunk.abort = abort;
    let answer: Promise<InvokeResponse>;
    try {
      // The log's tail is asked for always: nobody knows before which environment will die.
      answer = this.#transport.invoke({ payload: chunk.payload, logs: true }, { signal: abort.signal });
    } catch (error) {
      answer = Promise.reject(error);
    }
    answer.then(
      (response) => this.#answered(chunk, response),
      (error: unknown) => this.#failed(chunk, error),
    );
  }

  #answered(chunk: Chunk, response: InvokeResponse): void {
    this.#wasAnswered = true;
    this.#unreachableSince = undefined;
    this.#free(chunk);
    this.#limiter.accepted();
    const hasAnswer = response.functionError === undefined;
    if (hasAnswer) chunk.job.speculation?.ended(chunk.durationMs, chunk.place.size);
    this.#meter.answered(chunk, response);
    // The next chunk goes out before this one is read: environments should not wait for our arithmetic.
    if (this.#queue.size > 0) this.#pump();
    if (chunk.dropped || (!hasAnswer && this.#leaveToTwin(chunk))) return this.#pump();
    this.#conclude(chunk, () => settleAnswer(chunk, response, this.#origin));
  }

  #failed(chunk: Chunk, error: unknown): void {
    this.#free(chunk);
    if (chunk.dropped) return this.#pump();
    if (retry.isRefusal(error)) return this.#refused(chunk, error);
    this.#fail(chunk, error);
  }

  #fail(chunk: Chunk, error: unknown): void {
    if (this.#leaveToTwin(chunk)) return this.#pump();
    if (isLost(error)) return this.#conclude(chunk, () => settleLost(chunk, error));
    if (retry.isFatal(error)) this.failQueued(chunk.job, error);
    this.#conclude(chunk, () => settleFailed(chunk, error));
  }

  /** It is known not to have run: puts it back, for as long as somebody wants it. */
  #refused(chunk: Chunk, refusal: Refusal): void {
    const now = this.#clock.now();
    this.#limiter.refused(now, refusal, { round: chunk.round, inFlight: this.#queue.taken });
    chunk.refusals += 1;
    chunk.refusal = refusal;
    this.#stallWatch.refused(refusal, this.#meter.lastEndAt);
    if (refusal.code === 'THROTTLED') {
      this.#meter.throttled();
      this.#unreachableSince = undefined;
    } else {
      this.#unreachableSince ??= now;
      if (this.#isHopeless(chunk, now - this.#unreachableSince)) {
        return this.#fail(chunk, unreachableError(refusal, now - this.#unreachableSince));
      }
    }
    if (!this.#leaveToTwin(chunk)) this.#sendAgain(chunk, refusal);
    this.#pump();
  }

  /** Whoever has never been reached is not there, most likely; who was, comes back. */
  #isHopeless({ job }: Chunk, triedMs: number): boolean {
    if (this.#wasAnswered || job.policy.timeoutMs !== Infinity) return false;
    return triedMs >= retry.UNREACHABLE_PATIENCE_MS;
  }

  #sendAgain(chunk: Chunk, refusal: Refusal): void {
    const namedMs = retry.retryAfterMs(refusal);
    this.#returning.add(chunk);
    // Where all come too fast, all wait, and the limiter sees to it.
    if (namedMs === undefined || retry.isRateRefusal(refusal)) return this.#queue.putBack(chunk);
    this.#sendLater(chunk, retry.namedBackoffMs(namedMs, this.#random()));
  }

  #sendLater(chunk: Chunk, delayMs: number): void {
    this.#returning.add(chunk);
    chunk.backoff = this.#clock.after(delayMs, () => {
      chunk.backoff = undefined;
      this.#queue.putBack(chunk);
      this.#pump();
    });
  }

  /** The other one of its pair can still answer: nobody needs to hear of this one. */
  #leaveToTwin(chunk: Chunk): boolean {
    if (this.#twins.part(chunk) === undefined) return false;
    chunk.job.chunks.delete(chunk);
    this.#drop(chunk);
    return true;
  }

  /** Nobody needs the answer of the other one of its pair any more. */
  #dropTwin(chunk: Chunk): void {
    const twin = this.#twins.part(chunk);
    if (twin === undefined) return;
    twin.job.chunks.delete(twin);
    this.#drop(twin);
    twin.abort?.abort(
      new LambdaPoolError('CANCELLED', `Another copy of this invocation of ${twin.job.task} has answered.`),
    );
  }

  /** Tells the job what became of the chunk, and sends again what is to be sent again. */
  #conclude(chunk: Chunk, settle: () => Settlement): void {
    chunk.limit?.[Symbol.dispose]();
    this.#dropTwin(chunk);
    const { job } = chunk;
    job.chunks.delete(chunk);
    let settlement: Settlement;
    try {
      settlement = settle();
    } catch (error) {
      if (retry.isFatal(error)) this.failQueued(job, error);
      settlement = isLambdaPoolError(error, 'OUTCOME_UNKNOWN') ? settleLost(chunk, error) : settleFailed(chunk, error);
    }
    const { told, atFront, atBack, later } = settlement;
    for (const again of atFront) {
      job.chunks.add(again);
      this.#queue.putBack(again);
    }
    for (const again of atBack) {
      job.chunks.add(again);
      this.#queue.push(again);
    }
    for (const again of later) {
      job.chunks.add(again);
      this.#sendLater(again, retry.lossBackoffMs(again.place.losses - 1, this.#random()));
    }
    if (told > 0) job.advance(told);
    if (job.speculation !== undefined) this.#twins.look(job);
    this.#pump();
  }

  /** Fails what `job` has queued, without sending it. */
  failQueued(job: Job, error: unknown): void {
    const queued = [...job.chunks].filter((chunk) => chunk.queued);
    // All are out of the queue before the first is concluded, which sends whatever is next.
    for (const chunk of queued) this.#queue.remove(chunk);
    for (const chunk of queued) this.#conclude(chunk, () => settleFailed(chunk, error));
  }

  #expire(chunk: Chunk, limitMs: number): void {
    const error = expiredError(chunk, limitMs);
    const isTwin = this.#leaveToTwin(chunk);
    this.#drop(chunk);
    chunk.abort?.abort(error);
    if (isTwin) return this.#pump();
    this.#conclude(chunk, () => settleExpired(chunk, error));
  }
}
