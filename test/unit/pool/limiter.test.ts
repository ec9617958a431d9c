/** How the limiter finds out how much Lambda takes: against a service with limits, in time that moves when told to. */
import { expect, test } from 'vitest';
import { Limiter } from '../../../src/pool/limiter.ts';
import type { Refusal } from '../../../src/pool/retry.ts';
import { LambdaPoolError } from '../../../src/shared/errors.ts';

const refusal = (details: Readonly<Record<string, unknown>> = {}): Refusal =>
  new LambdaPoolError('THROTTLED', 'Rate Exceeded.', { retryable: true, details }) as Refusal;
const tooMany = refusal({ reason: 'ConcurrentInvocationLimitExceeded' });
const tooFast = refusal({ reason: 'CallerRateLimitExceeded' });

interface Service {
  /** Environments. */
  readonly concurrency?: number;
  readonly perSecond?: number;
  readonly taskMs: number;
}

interface Figures {
  done: number;
  refused: number;
  /** Invocations in flight that run, at each millisecond, summed up. */
  busy: number;
}

/** A client with endless work and a service, millisecond by millisecond. A refusal takes one, an answer `taskMs`. */
class Simulation {
  readonly limiter: Limiter;
  service: Service;
  now = 0;
  figures: Figures = { done: 0, refused: 0, busy: 0 };
  #ends: number[] = [];
  #refusals: { readonly at: number; readonly round: number; readonly why: Refusal }[] = [];
  #tokens = 0;

  constructor(workers: number, service: Service) {
    this.limiter = new Limiter(workers, () => 1);
    this.limiter.begin(0);
    this.service = service;
  }

  get inFlight(): number {
    return this.#ends.length + this.#refusals.length;
  }

  /** Runs for `ms`, and tells what happened meanwhile. */
  run(ms: number): Figures {
    this.figures = { done: 0, refused: 0, busy: 0 };
    for (const until = this.now + ms; this.now < until; this.now += 1) this.#tick();
    return this.figures;
  }

  #tick(): void {
    const { perSecond = Infinity } = this.service;
    this.#tokens = Math.min(Math.max(1, perSecond / 10), this.#tokens + perSecond / 1000);
    const ended = this.#ends.filter((at) => at <= this.now).length;
    this.#ends = this.#ends.filter((at) => at > this.now);
    for (let each = 0; each < ended; each += 1) this.limiter.accepted();
    this.figures.done += ended;
    for (const due of this.#refusals.filter(({ at }) => at <= this.now)) {
      this.#refusals = this.#refusals.filter((other) => other !== due);
      this.figures.refused += 1;
      this.limiter.refused(this.now, due.why, { round: due.round, inFlight: this.inFlight });
    }
    while (this.#mayInvoke()) this.#invoke();
    this.figures.busy += this.#ends.length;
  }

  #mayInvoke(): boolean {
    if (this.limiter.isCalm) return this.inFlight < this.limiter.concurrency;
    return this.limiter.waitMs(this.now, this.inFlight) === 0 && this.inFlight < this.limiter.concurrency;
  }

  #invoke(): void {
    const { concurrency = Infinity, perSecond, taskMs } = this.service;
    const round = this.limiter.sent(this.inFlight + 1);
    const refuse = (why: Refusal): void => void this.#refusals.push({ at: this.now + 1, round, why });
    if (this.#ends.length >= concurrency) return refuse(tooMany);
    if (perSecond !== undefined && this.#tokens < 1) return refuse(tooFast);
    this.#tokens -= 1;
    this.#ends.push(this.now + taskMs);
  }
}

test('without a refusal all workers are used at once, and nobody is asked to wait', () => {
  const simulation = new Simulation(1_000, { taskMs: 200 });
  simulation.run(1);
  expect(simulation.inFlight).toBe(1_000);
  expect(simulation.limiter.isCalm).toBe(true);
});

test.each([1, 7, 100, 700])(
  '%i environments are found within a second, and kept busy with few refusals',
  (concurrency) => {
    const simulation = new Simulation(1_000, { concurrency, taskMs: 200 });
    expect(simulation.run(1_000).refused).toBeLessThan(1_100);
    const { busy, refused } = simulation.run(10_000);
    expect(busy / 10_000 / concurrency).toBeGreaterThan(0.97);
    expect(refused).toBeLessThan(250);
  },
);

test('long tasks are no hindrance: environments that come free are found by time alone', () => {
  const simulation = new Simulation(1_000, { concurrency: 50, taskMs: 600_000 });
  simulation.run(5_000);
  simulation.service = { concurrency: 200, taskMs: 600_000 };
  const { refused } = simulation.run(60_000);
  expect(simulation.inFlight).toBeGreaterThanOrEqual(200);
  expect(refused).toBeLessThan(1_500);
});

test('a capacity that shrinks is followed down, and up again when it returns', () => {
  const simulation = new Simulation(400, { concurrency: 200, taskMs: 100 });
  simulation.run(2_000);
  simulation.service = { concurrency: 20, taskMs: 100 };
  simulation.run(2_000);
  expect(simulation.run(5_000).busy / 5_000).toBeGreaterThan(19);
  simulation.service = { concurrency: 300, taskMs: 100 };
  simulation.run(10_000);
  expect(simulation.run(5_000).busy / 5_000).toBeGreaterThan(285);
});

test('with no limit any more all workers are used again, and the limiter is calm', () => {
  const simulation = new Simulation(400, { concurrency: 20, taskMs: 100 });
  simulation.run(2_000);
  expect(simulation.limiter.isCalm).toBe(false);
  simulation.service = { taskMs: 100 };
  simulation.run(20_000);
  expect(simulation.inFlight).toBe(400);
  expect(simulation.limiter.isCalm).toBe(true);
});

test('a thousand refusals of one burst lower the concurrency once, to what was accepted and a little less', () => {
  const limiter = new Limiter(1_000, () => 1);
  const round = limiter.sent(1);
  for (let inFlight = 999; inFlight >= 100; inFlight -= 1) limiter.refused(0, tooMany, { round, inFlight });
  expect(limiter.concurrency).toBe(100);
  limiter.refused(1, tooMany, { round: limiter.sent(100), inFlight: 99 });
  expect(limiter.concurrency).toBe(94);
});

test('one is always tried: the concurrency never falls below it', () => {
  const limiter = new Limiter(10, () => 1);
  for (let each = 0; each < 50; each += 1) limiter.refused(each, tooMany, { round: limiter.sent(1), inFlight: 0 });
  expect(limiter.concurrency).toBe(1);
});

test.each([
  'CallerRateLimitExceeded',
  'FunctionInvocationRateLimitExceeded',
  'ReservedFunctionInvocationRateLimitExceeded',
])('%s paces the requests and leaves the concurrency alone', (reason) => {
  const limiter = new Limiter(100, () => 1);
  limiter.begin(0);
  for (let each = 0; each < 50; each += 1) limiter.accepted();
  limiter.refused(1_000, refusal({ reason }), { round: limiter.sent(10), inFlight: 9 });
  expect(limiter.concurrency).toBe(100);
  expect(limiter.waitMs(1_000, 9)).toBeGreaterThan(15);
});

test('a hundred requests a second are found, and used', () => {
  const simulation = new Simulation(1_000, { perSecond: 100, taskMs: 5 });
  simulation.run(5_000);
  const { done, refused } = simulation.run(20_000);
  expect(done).toBeGreaterThan(1_900);
  expect(refused).toBeLessThan(100);
});

test('a time that is named for a rate holds everything', () => {
  const limiter = new Limiter(100, () => 1);
  limiter.begin(0);
  const why = refusal({ reason: 'CallerRateLimitExceeded', retryAfterMs: 3_000 });
  limiter.refused(0, why, { round: limiter.sent(10), inFlight: 9 });
  expect(limiter.waitMs(1_000, 0)).toBe(2_000);
});

test('while everything is refused the pauses double, up to 5 s, by rounds and not by refusals', () => {
  const limiter = new Limiter(2, () => 1);
  let now = 0;
  const pauses: number[] = [];
  for (let round = 0; round < 9; round += 1) {
    const sentIn = limiter.sent(1);
    limiter.refused(now, tooMany, { round: sentIn, inFlight: 1 });
    limiter.refused(now, tooMany, { round: sentIn, inFlight: 0 });
    const pauseMs = limiter.waitMs(now, 0);
    pauses.push(pauseMs);
    now += pauseMs;
  }
  expect(pauses).toEqual([50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
});

test('an answer ends the doubling', () => {
  const limiter = new Limiter(2, () => 1);
  for (let each = 0; each < 5; each += 1) limiter.refused(0, tooMany, { round: limiter.sent(1), inFlight: 0 });
  limiter.accepted();
  limiter.refused(10_000, tooMany, { round: limiter.sent(1), inFlight: 0 });
  expect(limiter.waitMs(10_000, 0)).toBe(50);
});

test('five thousand workers begin as a thousand, and grow by a hundred a second', () => {
  const simulation = new Simulation(5_000, { taskMs: 60_000 });
  simulation.run(1);
  expect(simulation.inFlight).toBe(1_000);
  simulation.run(10_000);
  expect(simulation.inFlight).toBeGreaterThan(1_990);
  expect(simulation.inFlight).toBeLessThan(2_010);
});

test('environments that were there before need no new ramp', () => {
  const simulation = new Simulation(2_000, { taskMs: 100 });
  simulation.run(20_000);
  expect(simulation.inFlight).toBe(2_000);
  // A rest, and the next work.
  const limiter = simulation.limiter;
  limiter.begin(30_000);
  expect(limiter.waitMs(30_000, 1_999)).toBe(0);
});

test('fewer workers bound at once, more are used at once', () => {
  const limiter = new Limiter(10, () => 1);
  limiter.workers = 4;
  expect(limiter.concurrency).toBe(4);
  limiter.workers = 40;
  expect(limiter.concurrency).toBe(40);
  expect(limiter.isCalm).toBe(true);
});
