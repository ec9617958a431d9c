/** Which logs a reply keeps when it would be too long. */
import { expect, test } from 'vitest';
import type { CallOutcome, LogLine } from '../../../agent/index.ts';
import { fitLogs } from '../../../agent/reply-size.ts';

function logs(bytes: number): LogLine[] {
  return [{ at: 1_790_000_000_000, level: 'log', text: 'x'.repeat(bytes) }];
}

function size(outcomes: readonly CallOutcome[]): number {
  return Buffer.byteLength(JSON.stringify(outcomes));
}

test('outcomes without logs are handed on, however long they are', () => {
  const outcomes = [{ ok: 'x'.repeat(2000) }];
  expect(fitLogs(outcomes, 1000)).toBe(outcomes);
});

test('logs that fit are kept', () => {
  const outcomes = [{ ok: 1, logs: logs(100) }];
  expect(fitLogs(outcomes, size(outcomes))).toBe(outcomes);
});

test('one byte more and they are dropped, with a line that says how many', () => {
  const outcomes = [{ ok: 1, logs: logs(1000) }];
  const fitted = fitLogs(outcomes, size(outcomes) - 1);
  expect(fitted[0]?.ok).toBe(1);
  expect(fitted[0]?.logs).toHaveLength(1);
  expect(fitted[0]?.logs?.[0]?.text).toMatch(/^\[lambdapool: 10\d\d bytes of console output were dropped/);
});

test('as many as fit are kept, from the first on', () => {
  const outcomes = [
    { ok: 1, logs: logs(1000) },
    { ok: 2, logs: logs(9000) },
    { ok: 3, logs: logs(1000) },
  ];
  const fitted = fitLogs(outcomes, 4000);
  expect(fitted[0]?.logs?.[0]?.text).toHaveLength(1000);
  expect(fitted[1]?.logs?.[0]?.text).toContain('dropped');
  expect(fitted[2]?.logs?.[0]?.text).toHaveLength(1000);
  expect(size(fitted)).toBeLessThanOrEqual(4000);
});

test('where not even the line fits there is none, and the result stays', () => {
  const outcomes = [{ ok: 'x'.repeat(990), logs: logs(1000) }];
  expect(fitLogs(outcomes, 1000)).toEqual([{ ok: 'x'.repeat(990) }]);
});

test('bytes of UTF-8 are counted, not characters', () => {
  const outcomes: CallOutcome[] = [{ ok: 1, logs: [{ at: 1, level: 'log', text: '€'.repeat(400) }] }];
  expect(fitLogs(outcomes, 1000)[0]?.logs?.[0]?.text).toContain('dropped');
});

test('by default the limit is that of Lambda', () => {
  const outcomes = Array.from({ length: 110 }, (_, ok) => ({ ok, logs: logs(65_536) }));
  const fitted = fitLogs(outcomes);
  expect(size(fitted)).toBeLessThanOrEqual(6 * 1024 * 1024);
  expect(size(fitted)).toBeGreaterThan(6 * 1024 * 1024 - 100_000);
  expect(fitted.map((outcome) => outcome.ok)).toEqual(outcomes.map((outcome) => outcome.ok));
});
