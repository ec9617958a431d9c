/** Which calls of a file are there to be replayed. */
import { expect, test } from 'vitest';
import { readFailures } from '../../../src/journal/read-failures.ts';
import { rejection, setup } from '../pool/setup.ts';
import { folder } from './files.ts';

const HEADER = '{"lambdapoolJournal":1,"task":"t","startedAt":"now"}\n';
const failed = (index: number, message: string): string =>
  `${JSON.stringify({ index, error: { code: 'X', message }, attempt: 1 })}\n`;

test('of a journal those that failed and have not returned since, by index, with their last failure', async () => {
  await using f = await folder();
  const calls = [0, 1, 2, 3].map((index) => `{"index":${index},"call":[${index}]}\n`).join('');
  const outcomes = `${failed(3, 'a')}${failed(1, 'b')}{"index":1,"ok":1}\n${failed(2, 'c')}${failed(2, 'd')}{"index":0,"ok":0}\n`;
  await f.write('run.jsonl', `${HEADER}${calls}${outcomes}{"index":3,"ok`);
  expect(await readFailures(f.path('run.jsonl'))).toMatchObject({
    task: 't',
    calls: [
      { index: 2, call: [2], failure: { error: { message: 'd' } } },
      { index: 3, call: [3], failure: { error: { message: 'a' } } },
    ],
  });
});

test('of a file of failures all', async () => {
  await using f = await folder();
  await using s = setup({ workers: 1 });
  await rejection(s.pool.map('fault.ifOdd', [5, 2, 7], { failures: f.path('x'), chunksize: 1 }));
  const { task, calls } = await readFailures(f.path('x'));
  expect({ task, calls: calls.map(({ index, call }) => [index, call]) }).toEqual({
    task: 'fault.ifOdd',
    calls: [
      [0, [5]],
      [2, [7]],
    ],
  });
});

test.each([
  ['', 'is another kind of file'],
  ['{"a":1}\n', 'is another kind of file'],
  ['{"lambdapoolJournal":9,"task":"t","startedAt":"now"}\n', 'has format version 9'],
])('what is neither is refused: %j', async (content, message) => {
  await using f = await folder();
  await f.write('x', content);
  await expect(readFailures(f.path('x'))).rejects.toMatchObject({
    code: 'JOURNAL_UNUSABLE',
    message: expect.stringContaining(message),
  });
});
