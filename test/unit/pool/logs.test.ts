import { expect, test, vi } from 'vitest';
import type { TaskLog } from '../../../src/pool/task-log.ts';
import { TaskError } from '../../../src/shared/errors.ts';
import { drain, range, rejection, setup } from './setup.ts';

/* oxlint-disable no-console -- the subject */
const TALKERS = {
  'talk.say': (n: number) => {
    console.log('working on', n);
    console.warn('nearly\ndone');
    return n;
  },
  'talk.fail': (n: number) => {
    console.log('working on', n);
    if (n % 2 === 1) throw new RangeError(`${n} is odd`);
  },
};

// What tasks print is of no interest in the report of the tests. Before the agent captures the console, which it does once.
vi.spyOn(console, 'log').mockReturnValue();
vi.spyOn(console, 'warn').mockReturnValue();

test('onLog is told of each record with its call', async () => {
  const lines: TaskLog[] = [];
  await using s = setup({ workers: 1, onLog: (line) => lines.push(line) }, TALKERS);
  const before = Date.now();
  await s.pool.map('talk.say', [7, 8], { chunksize: 2 });
  const call = { task: 'talk.say', attempt: 1, requestId: 'request-1', at: expect.any(Number) };
  expect(lines).toEqual([
    { ...call, index: 0, level: 'log', text: 'working on 7' },
    { ...call, index: 0, level: 'warn', text: 'nearly\ndone' },
    { ...call, index: 1, level: 'log', text: 'working on 8' },
    { ...call, index: 1, level: 'warn', text: 'nearly\ndone' },
  ]);
  expect(lines[0]?.at).toBeGreaterThanOrEqual(before);
});

test('the onLog of a call replaces that of its pool', async () => {
  const ofPool: string[] = [];
  const ofCall: string[] = [];
  await using s = setup({ onLog: ({ text }) => ofPool.push(text) }, TALKERS);
  await s.pool.apply('talk.say', { args: [1], onLog: ({ text }) => ofCall.push(text) });
  await drain(s.pool.imap('talk.say', [2], { onLog: ({ text }) => ofCall.push(text) }));
  expect(ofPool).toEqual([]);
  expect(ofCall).toEqual(['working on 1', 'nearly\ndone', 'working on 2', 'nearly\ndone']);
});

test('the error of a failed call has its console output without anybody asking', async () => {
  await using s = setup({ workers: 1 }, TALKERS);
  const error = await rejection(s.pool.map('talk.fail', range(4), { chunksize: 4 }));
  expect(error).toBeInstanceOf(TaskError);
  expect(error).toMatchObject({ index: 1, logs: [{ level: 'log', text: 'working on 1' }] });
});

test('where nobody listens, calls that return send no logs back', async () => {
  await using s = setup({ workers: 1 }, TALKERS);
  const replies: string[] = [];
  const invoke = s.transport.invoke.bind(s.transport);
  s.transport.invoke = async (...args) => {
    const response = await invoke(...args);
    replies.push(response.payload);
    return response;
  };
  await rejection(s.pool.map('talk.fail', range(4), { chunksize: 4 }));
  expect(replies[0]?.match(/working on \d/g)).toEqual(['working on 1', 'working on 3']);
});

test('logs of every attempt are told, with its number', async () => {
  const lines: TaskLog[] = [];
  await using s = setup({ workers: 1, retries: 1, onLog: (line) => lines.push(line) }, TALKERS);
  await rejection(s.pool.apply('talk.fail', { args: [1] }));
  expect(lines.map(({ attempt, requestId }) => [attempt, requestId])).toEqual([
    [1, 'request-1'],
    [2, 'request-2'],
  ]);
});

test('calls keep their index where others of their chunk are not sent again', async () => {
  const lines: TaskLog[] = [];
  await using s = setup({ workers: 1, retries: 1, onLog: (line) => lines.push(line) }, TALKERS);
  await rejection(s.pool.map('talk.fail', range(4), { chunksize: 4 }));
  expect(lines.map(({ index, attempt }) => `${index}/${attempt}`)).toEqual(['0/1', '1/1', '2/1', '3/1', '1/2', '3/2']);
});

test('maxLogBytes cuts, with a mark; 0 asks for nothing', async () => {
  await using s = setup({ workers: 1, maxLogBytes: 8 }, TALKERS);
  const cut = await rejection(s.pool.apply('talk.fail', { args: [1] }));
  expect(cut).toMatchObject({ logs: [{ text: 'working ' }, { text: expect.stringContaining('maxLogBytes is 8') }] });
  const none = await rejection(s.pool.apply('talk.fail', { args: [1], maxLogBytes: 0 }));
  expect(none).toHaveProperty('logs', undefined);
  expect(s.transport.seen.at(-1)?.request).not.toHaveProperty('maxLogBytes');
});

test('silent tasks send nothing back for it', async () => {
  await using s = setup({ workers: 1, onLog: () => {} });
  await s.pool.apply('math.square', { args: [2] });
  expect(s.transport.seen[0]?.request).toMatchObject({ maxLogBytes: 65_536 });
  expect(s.transport.seen[0]?.request).not.toHaveProperty('logsOf');
});

test('an onLog that throws becomes a warning, and the call its result', async () => {
  const { promise, resolve } = Promise.withResolvers<Error>();
  process.once('warning', resolve);
  const onLog = (): never => {
    throw new Error('full');
  };
  await using s = setup({ onLog }, TALKERS);
  expect(await s.pool.apply('talk.say', { args: [5] })).toBe(5);
  expect((await promise).message).toContain('onLog threw: Error: full');
});

test.each([
  ['onLog', 'yes', 'a function'],
  ['maxLogBytes', -1, 'an integer'],
])('%s: %j is refused', async (option, value, expected) => {
  await using s = setup();
  expect(await rejection(s.pool.apply('math.square', { [option]: value }))).toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringContaining(expected),
  });
});
