/** A pool over a fake transport with the tasks that the tests of the pool need. */
import { Pool } from '../../../src/pool/pool.ts';
import type { PoolOptions } from '../../../src/pool/options.ts';
import { FakeTransport } from '../../support/fake-transport.ts';
import { FakeClock } from './fake-clock.ts';

const TASKS = {
  'math.square': (n: number) => n * n,
  'math.power': (base: number, exponent = 2) => base ** exponent,
  'math.add': (a: number, b: number) => a + b,
  'echo.echo': (value: unknown) => value,
  'fault.ifOdd': (n: number) => {
    if (n % 2 === 1) throw new RangeError(`${n} is odd`);
    return n;
  },
  'fault.throwValue': (value: unknown) => {
    throw value;
  },
  'fault.returnFunction': () => ({ rows: [{ fn: () => 1 }] }),
};

export interface Setup extends AsyncDisposable {
  readonly transport: FakeTransport;
  readonly clock: FakeClock;
  readonly pool: Pool;
}

/** The random part of a backoff is always its bound. */
export function setup(
  options: Partial<PoolOptions> = {},
  tasks: Readonly<Record<string, (...args: never[]) => unknown>> = {},
): Setup {
  const transport = new FakeTransport({ ...TASKS, ...tasks });
  const clock = new FakeClock();
  const pool = new Pool(transport, { workers: 2, ...options }, { clock, random: () => 1 });
  return { transport, clock, pool, [Symbol.asyncDispose]: () => pool.terminate() };
}

/** What `promise` rejects with; fails if it resolves. */
export async function rejection(promise: PromiseLike<unknown>): Promise<unknown> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`Expected a rejection, got ${JSON.stringify(value)}`);
}

/** All results of an iterator, and the error that ended it, if one did. */
export async function drain<R>(results: AsyncIterable<R>): Promise<{ values: R[]; error: unknown }> {
  const values: R[] = [];
  try {
    for await (const value of results) values.push(value);
  } catch (error) {
    return { values, error };
  }
  return { values, error: undefined };
}

/** Numbers from 0, of which the one at `failAt` is not there: taking it throws. */
export function* failingAt(failAt: number, total = Infinity): Generator<number> {
  for (let n = 0; n < total; n += 1) {
    if (n === failAt) throw new Error(`no item ${n}`);
    yield n;
  }
}

/** The same, asynchronously. */
export async function* failingAtAsync(failAt: number): AsyncGenerator<number> {
  yield* failingAt(failAt);
}

export const range = (length: number): number[] => Array.from({ length }, (_, index) => index);
export const squares = (length: number): number[] => range(length).map((n) => n * n);
