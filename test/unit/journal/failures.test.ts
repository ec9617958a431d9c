/** A map that writes down which of its calls failed. */
import { expect, test } from 'vitest';
import { LambdaPoolError } from '../../../src/shared/errors.ts';
import { rejection, setup } from '../pool/setup.ts';
import { folder } from './files.ts';

test('failures are written with their arguments, also those of a pool that cannot reach its function', async () => {
  await using f = await folder();
  const failures = f.path('failures.jsonl');
  await using s = setup({ workers: 1 });
  await rejection(s.pool.map('fault.ifOdd', [2, 3, 5, 6], { failures, chunksize: 2 }));
  expect(await f.lines('failures.jsonl')).toMatchObject([
    { lambdapoolJournal: 1, task: 'fault.ifOdd' },
    { index: 1, call: [3] },
    { index: 1, error: { code: 'TASK_THREW' }, attempt: 1, requestId: 'request-1' },
    { index: 2, call: [5] },
    { index: 2, error: { code: 'TASK_THREW' }, requestId: 'request-2' },
  ]);
  s.transport.rejectNext(new LambdaPoolError('ACCESS_DENIED', 'no'));
  await rejection(s.pool.map('fault.ifOdd', [2, 4], { failures, chunksize: 1 }));
  expect(await f.lines('failures.jsonl')).toMatchObject([
    {},
    { index: 1, call: [4] },
    { error: { code: 'ACCESS_DENIED' } },
    { index: 0, call: [2] },
    { error: { code: 'ACCESS_DENIED' } },
  ]);
});

test('a map without failures leaves a file without any', async () => {
  await using f = await folder();
  await using s = setup();
  await rejection(s.pool.map('fault.ifOdd', [1], { failures: f.path('x') }));
  await s.pool.map('fault.ifOdd', [2], { failures: f.path('x') });
  expect(await f.lines('x')).toMatchObject([{ task: 'fault.ifOdd' }]);
});

test('failures never take the place of a file of another kind, nor of the journal', async () => {
  await using f = await folder();
  await using s = setup();
  await f.write('data.csv', 'a,b\n');
  const refused = { code: 'JOURNAL_UNUSABLE', details: { problem: 'not-a-journal' } };
  expect(await rejection(s.pool.map('math.square', [1], { failures: f.path('data.csv') }))).toMatchObject(refused);
  expect(await f.text('data.csv')).toBe('a,b\n');
  const both = { journal: f.path('x'), failures: f.path('x') };
  expect(await rejection(s.pool.map('math.square', [1], both))).toMatchObject({ code: 'OPTION_INVALID' });
  expect(s.transport.seen).toEqual([]);
});
