import { Runtime } from '@aws-sdk/client-lambda';
import { expect, test } from 'vitest';
import { checkRuntime, dayOf, DEFAULT_RUNTIME, runtimeNote, RUNTIMES } from '../../../src/deploy/runtimes.ts';

test('every runtime of the table is one that the SDK knows', () => {
  for (const { name } of RUNTIMES) expect(Object.values(Runtime)).toContain(name);
});

test('the default is the newest that is supported', () => {
  expect(RUNTIMES.find(({ stage }) => stage === 'supported')?.name).toBe(DEFAULT_RUNTIME);
});

test('one that has ended is refused from that day on, and the choice is named', () => {
  expect(checkRuntime('nodejs22.x', '2027-06-30')).toBe('nodejs22.x');
  expect(() => checkRuntime('nodejs22.x', '2027-07-01')).toThrow(
    "The runtime nodejs22.x ended on 2027-07-01. Choose one of 'nodejs26.x' (preview), 'nodejs24.x'.",
  );
});

test.each(['nodejs20.x', 'nodejs18.x', 'python3.14', 'node24', 7])('%s is refused', (name) => {
  expect(() => checkRuntime(name, '2026-11-23')).toThrow("'nodejs24.x', 'nodejs22.x'");
});

test('one that will end soon, or is in preview, deserves a note', () => {
  expect(runtimeNote('nodejs24.x', '2026-11-23')).toBeUndefined();
  expect(runtimeNote('nodejs22.x', '2027-04-30')).toContain('deprecated since 2027-04-30');
  expect(runtimeNote('nodejs26.x', '2026-11-23')).toContain('in preview');
  expect(runtimeNote('nodejs18.x', '2026-11-23')).toContain('has ended');
});

test('days are those of UTC', () => {
  expect(dayOf(new Date('2026-11-23T23:59:59Z'))).toBe('2026-11-23');
});
