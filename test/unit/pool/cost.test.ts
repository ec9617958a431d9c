import { expect, test } from 'vitest';
import { Bill, readReport } from '../../../src/pool/cost.ts';
import { PRICES } from '../../../src/pool/prices.ts';

const ID = '8f5c0a6e-4c5b-4d0e-9a5e-0d1f2a3b4c5d';
const WARM = `REPORT RequestId: ${ID}\tDuration: 3.01 ms\tBilled Duration: 4 ms\tMemory Size: 1769 MB\tMax Memory Used: 36 MB\t\n`;
const COLD = `REPORT RequestId: ${ID}\tDuration: 31000.00 ms\tBilled Duration: 34440 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\tInit Duration: 3439.00 ms\t\n`;

test('the REPORT line of a warm environment is read', () => {
  expect(readReport(`START RequestId: ${ID} Version: $LATEST\nhello\nEND RequestId: ${ID}\n${WARM}`)).toEqual({
    durationMs: 3.01,
    billedMs: 4,
    memoryMb: 1_769,
    isColdStart: false,
  });
});

test('a start is told by its Init Duration', () => {
  expect(readReport(COLD)).toEqual({ durationMs: 31_000, billedMs: 34_440, memoryMb: 128, isColdStart: true });
});

test('a line that ends with a status is read, and one without a newline', () => {
  const timeout = WARM.replace('\t\n', '\tStatus: timeout\n');
  expect(readReport(timeout)?.billedMs).toBe(4);
  expect(readReport(WARM.trimEnd())?.billedMs).toBe(4);
});

test('what a task prints is not taken for the report', () => {
  expect(readReport(COLD + WARM)?.memoryMb).toBe(1_769);
});

test.each(['', 'hello\n', 'REPORT RequestId: x\tnonsense\n', 'REPORT Requ'])('%j holds no report', (log) => {
  expect(readReport(log)).toBeUndefined();
});

test('a bill adds up milliseconds, GB-seconds and requests', () => {
  const bill = new Bill(PRICES.x86_64);
  expect(bill.total).toBeUndefined();
  const report = { durationMs: 0, isColdStart: false };
  // 1,000 invocations of 1 s with 1 GB, and one of 2 s with half a GB.
  for (let each = 0; each < 1_000; each += 1) bill.add({ ...report, billedMs: 1_000, memoryMb: 1_024 });
  bill.add({ ...report, billedMs: 2_000, memoryMb: 512 });
  expect(bill.total?.billedMs).toBe(1_002_000);
  expect(bill.total?.costUsd).toBeCloseTo(1_001 * 0.0000166667 + 1_001 * 0.0000002, 10);
});

test('arm64 is a fifth cheaper by the second, and not by the request', () => {
  expect(PRICES.arm64.perGbSecondUsd / PRICES.x86_64.perGbSecondUsd).toBeCloseTo(0.8, 4);
  expect(PRICES.arm64.perRequestUsd).toBe(PRICES.x86_64.perRequestUsd);
});
