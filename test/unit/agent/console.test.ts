/** Console output of tasks: kept per call, and still written where it always went. */
import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createHandler, taskContext } from '../../../agent/index.ts';
import type { CallOutcome } from '../../../agent/index.ts';
import { fakeContext, handlerOf, manifestOf, sendChunk } from './harness.ts';

// A real console of Node, because Vitest's is its own; it is in place before the first handler is made.
let written = '';
const sink = (): Writable =>
  new Writable({
    write(chunk, _, done) {
      written += String(chunk);
      done();
    },
  });
const vitestConsole = globalThis.console;
globalThis.console = new Console({ stdout: sink(), stderr: sink() });

beforeEach(() => {
  written = '';
});
afterAll(() => {
  globalThis.console = vitestConsole;
});

const LEVELS = ['trace', 'debug', 'info', 'log', 'warn', 'error'] as const;

async function run(
  task: (...args: never[]) => unknown,
  calls: unknown[] = [[]],
  maxLogBytes = 65_536,
): Promise<readonly CallOutcome[]> {
  const { outcomes } = await sendChunk(handlerOf({ task }), { task: 't.task', calls, maxLogBytes });
  return outcomes;
}

function texts(outcome: CallOutcome | undefined): string[] {
  return (outcome?.logs ?? []).map((line) => line.text);
}

test.each(LEVELS.slice(1))('console.%s is kept as the console prints it, and printed', async (level) => {
  const [outcome] = await run(() => console[level]('%s is %d', 'answer', 42, { a: [1] }));
  expect(outcome?.logs).toMatchObject([{ level, text: 'answer is 42 { a: [ 1 ] }' }]);
  expect(written).toBe('answer is 42 { a: [ 1 ] }\n');
});

test('console.trace is one record with the stack of its caller', async () => {
  const [outcome] = await run(function tracing() {
    console.trace('here %d', 1);
  });
  expect(outcome?.logs).toHaveLength(1);
  expect(outcome?.logs?.[0]?.level).toBe('trace');
  expect(texts(outcome)[0]).toMatch(/^Trace: here 1\n {4}at .*tracing.*console\.test\.ts/);
  expect(written).toContain('Trace: here 1');
});

test('what the console writes by way of these, such as a table, is kept too', async () => {
  const [outcome] = await run(() => console.table([{ a: 1 }]));
  expect(texts(outcome).join('')).toContain('(index)');
  expect(outcome?.logs).toHaveLength(1);
});

test('each call has its own, in order, also after awaits and in timers that it waits for', async () => {
  const outcomes = await run(
    async (n: number) => {
      console.log('start', n);
      await new Promise((resolve) => setTimeout(resolve, 1));
      console.warn('end', n);
    },
    [[1], [2]],
  );
  expect(outcomes.map(texts)).toEqual([
    ['start 1', 'end 1'],
    ['start 2', 'end 2'],
  ]);
});

test('a call that fails keeps what it wrote', async () => {
  const [outcome] = await run(() => {
    console.log('before');
    throw new Error('failed');
  });
  expect(outcome?.error?.code).toBe('TASK_THREW');
  expect(texts(outcome)).toEqual(['before']);
});

test('a call that writes nothing has no logs', async () => {
  expect(await run(() => 1)).toEqual([{ ok: 1 }]);
});

describe('without maxLogBytes', () => {
  test.each([0, undefined])('%o, nothing is kept and everything is printed', async (maxLogBytes) => {
    const handler = handlerOf({ task: () => console.log('printed') });
    const { outcomes } = await sendChunk(handler, { task: 't.task', calls: [[]], maxLogBytes });
    expect(outcomes).toEqual([{}]);
    expect(written).toBe('printed\n');
  });

  test('nor for a plain event', async () => {
    const handler = handlerOf({ task: () => console.log('printed') });
    expect(await handler({ task: 't.task' }, fakeContext())).toBeUndefined();
    expect(written).toBe('printed\n');
  });
});

test('each call is cut at maxLogBytes on its own, and printed whole', async () => {
  const outcomes = await run((text: string) => console.log(text), [['0123456789'], ['abc']], 5);
  expect(outcomes.map(texts)).toEqual([['01234', '[lambdapool: 6 more bytes were cut: maxLogBytes is 5]'], ['abc']]);
  expect(written).toBe('0123456789\nabc\n');
});

test('what a call leaves running writes on, but no longer into the logs of any call', async () => {
  const late = Promise.withResolvers<void>();
  const wrote = Promise.withResolvers<void>();
  const handler = handlerOf({
    leave: () => {
      console.log('in time');
      void late.promise.then(() => (console.log('late'), wrote.resolve()));
    },
    other: async () => {
      late.resolve();
      await wrote.promise;
      console.log('other');
    },
  });
  const first = await handler({ lambdapool: 1, task: 't.leave', calls: [[]], maxLogBytes: 99 }, fakeContext());
  const { outcomes } = await sendChunk(handler, { task: 't.other', calls: [[]], maxLogBytes: 99 });
  expect(first).toMatchObject({ outcomes: [{ logs: [{ text: 'in time' }] }] });
  expect(JSON.stringify(first)).not.toContain('late');
  expect(outcomes.map(texts)).toEqual([['other']]);
  expect(written).toBe('in time\nlate\nother\n');
});

test('outside a task the console is what it was', () => {
  handlerOf({});
  console.log('outside');
  expect(written).toBe('outside\n');
});

test('the console is changed once, however many handlers are made', () => {
  handlerOf({});
  const before = LEVELS.map((level) => console[level]);
  handlerOf({});
  expect(LEVELS.map((level) => console[level])).toEqual(before);
});

test('handlers made twice, also by a second copy of the agent, keep each record once', async () => {
  vi.resetModules();
  const secondCopy = await import('../../../agent/index.ts');
  expect(secondCopy.createHandler).not.toBe(createHandler);
  const handler = secondCopy.createHandler({
    manifest: manifestOf({ 'm.f': null }),
    modules: { m: async () => ({ f: () => (console.log('once'), taskContext().task) }) },
  });
  handlerOf({});
  const { outcomes } = await sendChunk(handler, { task: 'm.f', calls: [[]], maxLogBytes: 99 });
  expect(outcomes).toMatchObject([{ ok: 'm.f', logs: [{ text: 'once' }] }]);
  expect(outcomes[0]?.logs).toHaveLength(1);
  expect(written).toBe('once\n');
});

test('a reply that logs would make too long keeps its results and loses logs, visibly', async () => {
  const calls = Array.from({ length: 8 }, () => []);
  const outcomes = await run(() => (console.log('x'.repeat(1_000_000)), 'done'), calls, 2_000_000);
  expect(outcomes.map((outcome) => outcome.ok)).toEqual(calls.map(() => 'done'));
  expect(texts(outcomes[0])[0]).toHaveLength(1_000_000);
  expect(texts(outcomes[7])[0]).toContain('were dropped: the reply would not fit');
  expect(Buffer.byteLength(JSON.stringify(outcomes))).toBeLessThan(6 * 1024 * 1024);
});
