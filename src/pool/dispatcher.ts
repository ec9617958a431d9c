/** Sends chunks through the transport, never more than `workers` at once, until each has been settled. Knows no pool. */
import type { Clock } from '../shared/clock.ts';
import { LambdaPoolError } from '../shared/errors.ts';
import type { InvokeResponse, Transport } from '../transport/transport.ts';
import type { Chunk, Job } from './job.ts';
import { KeepAlive, LONGEST_TIMER_MS } from './keep-alive.ts';
import { BoundedQueue } from './queue.ts';
import { UNREACHABLE_PATIENCE_MS, backoffMs, isFatal, isRefusal } from './retry.ts';
import type { Refusal } from './retry.ts';
import { isLost, settleAnswer, settleExpired, settleFailed, settleLost } from './settle.ts';
import type { Settlement } from './settle.ts';

export interface DispatcherParts {
  readonly transport: Transport;
  readonly workers: number;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
}

/**
 * The way of a chunk:
 *
 *     queued -> in flight -> settled; calls that are to run again become new chunks
 *               |     ^
 *               v     |
 *             backing off (refused; keeps its slot, so that a pool that is throttled sends less)
 */
export class Dispatcher {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #queue: BoundedQueue<Chunk>;
  readonly #keepAlive = new KeepAlive();
  /** In flight or backing off. */
  readonly #sent = new Set<Chunk>();
  #unreachableSince: number | undefined;
  #stopped = false;
  /** Told whenever the last chunk has gone. */
  onIdle: () => void = () => {};

  constructor(parts: DispatcherParts) {
    this.#transport = parts.transport;
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#queue = new BoundedQueue(parts.workers);
  }

  /** Nothing is queued or in flight. */
  get isIdle(): boolean {
    return this.#queue.size === 0 && this.#sent.size === 0;
  }

  /** Queues chunks and sends what may be sent. */
  submit(chunks: readonly Chunk[]): void {
    if (chunks.length === 0) return;
    for (const chunk of chunks) {
      chunk.job.chunks.add(chunk);
      this.#queue.push(chunk);
    }
    this.#pump();
  }

  /** Forgets what `job` has queued; its invocations in flight go on unheard. */
  drop(job: Job): void {
    for (const chunk of job.chunks) this.#drop(chunk);
    job.chunks.clear();
    this.#pump();
  }

  /** Forgets what `job` has queued and aborts what it has in flight. */
  abort(job: Job, reason: unknown): void {
    for (const chunk of job.chunks) {
      this.#drop(chunk);
      chunk.abort?.abort(reason);
    }
    job.chunks.clear();
    this.#pump();
  }

  /** Sends nothing more, and aborts what is in flight. */
  stop(reason: unknown): void {
    this.#stopped = true;
    for (const chunk of this.#sent) {
      this.#drop(chunk);
      chunk.abort?.abort(reason);
    }
    this.#keepAlive.release();
  }

  #drop(chunk: Chunk): void {
    chunk.dropped = true;
    chunk.limit?.[Symbol.dispose]();
    this.#queue.remove(chunk);
    if (chunk.backoff === undefined) return;
    chunk.backoff[Symbol.dispose]();
    this.#free(chunk);
  }

  #pump(): void {
    if (this.#stopped) return;
    for (let chunk = this.#queue.take(); chunk !== undefined; chunk = this.#queue.take()) {
      this.#sent.add(chunk);
      this.#limit(chunk);
      this.#send(chunk);
    }
    if (!this.isIdle) return this.#keepAlive.hold();
    this.#keepAlive.release();
    this.#unreachableSince = undefined;
    this.onIdle();
  }

  #free(chunk: Chunk): void {
    this.#sent.delete(chunk);
    this.#queue.release();
  }

  #limit(chunk: Chunk): void {
    const { timeoutMs } = chunk.job.policy;
    if (timeoutMs === Infinity) return;
    const limitMs = Math.min(timeoutMs * chunk.place.size, LONGEST_TIMER_MS);
    chunk.limit = this.#clock.after(limitMs, () => this.#expire(chunk, limitMs));
  }

  #send(chunk: Chunk): void {
    chunk.backoff = undefined;
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
    this.#unreachableSince = undefined;
    this.#free(chunk);
    // The next chunk goes out before this one is read: environments should not wait for our arithmetic.
    if (this.#queue.size > 0) this.#pump();
    if (!chunk.dropped) this.#conclude(chunk, () => settleAnswer(chunk, response, this.#transport.name));
    else this.#pump();
  }

  #failed(chunk: Chunk, error: unknown): void {
    if (!chunk.dropped && isRefusal(error) && this.#backOff(chunk, error)) return;
    this.#free(chunk);
    if (chunk.dropped) return this.#pump();
    if (isLost(error)) return this.#conclude(chunk, () => settleLost(chunk, error));
    const final = isRefusal(error) ? this.#giveUp(error) : error;
    if (isFatal(error)) this.#failQueued(chunk.job, final);
    this.#conclude(chunk, () => settleFailed(chunk, final));
  }

  /** Tells the job what became of the chunk, and sends again what is to be sent again. */
  #conclude(chunk: Chunk, settle: () => Settlement): void {
    chunk.limit?.[Symbol.dispose]();
    const { job } = chunk;
    job.chunks.delete(chunk);
    let settlement: Settlement;
    try {
      settlement = settle();
    } catch (error) {
      if (isFatal(error)) this.#failQueued(job, error);
      settlement = settleFailed(chunk, error);
    }
    const { told, atFront, atBack } = settlement;
    for (const again of atFront) {
      job.chunks.add(again);
      this.#queue.putBack(again);
    }
    for (const again of atBack) {
      job.chunks.add(again);
      this.#queue.push(again);
    }
    if (told > 0) job.advance(told);
    this.#pump();
  }

  /** Fails what would only fail in the same way, without sending it. */
  #failQueued(job: Job, error: unknown): void {
    const queued = [...job.chunks].filter((chunk) => chunk.queued);
    // All are out of the queue before the first is concluded, which sends whatever is next.
    for (const chunk of queued) this.#queue.remove(chunk);
    for (const chunk of queued) this.#conclude(chunk, () => settleFailed(chunk, error));
  }

  /** Waits and sends again; false if patience is at its end. */
  #backOff(chunk: Chunk, refusal: Refusal): boolean {
    if (refusal.code === 'THROTTLED') {
      this.#unreachableSince = undefined;
    } else {
      this.#unreachableSince ??= this.#clock.now();
      const isLimited = chunk.job.policy.timeoutMs !== Infinity;
      if (!isLimited && this.#clock.now() - this.#unreachableSince >= UNREACHABLE_PATIENCE_MS) return false;
    }
    const delayMs = backoffMs(refusal, chunk.refusals, this.#random());
    chunk.refusals += 1;
    chunk.refusal = refusal;
    chunk.backoff = this.#clock.after(delayMs, () => this.#send(chunk));
    return true;
  }

  #giveUp(refusal: Refusal): LambdaPoolError {
    const triedMs = Math.round(this.#clock.now() - (this.#unreachableSince ?? this.#clock.now()));
    const message = `${refusal.message} Tried again for ${(triedMs / 1000).toFixed(1)} s.`;
    return new LambdaPoolError(refusal.code, message, { cause: refusal, details: refusal.details, retryable: true });
  }

  #expire(chunk: Chunk, limitMs: number): void {
    const error = expired(chunk, limitMs);
    this.#drop(chunk);
    chunk.abort?.abort(error);
    this.#conclude(chunk, () => settleExpired(chunk, error));
  }
}

function expired(chunk: Chunk, limitMs: number): LambdaPoolError {
  const { job, place, refusal, backoff } = chunk;
  const calls = place.size === 1 ? '' : ` (${job.policy.timeoutMs} ms for each of its ${place.size} calls)`;
  if (backoff !== undefined && refusal !== undefined) {
    const message = `${refusal.message} The call's \`timeoutMs\` of ${limitMs} ms${calls} is over.`;
    return new LambdaPoolError(refusal.code, message, { cause: refusal, details: refusal.details, retryable: true });
  }
  const message =
    `${job.task} did not finish within its \`timeoutMs\` of ${limitMs} ms${calls}. ` +
    'The function was not told; it may run on, up to its own timeout.';
  return new LambdaPoolError('TASK_TIMEOUT', message, { details: { task: job.task, timeoutMs: limitMs } });
}
