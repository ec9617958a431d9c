import { expect, test } from 'vitest';
import { createFunction } from '../../../src/deploy/deploy-function.ts';
import { functionLogs } from '../../../src/deploy/function-logs.ts';
import type { FunctionLog } from '../../../src/deploy/function-logs.ts';
import { openTarget } from '../../../src/deploy/target/target.ts';
import { rejection, setup } from './setup.ts';
import type { Setup } from './setup.ts';

const NOW = 1_800_000_000_000;
const now = (): number => NOW;

function log(s: Setup, at: number, message: string): void {
  s.aws.logs.events.push({ eventId: `${at}-${message}`, timestamp: at, message });
}

async function all(lines: AsyncIterable<FunctionLog>): Promise<string[]> {
  const texts: string[] = [];
  for await (const { text } of lines) texts.push(text);
  return texts;
}

test('brings the lines of the last ten minutes, of all pages', async () => {
  await using s = await setup();
  await createFunction(s.target, s.request(), s.options);
  log(s, NOW - 700_000, 'too old');
  for (const index of [1, 2, 3, 4, 5]) log(s, NOW - 1000 + index, `line ${index}\n`);
  expect(await all(functionLogs(s.target, 'helpers', { now }))).toEqual([
    'line 1',
    'line 2',
    'line 3',
    'line 4',
    'line 5',
  ]);
  expect(await all(functionLogs(s.target, 'helpers', { now, sinceMs: 800_000 }))).toContain('too old');
});

test('follows: what comes late is told, and nothing twice', async () => {
  await using s = await setup();
  await createFunction(s.target, s.request(), s.options);
  log(s, NOW - 1000, 'first');
  const controller = new AbortController();
  let polls = 0;
  const timing = {
    now: () => 0,
    sleep: (_: number, signal?: AbortSignal) => {
      polls += 1;
      if (polls === 1) log(s, NOW - 5000, 'late');
      if (polls === 3) log(s, NOW, 'last');
      if (polls === 4) controller.abort(new Error('Ctrl-C'));
      signal?.throwIfAborted();
      return Promise.resolve();
    },
  };
  const seen: string[] = [];
  const follow = async (): Promise<void> => {
    const lines = functionLogs(s.target, 'helpers', { now, follow: true, signal: controller.signal, timing });
    for await (const { text } of lines) seen.push(text);
  };
  expect(await rejection(follow())).toEqual(new Error('Ctrl-C'));
  expect(seen).toEqual(['first', 'late', 'last']);
});

test('a function that has not logged yet has no lines, one that is not there is missed', async () => {
  await using s = await setup();
  await createFunction(s.target, s.request(), s.options);
  expect(await all(functionLogs(s.target, 'helpers', { now }))).toEqual([]);
  s.aws.logs.groups.clear();
  expect(await all(functionLogs(s.target, 'helpers', { now }))).toEqual([]);
  expect(await rejection(all(functionLogs(s.target, 'nobody', { now })))).toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
});

test('where only Lambda is, it says where to look', async () => {
  await using s = await setup();
  await using target = await openTarget({ region: 'eu-central-1' }, { AWS_ENDPOINT_URL_LAMBDA: s.aws.url });
  const error = await rejection(all(functionLogs(target, 'helpers')));
  expect(error).toMatchObject({ code: 'OPTION_INVALID' });
  expect(String(error)).toContain('no CloudWatch is known there');
});
