/** Queue, limiter and dispatcher against a service whose limits change and whose answers fail: in time that moves when told to. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BoundedQueue } from '../../src/pool/queue.ts';
import type { Queued } from '../../src/pool/queue.ts';
import { Limiter } from '../../src/pool/limiter.ts';
import { Pool } from '../../src/pool/pool.ts';
import type { Refusal } from '../../src/pool/retry.ts';
import { LambdaPoolError, isLambdaPoolError } from '../../src/shared/errors.ts';
import { FakeTransport } from '../support/fake-transport.ts';
import { FakeClock, settle } from '../unit/pool/fake-clock.ts';

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

class Item implements Queued<Item> {
  queued = false;
  before: Item | undefined = undefined;
  after: Item | undefined = undefined;
  round = 0;
}

/** What must hold: so many items wait, so many are in flight, and none is lost or doubled. */
interface Model {
  waiting: number;
  inFlight: Item[];
  workers: number;
}

interface Real {
  readonly queue: BoundedQueue<Item>;
  readonly limiter: Limiter;
  now: number;
}

function checkInvariants(model: Model, { queue, limiter }: Real): void {
  expect([queue.size, queue.taken]).toEqual([model.waiting, model.inFlight.length]);
  expect(limiter.concurrency).toBeGreaterThanOrEqual(1);
  expect(limiter.concurrency).toBeLessThanOrEqual(model.workers);
}

class Push implements fc.Command<Model, Real> {
  check = (): boolean => true;
  run(model: Model, real: Real): void {
    real.queue.push(new Item());
    model.waiting += 1;
    checkInvariants(model, real);
  }
  toString = (): string => 'push';
}

/** Sends what the limiter lets through, as the dispatcher does. */
class Send implements fc.Command<Model, Real> {
  check = (model: Readonly<Model>): boolean => model.waiting > 0;
  run(model: Model, real: Real): void {
    const { queue, limiter } = real;
    for (;;) {
      if (!limiter.isCalm && limiter.waitMs(real.now, queue.taken) > 0) break;
      queue.limit = limiter.concurrency;
      const item = queue.take();
      if (item === undefined) break;
      expect(queue.taken).toBeLessThanOrEqual(limiter.concurrency);
      item.round = limiter.sent(queue.taken);
      model.inFlight.push(item);
      model.waiting -= 1;
    }
    checkInvariants(model, real);
    // Never stuck: with nothing in flight there is a time at which one is sent.
    if (model.waiting > 0 && model.inFlight.length === 0) {
      expect(limiter.waitMs(real.now, 0)).toBeLessThanOrEqual(10_000);
    }
  }
  toString = (): string => 'send';
}

class End implements fc.Command<Model, Real> {
  readonly #at: number;
  readonly #refusal: Refusal | undefined;
  constructor(at: number, refusal?: Refusal) {
    this.#at = at;
    this.#refusal = refusal;
  }
  check = (model: Readonly<Model>): boolean => model.inFlight.length > 0;
  run(model: Model, real: Real): void {
    const [item] = model.inFlight.splice(this.#at % model.inFlight.length, 1);
    if (item === undefined) return;
    real.queue.release();
    const before = real.limiter.concurrency;
    if (this.#refusal === undefined) {
      real.limiter.accepted();
      expect(real.limiter.concurrency).toBeGreaterThanOrEqual(before);
    } else {
      real.limiter.refused(real.now, this.#refusal, { round: item.round, inFlight: real.queue.taken });
      expect(real.limiter.concurrency).toBeLessThanOrEqual(before);
      real.queue.putBack(item);
      model.waiting += 1;
    }
    checkInvariants(model, real);
  }
  toString = (): string => (this.#refusal === undefined ? 'accepted' : `refused ${this.#refusal.message}`);
}

class Pass implements fc.Command<Model, Real> {
  readonly #ms: number;
  constructor(ms: number) {
    this.#ms = ms;
  }
  check = (): boolean => true;
  run(model: Model, real: Real): void {
    real.now += this.#ms;
    checkInvariants(model, real);
  }
  toString = (): string => `${this.#ms} ms`;
}

class Resize implements fc.Command<Model, Real> {
  readonly #workers: number;
  constructor(workers: number) {
    this.#workers = workers;
  }
  check = (): boolean => true;
  run(model: Model, real: Real): void {
    real.limiter.workers = this.#workers;
    model.workers = this.#workers;
    checkInvariants(model, real);
  }
  toString = (): string => `${this.#workers} workers`;
}

const refusals = [
  new LambdaPoolError('THROTTLED', 'too many', { details: { reason: 'ConcurrentInvocationLimitExceeded' } }),
  new LambdaPoolError('THROTTLED', 'too fast', { details: { reason: 'CallerRateLimitExceeded' } }),
  new LambdaPoolError('THROTTLED', 'too fast, named', {
    details: { reason: 'FunctionInvocationRateLimitExceeded', retryAfterMs: 2_000 },
  }),
  new LambdaPoolError('UNREACHABLE', 'away', { retryable: true }),
] as Refusal[];

test('queue and limiter: nothing is lost, the bounds hold, and one can always be sent in the end', () => {
  const commands = fc.commands(
    [
      fc.constant(new Push()),
      fc.constant(new Send()),
      fc.nat(50).map((at) => new End(at)),
      fc.tuple(fc.nat(50), fc.constantFrom(...refusals)).map(([at, why]) => new End(at, why)),
      fc.nat(3_000).map((ms) => new Pass(ms)),
      fc.integer({ min: 1, max: 1_500 }).map((workers) => new Resize(workers)),
    ],
    { maxCommands: 300, size: 'max' },
  );
  const holds = (): void =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), commands, (workers, all) => {
        const limiter = new Limiter(workers, () => 1);
        limiter.begin(0);
        const real = (): Real => ({ queue: new BoundedQueue<Item>(workers), limiter, now: 0 });
        fc.modelRun(() => ({ model: { waiting: 0, inFlight: [], workers }, real: real() }), all);
      }),
      { numRuns: 500 },
    );
  expect(holds).not.toThrow();
});

/** What becomes of one invocation. */
const fates = ['fine', 'fine', 'fine', 'throttled', 'named', 'fast', 'away', 'lost', 'dies', 'cut'] as const;
type Fate = (typeof fates)[number];

/** A transport that lets each invocation take its time and then its fate. */
function fateful(
  transport: FakeTransport,
  clock: FakeClock,
  plan: { readonly fates: readonly Fate[]; readonly ms: readonly number[] },
) {
  const invoke = transport.invoke.bind(transport);
  let count = 0;
  transport.invoke = async (request, options) => {
    const at = count++;
    const fate = plan.fates[at] ?? 'fine';
    await new Promise<void>((resolve, reject) => {
      const timer = clock.after(plan.ms[at] ?? 1, resolve);
      options.signal.addEventListener('abort', () => {
        timer[Symbol.dispose]();
        reject(options.signal.reason);
      });
    });
    if (fate === 'throttled') throw refusals[0];
    if (fate === 'fast') throw refusals[1];
    if (fate === 'named') {
      throw new LambdaPoolError('THROTTLED', 'named', { retryable: true, details: { retryAfterMs: 700 } });
    }
    if (fate === 'away') throw refusals[3];
    const response = await invoke(request, options);
    if (fate === 'lost') throw new LambdaPoolError('OUTCOME_UNKNOWN', 'lost');
    if (fate === 'cut') return { ...response, payload: response.payload.slice(0, -4) };
    if (fate !== 'dies') return response;
    const payload = JSON.stringify({ errorType: 'Runtime.ExitError', errorMessage: 'exit status 1' });
    return { ...response, payload, functionError: 'Unhandled' };
  };
}

test('whatever the service does, each call settles once, non-idempotent ones run once at most, and nothing is left over', async () => {
  const settings = fc.record({
    length: fc.integer({ min: 1, max: 40 }),
    chunksize: fc.integer({ min: 1, max: 9 }),
    workers: fc.integer({ min: 1, max: 6 }),
    idempotent: fc.boolean(),
    speculate: fc.boolean(),
    timeoutMs: fc.option(fc.integer({ min: 1, max: 2_000 }), { nil: undefined }),
    resizes: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 5 }),
  });
  const plan = fc.record({
    fates: fc.array(fc.constantFrom(...fates), { maxLength: 80 }),
    ms: fc.array(fc.nat(400), { maxLength: 80 }),
  });
  await fc.assert(
    fc.asyncProperty(
      settings,
      plan,
      async ({ length, chunksize, workers, idempotent, speculate, timeoutMs, resizes }, plan) => {
        const runs = new Map<number, number>();
        const count = (n: number): number => {
          runs.set(n, (runs.get(n) ?? 0) + 1);
          return -n;
        };
        const transport = new FakeTransport({ 'math.count': count });
        const clock = new FakeClock();
        fateful(transport, clock, plan);
        await using pool = new Pool(transport, { workers, onStall: () => {} }, { clock, random: () => 1 });
        const told: number[] = [];
        const options = { chunksize, idempotent, timeoutMs, ...(idempotent && { speculate }) };
        const map = pool.mapSettled<number>('math.count', range(length), {
          ...options,
          onProgress: ({ done, failed }) => told.push(done + failed),
        });
        for (const resize of resizes) {
          await clock.advance(100);
          pool.workers = resize;
        }
        await clock.advance(3_600_000);
        expect(told.at(-1), 'calls that have settled after an hour').toBe(length);
        const settled = await map;
        expect(settled).toHaveLength(length);
        for (const [n, each] of settled.entries()) {
          if (each.status === 'fulfilled') expect(each.value).toBe(-n);
          else expect(isLambdaPoolError(each.reason)).toBe(true);
          if (each.status === 'fulfilled') expect(runs.get(n)).toBeGreaterThanOrEqual(1);
          if (!idempotent) expect(runs.get(n) ?? 0).toBeLessThanOrEqual(1);
        }
        pool.close();
        let hasEnded = false;
        void pool.join().then(() => (hasEnded = true));
        await settle();
        expect(hasEnded, 'the pool has ended').toBe(true);
        expect([transport.running, clock.pending]).toEqual([0, 0]);
      },
    ),
    { numRuns: 300 },
  );
});
