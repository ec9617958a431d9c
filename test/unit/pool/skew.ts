/** A pool that expects tasks, over a fake transport. */
import { Pool } from '../../../src/pool/pool.ts';
import type { PoolParts } from '../../../src/pool/core.ts';
import type { PoolOptions } from '../../../src/pool/options.ts';
import { knownTaskNames } from '../../../src/typed/task-names.ts';
import { FakeTransport } from '../../support/fake-transport.ts';
import type { FakeTask } from '../../support/fake-transport.ts';
import { FakeClock } from './fake-clock.ts';
import type { Setup } from './setup.ts';

export const square = (n: number): number => n * n;
export const add = (a: number, b: number): number => a + b;
export const TASKS = { 'math.square': square, 'math.add': add };

/** Of a pool that was given the modules of TASKS. */
export const TYPED = { names: knownTaskNames({ math: { square, add } }) };

/** @param there The tasks that the function has. */
export function setup(
  options: Partial<PoolOptions>,
  parts: PoolParts = {},
  there: Readonly<Record<string, FakeTask>> = TASKS,
): Setup {
  const transport = new FakeTransport(there);
  const clock = new FakeClock();
  const pool = new Pool(transport, { workers: 2, ...options }, { clock, random: () => 1, ...parts });
  return { transport, clock, pool, [Symbol.asyncDispose]: () => pool.terminate() };
}
