import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Emulator, type EmulatorEvents } from '../../emulator/index.ts';
import { eventually } from '../support/eventually.ts';
import { call, failure, ISOLATIONS, send } from './call.ts';
import type { CodeChange } from '../../src/bundle/code-source.ts';
import { TestCode } from './test-code.ts';

const version = (name: string): string => `
  globalThis.loaded = '${name}';
  export const handler = async (event = {}) => {
    const before = globalThis.loaded;
    if (event.ms) await new Promise((resolve) => setTimeout(resolve, event.ms));
    return { before, after: '${name}' };
  };
`;

const answer = (name: string): object => ({ before: name, after: name });

function created(isolation: 'process' | 'thread', code: TestCode, concurrency = 2): Emulator {
  const emulator = new Emulator({ isolation, concurrency });
  emulator.register({ code, timeoutMs: 20_000 });
  return emulator;
}

function nextGeneration(emulator: Emulator): Promise<EmulatorEvents['generation.started']> {
  const { promise, resolve } = Promise.withResolvers<EmulatorEvents['generation.started']>();
  const subscription = emulator.on('generation.started', (event) => {
    subscription[Symbol.dispose]();
    resolve(event);
  });
  return promise;
}

describe.each(ISOLATIONS)('with environments that are a %s each', (isolation) => {
  test('a new build answers once it is warm; what runs ends on the old one; the old one goes', async () => {
    const code = new TestCode(version('one'));
    await using emulator = created(isolation, code);
    expect(await call(emulator, {})).toEqual(answer('one'));
    const [oldDirectory = ''] = code.directories;
    const oldPids = emulator.stats().pids;

    const running = call(emulator, { ms: 400 });
    const started = nextGeneration(emulator);
    code.publish(version('two'));
    expect(await started).toMatchObject({
      functionName: 'lambdapool',
      generation: 2,
      hash: 'build-2',
      buildMs: 7,
      files: ['index.mjs'],
    });
    expect(await call(emulator, {})).toEqual(answer('two'));
    expect(existsSync(oldDirectory)).toBe(true);
    expect(await running).toEqual(answer('one'));
    await eventually(() => expect(existsSync(oldDirectory)).toBe(false), 2000);
    expect(emulator.stats()).toMatchObject({ generation: 2, busy: 0, waiting: 0 });
    const [oldPid] = oldPids;
    if (oldPid !== undefined) await eventually(() => expect(() => process.kill(oldPid, 0)).toThrow(), 2000);
  });

  test('under load no call fails, and none sees two generations', async () => {
    const code = new TestCode(version('v0'));
    await using emulator = created(isolation, code);
    await emulator.ready();
    const seen: { before: string; after: string }[] = [];
    const edited = new AbortController();
    const load = async (): Promise<void> => {
      while (!edited.signal.aborted) seen.push(await call(emulator, { ms: 1 }));
    };
    const loads = Array.from({ length: 6 }, load);
    for (let edit = 1; edit <= 5; edit += 1) {
      const started = nextGeneration(emulator);
      code.publish(version(`v${edit}`));
      await started;
    }
    edited.abort();
    await Promise.all(loads);
    expect(seen.filter(({ before, after }) => before !== after)).toEqual([]);
    expect(new Set(seen.map((each) => each.after)).size).toBeGreaterThan(2);
    expect(await call(emulator, {})).toEqual(answer('v5'));
    await eventually(() => expect(code.directories.size).toBe(1), 2000);
    expect(emulator.stats().environments).toBeLessThanOrEqual(2);
  });

  test('a build that overtakes another that warms up wins', async () => {
    const code = new TestCode(version('one'));
    await using emulator = created(isolation, code);
    await emulator.ready();
    const started = nextGeneration(emulator);
    for (const name of ['two', 'three', 'four']) code.publish(version(name));
    expect((await started).generation).toBe(4);
    expect(await call(emulator, {})).toEqual(answer('four'));
    await eventually(() => expect(code.directories.size).toBe(1), 2000);
  });

  test('a build of the same content changes nothing', async () => {
    const code = new TestCode(version('one'));
    await using emulator = created(isolation, code);
    await emulator.ready();
    const { pids } = emulator.stats();
    code.publish(version('one'), 'build-1');
    expect(emulator.stats()).toMatchObject({ generation: 1, pids });
    expect(await call(emulator, {})).toEqual(answer('one'));
    expect(code.directories.size).toBe(1);
  });

  test('a broken build keeps the old code, says so to callers, and a good one mends it', async () => {
    const code = new TestCode(version('one'));
    await using emulator = created(isolation, code);
    expect((await send(emulator, {})).buildError).toBeUndefined();
    const errors: Error[] = [];
    emulator.on('build.failed', ({ error }) => errors.push(error));
    code.fail('math.ts:3:5: Expected ";"\n  3 | const a b\n    |         ^');
    expect(errors).toHaveLength(1);
    const result = await send(emulator, {});
    expect(JSON.parse(result.payload)).toEqual(answer('one'));
    expect(result.buildError).toBe('math.ts:3:5: Expected ";"');
    const started = nextGeneration(emulator);
    code.publish(version('two'));
    await started;
    const mended = await send(emulator, {});
    expect(JSON.parse(mended.payload)).toEqual(answer('two'));
    expect(mended.buildError).toBeUndefined();
  });

  test('code that builds but does not load is live all the same, and can be mended', async () => {
    const code = new TestCode(version('one'));
    await using emulator = created(isolation, code);
    await emulator.ready();
    const bad = nextGeneration(emulator);
    code.publish(`throw new Error('bad top level');`);
    await bad;
    expect(await failure(emulator, {})).toMatchObject({ errorType: 'Error', errorMessage: 'bad top level' });
    const good = nextGeneration(emulator);
    code.publish(version('three'));
    await good;
    expect(await call(emulator, {})).toEqual(answer('three'));
  });
});

describe('a first build that fails', () => {
  test('rejects whoever waits, and is asked for again', async () => {
    const code = TestCode.broken('math.ts:1:1: no');
    await using emulator = created('thread', code);
    await expect(emulator.ready()).rejects.toMatchObject({ code: 'BUILD_FAILED', message: 'math.ts:1:1: no' });
    await expect(send(emulator, {})).rejects.toMatchObject({ code: 'BUILD_FAILED' });
    code.publish(version('two'));
    expect(await call(emulator, {})).toEqual(answer('two'));
  });
});

test('a repair that brings back the running code is let go, as its folder is kept for whoever holds a bundle of it', async () => {
  const code = new TestCode(version('one'));
  const bundle = await code.current();
  let held = 0;
  const hold = (): typeof bundle => {
    held += 1;
    return { ...bundle, [Symbol.asyncDispose]: async () => void (held -= 1) };
  };
  let tell = (_change: CodeChange): void => {};
  await using emulator = new Emulator({ isolation: 'thread', concurrency: 1 });
  emulator.register({
    code: {
      current: () => Promise.resolve(hold()),
      onChange: (listener) => {
        tell = listener;
        return { [Symbol.dispose]: () => {} };
      },
      [Symbol.asyncDispose]: () => code[Symbol.asyncDispose](),
    },
  });
  await emulator.ready();
  tell({ type: 'built', bundle: hold(), durationMs: 1, files: [] });
  await eventually(() => expect(held).toBe(1), 1000);
  await emulator.close();
  expect(held).toBe(0);
});

test('room that a reload gives up goes to a function that waits for it', async () => {
  await using emulator = new Emulator({ isolation: 'thread', concurrency: 1 });
  const code = new TestCode(version('one'));
  emulator.register({ functionName: 'busy', code, timeoutMs: 20_000 });
  emulator.register({ functionName: 'waiting', code: new TestCode(version('other')) });
  await emulator.ready('busy');
  const running = call(emulator, { ms: 10_000 }, { functionName: 'busy' });
  running.catch(() => {});
  const waiting = call(emulator, {}, { functionName: 'waiting' });
  await eventually(() => expect(emulator.stats('waiting')).toMatchObject({ generation: 1, waiting: 1 }), 2000);
  const started = nextGeneration(emulator);
  code.publish(`throw new Error('none of these starts');`);
  await started;
  expect(await waiting).toEqual(answer('other'));
  expect(emulator.stats('busy')).toMatchObject({ busy: 1 });
});
