/** The pool under any order of completions, faults and endings: each call settles exactly once, each result is its own. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BoundedQueue } from '../../src/pool/queue.ts';
import type { Queued } from '../../src/pool/queue.ts';
import { Pool } from '../../src/pool/pool.ts';
import { LambdaPoolError, isLambdaPoolError } from '../../src/shared/errors.ts';
import type { Clock } from '../../src/shared/clock.ts';
import { FakeTransport } from '../support/fake-transport.ts';

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** Time in which everything is due at once. */
const hurried: Clock = {
  now: () => 0,
  after(_ms, fn) {
    const timer = setImmediate(fn);
    return { [Symbol.dispose]: () => clearImmediate(timer) };
  },
};

const faults = {
  throttled: () => new LambdaPoolError('THROTTLED', 'slow down', { retryable: true }),
  unreachable: () => new LambdaPoolError('UNREACHABLE', 'not there', { retryable: true }),
  lost: () => new LambdaPoolError('OUTCOME_UNKNOWN', 'gone'),
  strange: () => new TypeError('strange'),
};

type Step = { readonly release: number } | { readonly fault: keyof typeof faults } | { readonly die: string };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ release: fc.nat(10) }) },
    { weight: 1, arbitrary: fc.record({ fault: fc.constantFrom('throttled', 'unreachable', 'lost', 'strange') }) },
    { weight: 1, arbitrary: fc.record({ die: fc.constantFrom('Runtime.ExitError', 'Sandbox.Timedout') }) },
  ),
  { maxLength: 60 },
);

/** Lets invocations end in the order, and with the faults, that `plan` says, until `settled` resolves. */
async function play(transport: FakeTransport, plan: readonly Step[], settled: Promise<unknown>): Promise<void> {
  for (const step of plan) {
    if ('fault' in step) transport.rejectNext(faults[step.fault]());
    else if ('die' in step) transport.dieNext(step.die, 'died');
    else {
      await turn();
      if (transport.held > 0) transport.release(step.release % transport.held);
    }
  }
  transport.release();
  await settled;
}

const chunksizes = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 1, max: 9 }) }, fc.constant('auto' as const));

const tasks = { 'math.negate': (n: number) => -n };

test('map keeps the order and starts each call once, in whatever order invocations end', async () => {
  const order = fc.array(fc.record({ release: fc.nat(10) }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(fc.nat(40), fc.integer({ min: 1, max: 6 }), chunksizes, order, async (...all) => {
      const [length, workers, chunksize, plan] = all;
      const transport = new FakeTransport(tasks);
      transport.hold();
      await using pool = new Pool(transport, { workers });
      const map = pool.map('math.negate', range(length), { chunksize });
      await play(transport, plan, map);
      expect(await map).toEqual(range(length).map((n) => -n));
      expect(
        transport.seen.flatMap(({ request }) => request.calls.flat()).sort((a, b) => Number(a) - Number(b)),
      ).toEqual(range(length));
      expect(transport.mostRunning).toBeLessThanOrEqual(workers);
    }),
    { numRuns: 150 },
  );
});

test('whatever fails, every call settles exactly once: with its own result or an error that says why', async () => {
  const settings = fc.record({
    length: fc.integer({ min: 1, max: 20 }),
    workers: fc.integer({ min: 1, max: 4 }),
    chunksize: chunksizes,
    idempotent: fc.boolean(),
    retries: fc.nat(2),
    isOrdered: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(settings, steps, async ({ length, chunksize, isOrdered, ...options }, plan) => {
      const transport = new FakeTransport(tasks);
      transport.hold();
      await using pool = new Pool(transport, options, { clock: hurried, random: () => 0 });
      const results = isOrdered
        ? pool.imap<number>('math.negate', range(length), { chunksize })
        : pool.imapUnordered<number>('math.negate', range(length), { chunksize });
      const values: number[] = [];
      const failures: unknown[] = [];
      const collect = async (): Promise<void> => {
        for (;;) {
          try {
            const next = await results.next();
            if (next.done === true) return;
            values.push(next.value);
          } catch (error) {
            failures.push(error);
          }
        }
      };
      await play(transport, plan, collect());
      expect(values.length + failures.length).toBe(length);
      expect(failures.every((error) => isLambdaPoolError(error))).toBe(true);
      expect(new Set(values).size).toBe(values.length);
      expect(values.every((value) => value <= 0 && value > -length)).toBe(true);
      expect(isOrdered ? values : []).toEqual(isOrdered ? values.toSorted((a, b) => b - a) : []);
      pool.close();
      await pool.join();
      expect(transport.running).toBe(0);
      const counts = { queued: 0, inFlight: 0, done: values.length, failed: failures.length };
      expect(pool.stats()).toMatchObject(counts);
    }),
    { numRuns: 300 },
  );
});

test('terminate() at any moment settles every call, and nothing is sent after it', async () => {
  const order = fc.array(fc.record({ release: fc.nat(10) }), { maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(order, fc.integer({ min: 1, max: 4 }), async (plan, workers) => {
      const transport = new FakeTransport(tasks);
      transport.hold();
      await using pool = new Pool(transport, { workers });
      const calls = [
        ...range(5).map((n) => pool.apply('math.negate', { args: [n] })),
        pool.map('math.negate', range(9), { chunksize: 2 }),
        pool.imap('math.negate', range(9)).next(),
      ];
      const settled = Promise.allSettled(calls);
      for (const { release } of plan) {
        await turn();
        if (transport.held > 0) transport.release(release % transport.held);
      }
      await pool.terminate();
      const sent = transport.seen.length;
      const rejected = (await settled).filter((each) => each.status === 'rejected');
      expect(rejected.every(({ reason }) => isLambdaPoolError(reason, 'POOL_TERMINATED'))).toBe(true);
      await turn();
      expect(transport.seen.length).toBe(sent);
      expect(transport.running).toBe(0);
    }),
    { numRuns: 100 },
  );
});

interface Model {
  returned: number[];
  waiting: number[];
  taken: number;
}

class Item implements Queued<Item> {
  readonly id: number;
  queued = false;
  before: Item | undefined = undefined;
  after: Item | undefined = undefined;

  constructor(id: number) {
    this.id = id;
  }
}

test('the queue does what an array does', () => {
  const operation = fc.oneof(
    fc.constantFrom('push', 'putBack', 'take', 'release').map((what) => ({ what, at: 0 })),
    fc.nat(20).map((at) => ({ what: 'remove', at })),
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(operation, { maxLength: 200 }), (limit, operations) => {
      const queue = new BoundedQueue<Item>(limit);
      const model: Model = { returned: [], waiting: [], taken: 0 };
      const items: Item[] = [];
      const make = (): Item => items[items.push(new Item(items.length)) - 1]!;
      for (const { what, at } of operations) {
        let took: number | undefined;
        let expected: number | undefined;
        if (what === 'push') model.waiting.push(queueItem(queue, 'push', make()));
        else if (what === 'putBack') model.returned.push(queueItem(queue, 'putBack', make()));
        else if (what === 'take') {
          expected = model.taken < limit ? (model.returned.shift() ?? model.waiting.shift()) : undefined;
          if (expected !== undefined) model.taken += 1;
          took = queue.take()?.id;
        } else if (what === 'release' && model.taken > 0) {
          model.taken -= 1;
          queue.release();
        } else if (what === 'remove' && items[at] !== undefined) {
          queue.remove(items[at]);
          model.returned = model.returned.filter((id) => id !== at);
          model.waiting = model.waiting.filter((id) => id !== at);
        }
        const size = model.returned.length + model.waiting.length;
        expect([took, queue.size, queue.taken]).toEqual([expected, size, model.taken]);
      }
    }),
  );
});

function queueItem(queue: BoundedQueue<Item>, how: 'push' | 'putBack', item: Item): number {
  queue[how](item);
  return item.id;
}
