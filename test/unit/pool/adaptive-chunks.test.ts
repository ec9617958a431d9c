import { expect, test } from 'vitest';
import { NOTHING_LEARNED, learn, nextSize } from '../../../src/pool/adaptive-chunks.ts';
import type { ChunkSample, Learned } from '../../../src/pool/adaptive-chunks.ts';

const MANY = { left: 1_000_000, workers: 10 };

/** A sample of calls that take so long each. */
const sample = (calls: number, msPerCall: number, more: Partial<ChunkSample> = {}): ChunkSample => ({
  calls,
  durationMs: calls * msPerCall,
  bytes: calls * 10,
  timeoutMs: 60_000,
  ...more,
});

const learnAll = (...samples: readonly ChunkSample[]): Learned => samples.reduce(learn, NOTHING_LEARNED);

test('chunks begin as single calls', () => {
  expect(nextSize(NOTHING_LEARNED, MANY)).toBe(1);
});

test('chunks of fast calls grow fourfold as they come back, up to a second', () => {
  const sizes: number[] = [];
  let learned = NOTHING_LEARNED;
  for (let round = 0; round < 8; round += 1) {
    const size = nextSize(learned, MANY);
    sizes.push(size);
    learned = learn(learned, sample(size, 1));
  }
  expect(sizes).toEqual([1, 4, 16, 64, 256, 1_000, 1_000, 1_000]);
});

test('calls of more than a second travel alone', () => {
  expect(nextSize(learnAll(sample(1, 3_000), sample(1, 3_000)), MANY)).toBe(1);
});

test('a chunk takes at most a quarter of the time that the function has', () => {
  expect(nextSize(learnAll(sample(1_000, 1, { timeoutMs: 2_000 })), MANY)).toBe(500);
  expect(nextSize(learnAll(sample(1_000, 1, { timeoutMs: 100 })), MANY)).toBe(25);
  // It was deployed anew, with less.
  expect(nextSize(learnAll(sample(1_000, 1), sample(1_000, 1, { timeoutMs: 2_000 })), MANY)).toBe(500);
});

test('a chunk stays well below what an invocation may carry', () => {
  expect(nextSize(learnAll(sample(1_000, 0.01, { bytes: 1_000 * 10_240 })), MANY)).toBe(102);
});

test('calls that take no time travel in thousands, not in one chunk', () => {
  const learned = learnAll(sample(1_000_000, 0, { bytes: 0 }));
  expect(nextSize(learned, { left: Infinity, workers: 1 })).toBe(10_000);
});

test('towards the end each chunk is half of the share of a worker, so that all are busy to the end', () => {
  const learned = learnAll(sample(1_000, 1));
  expect(nextSize(learned, { left: 12_000, workers: 10 })).toBe(600);
  expect(nextSize(learned, { left: 6_000, workers: 10 })).toBe(300);
});

test('the end is not cut finer than a tenth of a second, where an invocation costs more than it gains', () => {
  expect(nextSize(learnAll(sample(1_000, 1)), { left: 500, workers: 10 })).toBe(100);
  expect(nextSize(learnAll(sample(1_000, 1)), { left: 30, workers: 10 })).toBe(30);
});

test('the last chunk has what is left', () => {
  expect(nextSize(learnAll(sample(1_000, 1)), { left: 1, workers: 10 })).toBe(1);
});

test('calls that become slower make the very next chunk smaller', () => {
  const fast = learnAll(...Array.from({ length: 50 }, () => sample(1_000, 1)));
  expect(nextSize(learn(fast, sample(1_000, 10)), MANY)).toBeLessThanOrEqual(250);
});

test('a straggling small chunk says little beside large ones', () => {
  const learned = learnAll(sample(1_000, 1), sample(1_000, 1), sample(1, 100));
  expect(nextSize(learned, MANY)).toBeGreaterThan(900);
});
