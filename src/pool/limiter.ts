/**
 * How many invocations may go out now, so that Lambda takes nearly all of them and its capacity is used. Learns from what is
 * refused. Pure: time and chance are arguments.
 */
import { Aimd } from './aimd.ts';
import { isRateRefusal, pauseMs, retryAfterMs } from './retry.ts';
import type { Refusal } from './retry.ts';

/** AWS: 1,000 new environments every 10 s for each function, https://docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html, read 2026-11 */
const RAMP_START = 1_000;
const RAMP_PER_MS = 0.1;
/** While something holds invocations back, it is tried this often whether there is room by now. */
const LOOK_AGAIN_MS = 100;
/** A pace beyond this is none: a client does not reach it. */
const FASTEST_PER_S = 20_000;
/** Invocations that a paced pool may send at once after a rest, as milliseconds of its pace. */
const PACE_BURST_MS = 50;

/** What is sent, and when: written on a chunk, so that its refusal can be told from old news. */
export type Round = number;

/**
 * Four bounds, the tightest of which holds:
 *
 *     workers       the user's
 *     concurrency   lowered when Lambda says that too many run at once; also when it cannot be reached at all
 *     pace          invocations a second, once Lambda says that they come too fast
 *     ramp          Lambda adds environments only so fast
 *
 * and a pause, which doubles, while all that is sent is refused.
 */
export class Limiter {
  readonly #concurrency: Aimd;
  readonly #pace = new Aimd({ floor: 1, ceiling: FASTEST_PER_S, isExact: false });
  readonly #random: () => number;
  #workers: number;
  /** Nothing but `workers` bounds it: the way of a pool that is never refused, which costs nothing. */
  #isCalm = true;
  #round: Round = 0;
  /** Refused in a row, rounds of them, with nothing accepted in between. */
  #fruitless = 0;
  #pausedUntil = -Infinity;
  #accepted = 0;
  #begunAt = 0;
  /** Invocations that the pace allows at this moment. */
  #paceTokens = 0;
  #pacedAt = 0;
  /** The most that were in flight: so many environments there are. */
  #peak = 0;
  #rampTokens = RAMP_START;
  #rampedAt = 0;

  /** @param random From 0 to 1. */
  constructor(workers: number, random: () => number) {
    this.#workers = workers;
    this.#random = random;
    this.#concurrency = new Aimd({ floor: 1, ceiling: workers, isExact: true });
  }

  set workers(workers: number) {
    this.#workers = workers;
    this.#concurrency.ceiling = workers;
  }

  /** There is work again, after a rest. */
  begin(now: number): void {
    this.#begunAt = now;
    this.#accepted = 0;
    this.#fruitless = 0;
  }

  /** How many invocations may be in flight. */
  get concurrency(): number {
    return Math.min(this.#workers, Math.floor(this.#concurrency.value));
  }

  /** Whether something else than `workers` holds invocations back, or may. */
  get isCalm(): boolean {
    return this.#isCalm && this.#workers <= RAMP_START;
  }

  /**
   * Milliseconds until one more may be sent, or until it is worth to ask again; 0: now; Infinity: when something ends. Not
   * to be asked while calm.
   */
  waitMs(now: number, inFlight: number): number {
    this.#concurrency.grow(now);
    this.#pace.grow(now);
    if (now < this.#pausedUntil) return Math.ceil(this.#pausedUntil - now);
    if (inFlight >= this.concurrency) return this.concurrency < this.#workers ? LOOK_AGAIN_MS : Infinity;
    const waitMs = Math.max(this.#waitForPace(now), this.#waitForRamp(now, inFlight));
    this.#isCalm = this.#concurrency.value === Infinity && this.#pace.value === Infinity;
    // Whole ones, as timers count them: the rest of a millisecond would be asked for again and again.
    return Math.ceil(waitMs);
  }

  /**
   * One was sent.
   * @param inFlight It included.
   */
  sent(inFlight: number): Round {
    if (this.#pace.value !== Infinity) this.#paceTokens -= 1;
    if (inFlight > this.#peak) {
      this.#peak = inFlight;
      this.#rampTokens -= 1;
    }
    return this.#round;
  }

  /** One was answered by the function. */
  accepted(): void {
    this.#accepted += 1;
    this.#fruitless = 0;
    if (this.#isCalm) return;
    this.#concurrency.accept();
    this.#pace.accept();
  }

  /**
   * One was refused.
   * @param inFlight Without it.
   */
  refused(now: number, refusal: Refusal, sending: { readonly round: Round; readonly inFlight: number }): void {
    const isNews = sending.round === this.#round;
    if (isNews) {
      this.#round += 1;
      this.#fruitless += 1;
    }
    this.#isCalm = false;
    if (isRateRefusal(refusal)) this.#slowDown(now, refusal, isNews);
    else this.#concurrency.refuse(now, sending.inFlight, isNews);
    // Nothing else is under way whose end would tell that there is room again.
    if (sending.inFlight === 0) this.#pause(now + pauseMs(refusal, this.#fruitless - 1, this.#random()));
  }

  #slowDown(now: number, refusal: Refusal, isNews: boolean): void {
    const seconds = Math.max(1, (now - this.#begunAt) / 1000);
    const perSecond = this.#pace.value === Infinity ? this.#accepted / seconds : this.#pace.value;
    if (isNews) this.#pace.refuse(now, perSecond, true);
    this.#paceTokens = Math.min(this.#paceTokens, 0);
    this.#pacedAt = now;
    this.#pause(now + (retryAfterMs(refusal) ?? 0));
  }

  #pause(until: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, until);
  }

  #waitForPace(now: number): number {
    const perMs = this.#pace.value / 1000;
    if (perMs === Infinity) return 0;
    const most = Math.max(1, perMs * PACE_BURST_MS);
    this.#paceTokens = Math.min(most, this.#paceTokens + (now - this.#pacedAt) * perMs);
    this.#pacedAt = now;
    return this.#paceTokens >= 1 ? 0 : (1 - this.#paceTokens) / perMs;
  }

  #waitForRamp(now: number, inFlight: number): number {
    if (inFlight < this.#peak) return 0;
    this.#rampTokens = Math.min(RAMP_START, this.#rampTokens + (now - this.#rampedAt) * RAMP_PER_MS);
    this.#rampedAt = now;
    return this.#rampTokens >= 1 ? 0 : (1 - this.#rampTokens) / RAMP_PER_MS;
  }
}
