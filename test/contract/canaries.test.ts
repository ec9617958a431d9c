/** The suite goes red for what is wrong with deviations: a run of its own, in which most tests are to fail. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';

const VITEST = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
const CONFIG = fileURLToPath(new URL('canary/vitest.config.ts', import.meta.url));

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

let exitCode: unknown;
const results = new Map<string, { readonly status: string; readonly said: string }>();

beforeAll(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'lambdapool-canaries-'));
  const outputFile = path.join(folder, 'report.json');
  const args = [VITEST, 'run', '--config', CONFIG, '--reporter', 'json', '--outputFile', outputFile];
  exitCode = await new Promise<unknown>((resolve) => {
    execFile(process.execPath, args, (error) => resolve(error?.code ?? 0));
  });
  const report: Report = JSON.parse(await readFile(outputFile, 'utf8'));
  await rm(folder, { recursive: true });
  for (const { fullName, status, failureMessages } of report.testResults.flatMap((file) => file.assertionResults)) {
    results.set(fullName, { status, said: failureMessages.join('\n') });
  }
});

const on = (place: string, title: string): { readonly status: string; readonly said: string } | undefined =>
  results.get(`on a place with ${place} ${title}`);
const LIST = 'deviations name behaviours, and have reasons';

test('a run with wrong deviations fails', () => {
  expect(exitCode).toBe(1);
  expect(results.size).toBe(30);
});

test('a behaviour without a deviation passes and fails as it is', () => {
  expect(on('right deviations', 'canaries passes as everywhere')).toMatchObject({ status: 'passed' });
  expect(on('right deviations', 'canaries fails without a deviation')).toMatchObject({
    status: 'failed',
    said: expect.stringContaining('This place cannot add.'),
  });
});

test('one that fails as its deviation says passes', () => {
  expect(on('right deviations', 'canaries fails as its deviation says')).toMatchObject({ status: 'passed' });
  expect(on('right deviations', LIST)).toMatchObject({ status: 'passed' });
});

test('one that passes unexpectedly fails, and says what to remove', () => {
  expect(on('wrong deviations', 'canaries passes though a deviation says that it fails')).toMatchObject({
    status: 'failed',
    said: expect.stringContaining('remove the deviation (This place has no arithmetic of its own.)'),
  });
});

test('one that fails in another way fails', () => {
  expect(on('wrong deviations', 'canaries fails in another way than its deviation says')).toMatchObject({
    status: 'failed',
    said: expect.stringContaining('fails in another way than the deviation says (/cannot subtract/)'),
  });
});

test.each([
  ['a deviation without a reason', 'has no reason that explains it'],
  ['a deviation that names nothing', 'names no behaviour'],
  ['a deviation twice', 'is listed twice'],
])('a list with %s fails', (place, says) => {
  expect(on(place, LIST)).toMatchObject({ status: 'failed', said: expect.stringContaining(says) });
});
