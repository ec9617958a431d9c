import { expect, test } from 'vitest';
import { RecentRate } from '../../../src/pool/stats-rate.ts';

test('nothing has ended: the rate is 0', () => {
  expect(new RecentRate().perSecond(1_000)).toBe(0);
});

test('what ended first is counted from when the work began', () => {
  const rate = new RecentRate();
  rate.begin(100_000);
  rate.add(105_000, 100);
  expect(rate.perSecond(105_000)).toBe(20);
});

test('a steady stream has its rate, at any moment of a bucket', () => {
  const rate = new RecentRate();
  rate.begin(0);
  for (let now = 100; now <= 60_000; now += 100) rate.add(now, 5);
  expect(rate.perSecond(60_000)).toBeGreaterThan(48);
  expect(rate.perSecond(60_000)).toBeLessThan(53);
  expect(rate.perSecond(60_090)).toBeGreaterThan(48);
});

test('work that begins again and again, call by call, has the rate of all', () => {
  const rate = new RecentRate();
  for (let now = 0; now < 5_000; now += 100) {
    rate.begin(now);
    rate.add(now + 99, 1);
  }
  expect(rate.perSecond(5_000)).toBe(10);
});

test('what is older than ten seconds is forgotten', () => {
  const rate = new RecentRate();
  rate.begin(0);
  rate.add(1_000, 1_000);
  expect(rate.perSecond(9_000)).toBeGreaterThan(100);
  expect(rate.perSecond(12_000)).toBe(0);
  expect(rate.perSecond(1_000_000)).toBe(0);
});

test('a rest in between is not counted as work', () => {
  const rate = new RecentRate();
  rate.begin(0);
  rate.add(1_000, 1_000);
  rate.begin(100_000);
  rate.add(101_000, 50);
  expect(rate.perSecond(101_000)).toBe(50);
});
