/** A function that is asked what it holds. */
import { expect, test } from 'vitest';
import { createHandler } from '../../../agent/index.ts';
import { errorOf, fakeContext, handlerOf, manifestOf, params, sendChunk } from './harness.ts';

const DESCRIBE = { lambdapool: 1, describe: true };
const manifest = manifestOf({ 't.add': params('a', 'b?'), 't.spread': null });

test('answers with its manifest and its timeout', async () => {
  const handler = createHandler({ modules: {}, manifest });
  expect(await handler(DESCRIBE, fakeContext(2_998))).toEqual({ lambdapool: 1, timeoutMs: 3_000, manifest });
});

test('loads no module for it', async () => {
  let loaded = 0;
  const load = async (): Promise<Record<string, unknown>> => {
    loaded += 1;
    return { add: () => 1 };
  };
  const handler = createHandler({ modules: { t: load }, manifest });
  await handler(DESCRIBE, fakeContext());
  expect(loaded).toBe(0);
  expect((await sendChunk(handler, { task: 't.add', calls: [[1]] })).outcomes).toEqual([{ ok: 1 }]);
  expect(loaded).toBe(1);
});

test('a task named describe is a task', async () => {
  const handler = handlerOf({ describe: () => 'mine' });
  expect(await handler({ task: 't.describe', describe: true }, fakeContext())).toBe('mine');
});

test('a client of another version is refused here as everywhere', async () => {
  const error = await errorOf(
    createHandler({ modules: {}, manifest })({ lambdapool: 2, describe: true }, fakeContext()),
  );
  expect(error.name).toBe('ProtocolMismatch');
  expect(error.message).toContain('version 2 ');
});
