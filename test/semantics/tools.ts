/** What many rows need. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'vitest';
import { eventually } from '../support/eventually.ts';

export const range = (length: number): number[] => Array.from({ length }, (_, index) => index);
export const squares = (length: number): number[] => range(length).map((n) => n * n);
export const ascending = (a: number, b: number): number => a - b;

/** What `promise` rejects with; fails if it resolves. */
export async function rejection(promise: PromiseLike<unknown>): Promise<Error & { readonly code?: string }> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error as Error;
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

/** Every request to an iterator until it has ended: results, and errors by their message. */
export async function ask(iterator: AsyncIterator<unknown>): Promise<unknown[]> {
  const seen: unknown[] = [];
  for (;;) {
    try {
      const next = await iterator.next();
      if (next.done === true) return seen;
      seen.push(next.value);
    } catch (error) {
      seen.push(`error: ${(error as Error).message}`);
    }
  }
}

/** Numbers from 0, of which the one at `failAt` is not there: taking it throws. */
export function* failingAt(failAt: number): Generator<number> {
  for (let n = 0; ; n += 1) {
    if (n === failAt) throw new Error(`no item ${n}`);
    yield n;
  }
}

/** The same, asynchronously. */
export async function* failingAtAsync(failAt: number): AsyncGenerator<number> {
  yield* failingAt(failAt);
}

/** Numbers without end, counted as they are taken. */
export class Counter implements Iterable<number> {
  taken = 0;
  closed = 0;

  *[Symbol.iterator](): Generator<number> {
    try {
      for (;;) yield this.taken++;
    } finally {
      this.closed += 1;
    }
  }
}

export const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** How long `work` takes. */
export async function timeMs(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Collects garbage until `ref` is empty. */
export async function collected(ref: WeakRef<object>): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  await eventually(() => {
    collect();
    expect(ref.deref(), 'Something still refers to it.').toBeUndefined();
  }, 5_000);
}

/** The process warnings while `work` runs. */
export async function warningsOf(work: () => Promise<void>): Promise<string[]> {
  const seen: string[] = [];
  const listener = (warning: Error): void => void seen.push(`${warning.name}: ${warning.message}`);
  process.on('warning', listener);
  try {
    await work();
    // Warnings are emitted in a later tick.
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  } finally {
    process.off('warning', listener);
  }
  return seen;
}
