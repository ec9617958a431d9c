/** What a pool is doing and what it has done: counted by invocations, never by calls, so that it costs calls nothing. */
import type { Clock } from '../shared/clock.ts';
import type { Billing, InvokeResponse } from '../transport/transport.ts';
import { Bill, readReport } from './cost.ts';
import { PRICES } from './prices.ts';
import type { Architecture } from './prices.ts';
import { RecentRate } from './stats-rate.ts';

/** What `pool.stats()` returns: a snapshot. All counts are of calls and begin with the pool, unless something else is said. */
export interface PoolStats {
  /** Calls that wait to be sent, for the first time or again. */
  readonly queued: number;
  /** Calls that were sent and have not been answered; those included whose invocation was refused and waits for its next try. */
  readonly inFlight: number;
  /** Calls that have returned. */
  readonly done: number;
  /** Calls that have failed. */
  readonly failed: number;
  /** Calls that were sent again, each time counted, after they had failed or their outcome was lost. */
  readonly retried: number;
  /** Invocations that Lambda has refused for being too many: 429. They are sent again, and no call fails by it. */
  readonly throttled: number;
  /** Invocations that have been answered; that by which the pool compares its tasks with the function's is one. */
  readonly invocations: number;
  /** Invocations that had to start an environment first. Known from the execution log. */
  readonly coldStarts: number;
  /** Calls that have ended, by the second, over the last ten seconds. */
  readonly callsPerSecond: number;
  /** Milliseconds that what is known of will still take at that rate. Absent while an `imap` runs, or nothing has ended of late. */
  readonly timeLeftMs?: number;
  /** Milliseconds that Lambda bills, by its own account. Absent as long as no log has said so. */
  readonly billedMs?: number;
  /**
   * US dollars for those milliseconds and their invocations: an estimate at the prices of us-east-1, without the free tier
   * (see docs/progress.md). On the emulator: what the same would have cost.
   */
  readonly costUsd?: number;
}

/** What the meter reads of a chunk, and writes on it. */
export interface Metered {
  readonly place: { readonly size: number; readonly attempt: number };
  /** How often it was refused before. */
  readonly refusals: number;
  /** When it was last sent, by the pool's clock; undefined while it is not under way. */
  sentAt: number | undefined;
  /** Milliseconds that its invocation took: inside the function if that is known, else from its sending to its answer. */
  durationMs: number;
}

/** Counts for one pool. Jobs say what is to be done and what has ended, the dispatcher what is under way. */
export class Meter {
  readonly #clock: Clock;
  readonly #bill: Bill;
  readonly #rate = new RecentRate();
  #expected = 0;
  #openJobs = 0;
  #inFlight = 0;
  #done = 0;
  #failed = 0;
  #retried = 0;
  #throttled = 0;
  #invocations = 0;
  #coldStarts = 0;
  #longestMs = 0;
  #lastEndAt = 0;
  /** When something last was sent or came back: the clock is not asked again for what follows from that. */
  #lastEventAt = 0;

  constructor(clock: Clock, architecture: Architecture = 'x86_64') {
    this.#clock = clock;
    this.#bill = new Bill(PRICES[architecture]);
  }

  /** Milliseconds, by the pool's clock. */
  now(): number {
    return this.#clock.now();
  }

  /** When a call last ended. */
  get lastEndAt(): number {
    return this.#lastEndAt;
  }

  /** The longest that an answer has taken so far. */
  get longestMs(): number {
    return this.#longestMs;
  }

  /** Calls that wait to be sent. */
  get queued(): number {
    return Math.max(0, this.#expected - this.#inFlight);
  }

  /** A job began that does not know how many calls it has. */
  open(): void {
    this.#openJobs += 1;
  }

  /** Such a job knows it by now, or has ended. */
  shut(): void {
    this.#openJobs -= 1;
  }

  /** A job has `calls` more to do. */
  expect(calls: number): void {
    if (this.#expected === 0) this.#rate.begin(this.#clock.now());
    this.#expected += calls;
  }

  /** A job gives up `calls` that have not ended. */
  withdraw(calls: number): void {
    this.#expected -= calls;
  }

  /** `calls` have ended, of which `failed` have failed. */
  end(calls: number, failed: number): void {
    this.#expected -= calls;
    this.#done += calls - failed;
    this.#failed += failed;
    this.#lastEndAt = this.#lastEventAt;
    this.#rate.add(this.#lastEndAt, calls);
  }

  /** A chunk is sent. Said twice, it counts once. */
  sent(chunk: Metered): void {
    const now = this.#clock.now();
    if (chunk.sentAt === undefined) {
      this.#inFlight += chunk.place.size;
      if (chunk.place.attempt > 1 && chunk.refusals === 0) this.#retried += chunk.place.size;
    }
    chunk.sentAt = now;
    this.#lastEventAt = now;
  }

  /** It is no longer under way, whatever became of it. Nothing happens when that was said before. */
  freed(chunk: Metered): void {
    if (chunk.sentAt === undefined) return;
    this.#lastEventAt = this.#clock.now();
    chunk.durationMs = this.#lastEventAt - chunk.sentAt;
    chunk.sentAt = undefined;
    this.#inFlight -= chunk.place.size;
  }

  /** Its answer came. */
  answered(chunk: Metered, response: InvokeResponse): void {
    this.#invocations += 1;
    this.#longestMs = Math.max(this.#longestMs, chunk.durationMs);
    const billing = this.#charge(response);
    if (billing !== undefined) chunk.durationMs = billing.durationMs;
  }

  /** The function has answered a question of the pool's own, with no call in it. */
  asked(response: InvokeResponse): void {
    this.#invocations += 1;
    this.#charge(response);
  }

  #charge(response: InvokeResponse): Billing | undefined {
    const billing = response.billing ?? readReport(response.logTail ?? '');
    if (billing === undefined) return undefined;
    if (billing.isColdStart) this.#coldStarts += 1;
    this.#bill.add(billing);
    return billing;
  }

  /** An invocation was refused for being one too many. */
  throttled(): void {
    this.#throttled += 1;
  }

  snapshot(): PoolStats {
    const callsPerSecond = this.#rate.perSecond(this.#clock.now());
    const isForeseeable = this.#openJobs === 0 && callsPerSecond > 0;
    return {
      queued: this.queued,
      inFlight: this.#inFlight,
      done: this.#done,
      failed: this.#failed,
      retried: this.#retried,
      throttled: this.#throttled,
      invocations: this.#invocations,
      coldStarts: this.#coldStarts,
      callsPerSecond,
      ...(isForeseeable && { timeLeftMs: (Math.max(0, this.#expected) * 1000) / callsPerSecond }),
      ...this.#bill.total,
    };
  }
}
