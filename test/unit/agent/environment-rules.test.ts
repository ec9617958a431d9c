import { afterEach, expect, test, vi } from 'vitest';
import { createHandler } from '../../../agent/index.ts';
import { retirementLine } from '../../../agent/retirement.ts';
import { failureOf, fakeContext, handlerOf, manifestOf, sendChunk } from './harness.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Counts how often it is run, with what. */
function warmable(): { readonly seen: unknown[]; readonly handler: ReturnType<typeof handlerOf> } {
  const seen: unknown[] = [];
  const handler = handlerOf({ warmup: async (value: unknown) => void seen.push(value), seen: () => seen.length });
  return { seen, handler };
}

const call = { task: 't.seen', calls: [[]] };

test('an initializer runs before the first call, once for the same arguments', async () => {
  const { seen, handler } = warmable();
  const initializer = { task: 't.warmup', args: [1] };
  expect((await sendChunk(handler, { ...call, initializer })).outcomes).toEqual([{ ok: 1 }]);
  expect((await sendChunk(handler, { ...call, initializer })).outcomes).toEqual([{ ok: 1 }]);
  await sendChunk(handler, { ...call, initializer: { task: 't.warmup', args: [2] } });
  await sendChunk(handler, call);
  expect(seen).toEqual([1, 2]);
});

test('an initializer that fails fails all calls of the chunk, and is tried again in the next invocation', async () => {
  let isBroken = true;
  let calls = 0;
  const warmup = (): void => {
    if (isBroken) throw new RangeError('no model');
  };
  const handler = handlerOf({ warmup, seen: () => (calls += 1) });
  const chunk = { task: 't.seen', calls: [[], []], initializer: { task: 't.warmup', args: [] } };
  const { outcomes } = await sendChunk(handler, chunk);
  expect(outcomes).toHaveLength(2);
  const { code, message, thrown } = failureOf(outcomes[1]);
  expect(code).toBe('INIT_FAILED');
  expect(message).toBe('The initializer t.warmup failed, so no call was run: RangeError: no model');
  expect((thrown as Error).cause).toBeInstanceOf(RangeError);
  expect(calls).toBe(0);
  isBroken = false;
  expect((await sendChunk(handler, chunk)).outcomes).toEqual([{ ok: 1 }, { ok: 2 }]);
});

test('an initializer that does not exist, or whose arguments do not fit, fails the calls with the reason', async () => {
  const { handler } = warmable();
  const missing = await sendChunk(handler, { ...call, initializer: { task: 't.warmpu', args: [] } });
  expect(failureOf(missing.outcomes[0])).toMatchObject({
    code: 'INIT_FAILED',
    message: expect.stringContaining('t.warmup'),
  });
});

test.each([
  ['initializer', 't.warmup'],
  ['initializer', { task: 5, args: [] }],
  ['maxTasksPerEnvironment', 0],
  ['maxTasksPerEnvironment', '3'],
])('a request whose %s is %j is refused', async (field, value) => {
  const { handler } = warmable();
  await expect(sendChunk(handler, { ...call, [field]: value })).rejects.toMatchObject({
    name: 'EventInvalid',
    message: expect.stringContaining(field),
  });
});

test('an environment that has run its calls says so and exits, before it runs anything', async () => {
  const { handler } = warmable();
  const exited = new Error('exited');
  vi.spyOn(process, 'exit').mockImplementation(() => {
    throw exited;
  });
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const chunk = { task: 't.seen', calls: [[], []], maxTasksPerEnvironment: 4 };
  // The second chunk comes to the limit, and runs.
  for (let time = 0; time < 2; time += 1) await sendChunk(handler, chunk);
  expect(written).not.toHaveBeenCalled();
  await expect(sendChunk(handler, chunk, fakeContext(60_000, 'third'))).rejects.toBe(exited);
  expect(written).toHaveBeenCalledExactlyOnceWith(`${retirementLine('third')}\n`);
  expect((await sendChunk(handler, call)).outcomes).toEqual([{ ok: 0 }]);
});

test('a module that does not load fails each call with what was thrown, and the next chunk for it goes to a fresh environment', async () => {
  const exited = new Error('exited');
  vi.spyOn(process, 'exit').mockImplementation(() => {
    throw exited;
  });
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const handler = createHandler({
    manifest: manifestOf({ 'm.f': null, 'n.g': null }),
    modules: {
      m: async () => {
        throw new TypeError('no database');
      },
      n: async () => ({ g: () => 'ok' }),
    },
  });
  const { outcomes } = await sendChunk(handler, { task: 'm.f', calls: [[], []] });
  for (const outcome of outcomes) {
    expect(failureOf(outcome)).toMatchObject({ code: 'INIT_FAILED', message: 'no database' });
    expect(failureOf(outcome).thrown).toBeInstanceOf(TypeError);
  }
  // Other modules go on here.
  expect((await sendChunk(handler, { task: 'n.g', calls: [[]] })).outcomes).toEqual([{ ok: 'ok' }]);
  expect(written).not.toHaveBeenCalled();
  const again = sendChunk(handler, { task: 'm.f', calls: [[]] }, fakeContext(60_000, 'again'));
  await expect(again).rejects.toBe(exited);
  expect(written).toHaveBeenCalledExactlyOnceWith(`${retirementLine('again')}\n`);
});
