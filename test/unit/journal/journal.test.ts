/** What a journal knows after whatever has happened to its file. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { AppendFile } from '../../../src/journal/append-file.ts';
import { openJournal, reopenJournal } from '../../../src/journal/journal.ts';
import { LambdaPoolError, TaskError } from '../../../src/shared/errors.ts';
import { folder } from './files.ts';
import type { Folder } from './files.ts';

const ORIGIN = { attempt: 1, requestId: 'r' };
const CALLS = [[1], ['zwei äöü 🎈'], [{ three: 3 }], [null]];

/** A run of four calls of which the first two have returned, the third has failed. */
async function begun(f: Folder): Promise<Buffer> {
  await using journal = await openJournal(f.path('run.jsonl'), 'math.square', CALLS);
  expect(journal.missing).toEqual([0, 1, 2, 3]);
  journal.returned(1, 'two', ORIGIN);
  journal.returned(0, undefined, ORIGIN);
  const facts = { task: 'math.square', index: 2, requestId: 'r', attempt: 3 };
  const error = new TaskError('TASK_THREW', 'math.square failed', { facts, cause: new RangeError('no') });
  journal.failed(2, error, { attempt: 3, requestId: undefined });
  await journal.close();
  return Buffer.from(await f.text('run.jsonl'));
}

test('the file holds the run, its calls, and each outcome with its attempt and request', async () => {
  await using f = await folder();
  await begun(f);
  const [header, ...lines] = await f.lines('run.jsonl');
  expect(header).toEqual({
    lambdapoolJournal: 1,
    task: 'math.square',
    calls: 4,
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    startedAt: expect.stringMatching(/^20\d\d-/),
  });
  expect(lines).toEqual([
    ...CALLS.map((call, index) => ({ index, call })),
    { index: 1, ok: 'two', attempt: 1, requestId: 'r' },
    { index: 0, ok: { $lp: ['$undefined'] }, attempt: 1, requestId: 'r' },
    { index: 2, error: { code: 'TASK_THREW', message: 'math.square failed', cause: expect.anything() }, attempt: 3 },
  ]);
});

test('opened again, it knows the results and the calls that have none, those that failed included', async () => {
  await using f = await folder();
  await begun(f);
  await using journal = await openJournal(f.path('run.jsonl'), 'math.square', CALLS);
  expect(journal).toMatchObject({ done: 2, missing: [2, 3], results: [undefined, 'two', undefined, undefined] });
});

test('the run can go on from the file alone', async () => {
  await using f = await folder();
  await begun(f);
  await using journal = await reopenJournal(f.path('run.jsonl'));
  expect(journal.run).toMatchObject({ task: 'math.square', calls: 4 });
  expect(await journal.readMissing()).toEqual([CALLS[2], CALLS[3]]);
});

test('cut at any byte, it knows all outcomes before the cut, and what is added then is read again', async () => {
  await using f = await folder();
  const whole = await begun(f);
  const text = whole.toString();
  const callsEnd = Buffer.byteLength(text.split('\n').slice(0, 5).join('\n')) + 1;
  for (let length = 0; length <= whole.length; length += 1) {
    await f.write('run.jsonl', whole.subarray(0, length));
    const lines = whole.subarray(0, length).toString().split('\n').slice(5, -1);
    const known = lines.filter((line) => line.includes('"ok"')).length;
    await using journal = await openJournal(f.path('run.jsonl'), 'math.square', CALLS);
    expect({ length, done: journal.done, isNew: journal.isNew }).toEqual({
      length,
      done: length < callsEnd ? 0 : known,
      isNew: length < callsEnd,
    });
    // Each place within a line comes up; adding costs a flush to the disk.
    if (length % 7 > 0) continue;
    journal.returned(3, 'four', ORIGIN);
    await journal.close();
    await using again = await reopenJournal(f.path('run.jsonl'));
    expect(again.done).toBe(known + 1);
    expect(again.results[3]).toBe('four');
    expect(await again.readMissing()).toHaveLength(3 - known);
  }
});

test('cut within its calls, it cannot go on without the items, and says that nothing was sent', async () => {
  await using f = await folder();
  const whole = await begun(f);
  for (const length of [0, 10, 150, 200]) {
    await f.write('run.jsonl', whole.subarray(0, length));
    await expect(reopenJournal(f.path('run.jsonl'))).rejects.toMatchObject({
      code: 'JOURNAL_UNUSABLE',
      message: expect.stringContaining('Nothing was sent'),
    });
    expect(await f.text('run.jsonl')).toHaveLength(length);
  }
});

test('of two results of a call the first holds, and a failure does not undo it', async () => {
  await using f = await folder();
  const whole = await begun(f);
  const late = `${JSON.stringify({ index: 1, ok: 'late' })}\n${JSON.stringify({ index: 1, error: { code: 'X', message: 'x' } })}\n`;
  await f.write('run.jsonl', `${whole.toString()}${late}`);
  await using journal = await reopenJournal(f.path('run.jsonl'));
  expect(journal).toMatchObject({ done: 2, missing: [2, 3] });
  expect(journal.results[1]).toBe('two');
});

test('lines that a failure of power has spoilt count for nothing', async () => {
  await using f = await folder();
  const whole = await begun(f);
  const spoilt = `\0\0\0\n{"index":99,"ok":1}\n{"index":3,"ok":{"$lp":["$nonsense"]}}\n[]\n{"index":3,"ok":4}\n\0\0`;
  await f.write('run.jsonl', `${whole.toString()}${spoilt}`);
  await using journal = await reopenJournal(f.path('run.jsonl'));
  expect(journal).toMatchObject({ done: 3, missing: [2] });
  expect(journal.results[3]).toBe(4);
});

test.each([
  { of: 'another task', task: 'math.cube', calls: CALLS, message: 'its task is math.square' },
  { of: 'other items', task: 'math.square', calls: [[1]], message: '4 calls are not the 1' },
  { of: 'as many other items', task: 'math.square', calls: [[1], [2], [3], [4]], message: '4 calls are not the 4' },
])('a journal of $of is refused and left as it is', async ({ task, calls, message }) => {
  await using f = await folder();
  const whole = await begun(f);
  await expect(openJournal(f.path('run.jsonl'), task, calls)).rejects.toMatchObject({
    code: 'JOURNAL_UNUSABLE',
    message: expect.stringContaining(message),
    details: { problem: 'other-run' },
  });
  expect(await f.text('run.jsonl')).toBe(whole.toString());
});

test.each(['hello', '{"name":"data"}\n{"name":"more"}\n', '[1]\n', '\n'])(
  'a file that is no journal is refused and left as it is: %j',
  async (content) => {
    await using f = await folder();
    await f.write('data.jsonl', content);
    await expect(openJournal(f.path('data.jsonl'), 't', [])).rejects.toMatchObject({
      code: 'JOURNAL_UNUSABLE',
      details: { problem: 'not-a-journal' },
    });
    expect(await f.text('data.jsonl')).toBe(content);
  },
);

test('a journal whose calls were changed is refused as damaged', async () => {
  await using f = await folder();
  const whole = await begun(f);
  await f.write('run.jsonl', whole.toString().replace('"three":3', '"three":4'));
  await expect(reopenJournal(f.path('run.jsonl'))).rejects.toMatchObject({ details: { problem: 'damaged' } });
});

test('a journal of a later format is refused with its version', async () => {
  await using f = await folder();
  await f.write('run.jsonl', '{"lambdapoolJournal":2,"task":"t","startedAt":"now","more":1}\n');
  await expect(reopenJournal(f.path('run.jsonl'))).rejects.toThrow('has format version 2');
});

test('a file that is not there, and a folder that is not, are said so', async () => {
  await using f = await folder();
  const missing = { code: 'JOURNAL_UNUSABLE', message: expect.stringContaining('no such file or folder') };
  await expect(reopenJournal(f.path('none.jsonl'))).rejects.toMatchObject(missing);
  await expect(openJournal(f.path('none/run.jsonl'), 't', [])).rejects.toMatchObject(missing);
});

test.skipIf(process.platform === 'win32')('a pipe is no journal, and nobody waits for it for ever', async () => {
  const refused = { code: 'JOURNAL_UNUSABLE', message: expect.stringContaining('no file but a device') };
  await using f = await folder();
  expect(spawnSync('sh', ['-c', 'mkfifo "$0"', f.path('pipe')]).status).toBe(0);
  await expect(reopenJournal(f.path('pipe'))).rejects.toMatchObject(refused);
});

test('what can no longer be written is told once, and again at the end', async () => {
  await using f = await folder();
  await f.write('run.jsonl', '');
  const file = new AppendFile('run.jsonl', await open(f.path('run.jsonl'), 'r'));
  const told: unknown[] = [];
  file.onFailure = (error) => told.push(error);
  for (let line = 0; line < 3; line += 1) {
    file.add(`${line}\n`);
    expect(told.length).toBe(Math.min(line, 1));
    await Promise.resolve();
  }
  const failure = { code: 'JOURNAL_UNUSABLE', details: { path: 'run.jsonl', problem: 'io', systemCode: 'EBADF' } };
  expect(told).toMatchObject([failure]);
  await expect(file.close()).rejects.toMatchObject(failure);
});

test('while it is open nobody else can write it, and a refusal lets go of it', async () => {
  await using f = await folder();
  const journal = await openJournal(f.path('run.jsonl'), 't', CALLS);
  await expect(openJournal(f.path('run.jsonl'), 't', CALLS)).rejects.toMatchObject({ details: { problem: 'locked' } });
  await journal.close();
  await expect(openJournal(f.path('run.jsonl'), 'other', CALLS)).rejects.toBeInstanceOf(LambdaPoolError);
  await using again = await openJournal(f.path('run.jsonl'), 't', CALLS);
  expect(again.done).toBe(0);
});

test('what is added together is in the file before anything else happens', async () => {
  await using f = await folder();
  await using journal = await openJournal(f.path('run.jsonl'), 't', CALLS);
  journal.returned(0, 1, ORIGIN);
  journal.returned(1, 2, ORIGIN);
  const lines = (): number => readFileSync(f.path('run.jsonl'), 'utf8').split('\n').length - 1;
  expect(lines()).toBe(5);
  await Promise.resolve();
  expect(lines()).toBe(7);
});

test('a large journal, read in many pieces, comes back whole', async () => {
  await using f = await folder();
  const calls = Array.from({ length: 3_000 }, (_, index) => ['ä'.repeat(index)]);
  await using journal = await openJournal(f.path('run.jsonl'), 't', calls);
  for (const index of calls.keys()) if (index % 3 !== 0) journal.returned(index, 'ö'.repeat(index), ORIGIN);
  await journal.close();
  await using again = await reopenJournal(f.path('run.jsonl'));
  expect(again.done).toBe(2_000);
  expect(again.results[2_999]).toBe('ö'.repeat(2_999));
  expect(await again.readMissing()).toEqual(calls.filter((_, index) => index % 3 === 0));
});
