/** A chunk of calls, as a pool sends it: one outcome for each call. */
import { describe, expect, test } from 'vitest';
import { decode, encode } from '../../../agent/codec.ts';
import { PROTOCOL_VERSION } from '../../../agent/index.ts';
import type { ChunkReply } from '../../../agent/index.ts';
import { errorOf, failureOf, fakeContext, handlerOf, params, sendChunk, thenable } from './harness.ts';

describe('the reply', () => {
  const handler = handlerOf({ double: (n: number) => n * 2 });

  test('has one outcome for each call, in order', async () => {
    const reply = await sendChunk(handler, { task: 't.double', calls: [[1], [2], [3]] });
    expect(reply.outcomes).toEqual([{ ok: 2 }, { ok: 4 }, { ok: 6 }]);
  });

  test('names the protocol and the manifest that the calls ran on', async () => {
    const reply = await sendChunk(handler, { task: 't.double', calls: [] });
    expect(reply).toMatchObject({ lambdapool: PROTOCOL_VERSION, manifest: 'fedcba9876543210', outcomes: [] });
  });

  test.each([
    { remaining: 59_990.5, timeoutMs: 60_000 },
    { remaining: 3000, timeoutMs: 3000 },
    { remaining: 2001, timeoutMs: 3000 },
  ])('states the timeout, $timeoutMs ms when $remaining ms are left', async ({ remaining, timeoutMs }) => {
    const reply = await sendChunk(handler, { task: 't.double', calls: [[1]] }, fakeContext(remaining));
    expect(reply.timeoutMs).toBe(timeoutMs);
  });

  test('comes from a handler with two arguments, which Node 24 on Lambda insists on', () => {
    expect(handler).toHaveLength(2);
  });
});

describe('results', () => {
  test.each([
    { what: 'null', value: null, outcome: { ok: null } },
    { what: 'undefined', value: undefined, outcome: {} },
    { what: 'false', value: false, outcome: { ok: false } },
    { what: 'a record', value: { a: [1, { b: 'c' }] }, outcome: { ok: { a: [1, { b: 'c' }] } } },
  ])('$what comes back as it is', async ({ value, outcome }) => {
    const reply = await sendChunk(handlerOf({ f: () => value }), { task: 't.f', calls: [[]] });
    expect(reply.outcomes).toEqual([outcome]);
  });

  test.each([NaN, -0, 12n, new Date(0), new Map([[1, { a: undefined }]])])(
    '%o comes back through the codec',
    async (value) => {
      const { outcomes } = await sendChunk(handlerOf({ f: () => value }), { task: 't.f', calls: [[], []] });
      for (const outcome of outcomes) expect(decode(outcome.ok ?? null)).toEqual(value);
    },
  );

  test('of async functions and of thenables are awaited', async () => {
    const query = thenable(() => (resolve: (value: string) => void) => resolve('then'));
    const handler = handlerOf({ a: async () => 'async', b: () => query, c: async () => undefined });
    expect((await sendChunk(handler, { task: 't.a', calls: [[], []] })).outcomes).toEqual([
      { ok: 'async' },
      { ok: 'async' },
    ]);
    expect((await sendChunk(handler, { task: 't.b', calls: [[], []] })).outcomes).toEqual([
      { ok: 'then' },
      { ok: 'then' },
    ]);
    expect((await sendChunk(handler, { task: 't.b', calls: [[]] })).outcomes).toEqual([{ ok: 'then' }]);
    expect((await sendChunk(handler, { task: 't.c', calls: [[]] })).outcomes).toEqual([{}]);
  });

  test('that are plain cost no turn of the microtask queue', async () => {
    const seen: number[] = [];
    const handler = handlerOf({
      f: (n: number) => {
        queueMicrotask(() => seen.push(-1));
        seen.push(n);
      },
    });
    await sendChunk(handler, { task: 't.f', calls: [[1], [2], [3]] });
    expect(seen).toEqual([1, 2, 3, -1, -1, -1]);
  });

  test('keep what they were when the call ended, though a later call changes the same object', async () => {
    const shared = { count: 0, inner: [0] };
    const handler = handlerOf({
      sync: () => ((shared.count += 1), (shared.inner[0] = shared.count), shared),
      later: async () => ((shared.count += 1), shared),
    });
    const reply = await sendChunk(handler, { task: 't.sync', calls: [[], [], []] });
    expect(reply.outcomes).toEqual([1, 2, 3].map((count) => ({ ok: { count, inner: [count] } })));
    const next = await sendChunk(handler, { task: 't.later', calls: [[], []] });
    expect(next.outcomes).toEqual([4, 5].map((count) => ({ ok: { count, inner: [3] } })));
  });

  test('are not copied where nothing can change them any more: the last of a chunk', async () => {
    const shared = { a: 1 };
    const handler = handlerOf({ f: () => shared });
    const reply: ChunkReply = Object(await handler({ lambdapool: 1, task: 't.f', calls: [[], []] }, fakeContext()));
    expect(reply.outcomes[0]?.ok).not.toBe(shared);
    expect(reply.outcomes[1]?.ok).toBe(shared);
  });

  test('that cannot be sent are refused with the path, and their neighbours are kept', async () => {
    const handler = handlerOf({ f: (bad: boolean) => (bad ? { rows: [1, { fn: () => 1 }] } : 'good') });
    const { outcomes } = await sendChunk(handler, { task: 't.f', calls: [[false], [true], [false]] });
    expect(outcomes[0]).toEqual({ ok: 'good' });
    expect(outcomes[2]).toEqual({ ok: 'good' });
    const { code, message, thrown } = failureOf(outcomes[1]);
    expect(code).toBe('RESULT_NOT_SERIALIZABLE');
    expect(message).toContain('result.rows[1].fn');
    expect(thrown).toMatchObject({ path: 'result.rows[1].fn' });
  });

  test('of a generator are refused: it is not run', async () => {
    const handler = handlerOf({ *f() {} });
    expect(failureOf((await sendChunk(handler, { task: 't.f', calls: [[]] })).outcomes[0]).code).toBe(
      'RESULT_NOT_SERIALIZABLE',
    );
  });
});

describe('arguments', () => {
  const given = (...args: unknown[]): unknown[] => args;
  const handler = handlerOf({ any: given, named: given }, { named: params('a', 'b?') });

  test('are the decoded array, or args and kwds decoded apart', async () => {
    const calls = [
      [1, 'x'],
      encode([1n, undefined]),
      { args: [1], kwds: { b: 2 } },
      { args: encode([NaN]) },
      { args: [], kwds: encode({ a: 5n }) },
    ];
    const { outcomes } = await sendChunk(handler, { task: 't.named', calls });
    expect(outcomes.map((outcome) => decode(outcome.ok ?? null))).toEqual([
      [1, 'x'],
      [1n, undefined],
      [1, 2],
      [NaN],
      [5n],
    ]);
  });

  test('that do not fit are the failure of that call alone, and the task does not run', async () => {
    const { outcomes } = await sendChunk(handler, {
      task: 't.named',
      calls: [[1], [], { args: [1], kwds: { c: 1 } }, [2]],
    });
    expect(outcomes[0]).toEqual({ ok: [1] });
    expect(outcomes[3]).toEqual({ ok: [2] });
    expect(failureOf(outcomes[1])).toMatchObject({
      code: 'ARGUMENTS_INVALID',
      message: "named() missing 1 required positional argument: 'a'",
    });
    expect(failureOf(outcomes[2]).message).toBe("named() got an unexpected keyword argument 'c'");
    expect(failureOf(outcomes[2]).thrown).toBeInstanceOf(TypeError);
    expect(failureOf(outcomes[2]).thrown).toHaveProperty(
      'stack',
      "TypeError: named() got an unexpected keyword argument 'c'",
    );
  });

  test.each([
    { call: 5, says: 'Expected the arguments to be an array, got 5 (number).' },
    { call: null, says: 'got null.' },
    { call: {}, says: 'got an object.' },
    { call: { args: 5 }, says: 'got 5 (number).' },
    { call: { args: [1], kwds: [2] }, says: 'Expected the keyword arguments to be an object, got an array of 1.' },
    { call: { args: [1], kwds: encode(new Map([['b', 2]])) }, says: 'Expected the keyword arguments to be an object' },
  ])('$call are no arguments', async ({ call, says }) => {
    const failure = failureOf((await sendChunk(handler, { task: 't.any', calls: [call] })).outcomes[0]);
    expect(failure.code).toBe('ARGUMENTS_INVALID');
    expect(failure.message).toContain(says);
  });

  test('that the codec does not know are refused, not run', async () => {
    const { outcomes } = await sendChunk(handler, { task: 't.any', calls: [{ $lp: 'what?' }, [1]] });
    expect(failureOf(outcomes[0]).code).toBe('ARGUMENTS_INVALID');
    expect(outcomes[1]).toEqual({ ok: [1] });
  });
});

describe('what a task throws', () => {
  test('travels with name, message, stack, properties and cause, and its neighbours are kept', async () => {
    const cause = new RangeError('inner');
    const handler = handlerOf({
      f: (n: number) => {
        if (n === 2) throw Object.assign(new TypeError('no twos', { cause }), { n });
        return n;
      },
    });
    const { outcomes } = await sendChunk(handler, { task: 't.f', calls: [[1], [2], [3]] });
    expect([outcomes[0], outcomes[2]]).toEqual([{ ok: 1 }, { ok: 3 }]);
    const { code, thrown } = failureOf(outcomes[1]);
    expect(code).toBe('TASK_THREW');
    expect(thrown).toBeInstanceOf(TypeError);
    expect(thrown).toMatchObject({ message: 'no twos', n: 2, cause: { message: 'inner' } });
    const stack = thrown instanceof Error ? thrown.stack : '';
    expect(stack).toMatch(/^TypeError: no twos\n {4}at .*chunk\.test\.ts/);
    expect(stack).not.toMatch(/agent\/run-chunk|AsyncLocalStorage|vitest/);
  });

  test.each([undefined, null, 0, '', false, 'text', 5n, NaN, { code: 'E' }])('may be anything: %o', async (value) => {
    const handler = handlerOf({
      sync: () => {
        throw value;
      },
      later: () => Promise.reject(value),
    });
    for (const task of ['t.sync', 't.later']) {
      const { outcomes } = await sendChunk(handler, { task, calls: [[], []] });
      for (const outcome of outcomes) {
        const { code, thrown } = failureOf(outcome);
        expect(code).toBe('TASK_THREW');
        expect(thrown).toEqual(value);
      }
    }
  });

  test('may hold what cannot be sent: it is still the failure of the task', async () => {
    const handler = handlerOf({
      f: () => {
        throw Object.assign(new Error('holds a function'), { fn: () => 1, parser: new Intl.Collator() });
      },
    });
    const { code, message } = failureOf((await sendChunk(handler, { task: 't.f', calls: [[]] })).outcomes[0]);
    expect({ code, message }).toEqual({ code: 'TASK_THREW', message: 'holds a function' });
  });

  test('may be a rejection of a thenable, or a getter of then', async () => {
    const handler = handlerOf({
      thenable: () => thenable(() => (_: unknown, reject: (error: Error) => void) => reject(new Error('refused'))),
      getter: () =>
        thenable(() => {
          throw new Error('no then');
        }),
    });
    expect(failureOf((await sendChunk(handler, { task: 't.thenable', calls: [[]] })).outcomes[0]).message).toBe(
      'refused',
    );
    expect(failureOf((await sendChunk(handler, { task: 't.getter', calls: [[]] })).outcomes[0]).message).toBe(
      'no then',
    );
  });
});

describe('a task that cannot be had', () => {
  test('is the failure of each call, in the reply', async () => {
    const { outcomes } = await sendChunk(handlerOf({ f: () => 1 }), { task: 't.g', calls: [[], []] });
    for (const outcome of outcomes) {
      const { code, message, thrown } = failureOf(outcome);
      expect(code).toBe('TASK_NOT_FOUND');
      expect(thrown).toMatchObject({ name: 'TaskNotFound' });
      expect(message).toContain('Did you mean t.f?');
    }
    expect(outcomes).toHaveLength(2);
  });
});

test('a chunk of another version is an error of the function', async () => {
  const error = await errorOf(handlerOf({})({ lambdapool: 2, task: 't.f', calls: [] }, fakeContext()));
  expect(error.name).toBe('ProtocolMismatch');
  expect(error.stack).toMatch(/^ProtocolMismatch: The client speaks version 2 /);
});

test('stacks are mapped to the sources of the tasks from the first handler on', () => {
  handlerOf({});
  expect(process.sourceMapsEnabled).toBe(true);
});
