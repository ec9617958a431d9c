/** Which frames of a stack travel. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { shortenStacks, withoutAgent } from '../../../agent/stack.ts';

const url = new URL('../../../agent/', import.meta.url).href;
const path = fileURLToPath(url);

function stackOf(...frames: readonly string[]): string {
  return ['Error: failed', ...frames.map((frame) => `    at ${frame}`)].join('\n');
}

const RUN = 'AsyncLocalStorage.run (node:internal/async_local_storage/async_context_frame:65:14)';
const BELOW = [
  RUN,
  `ChunkRun.call (${url}run-chunk.ts:60:33)`,
  `async ${url}handler.ts:9:1`,
  'file:///var/runtime/index.mjs:5:1',
];

test('a stack ends with the function of the task', () => {
  expect(withoutAgent(stackOf('inner (/tasks/math.ts:1:2)', 'fibonacci (/tasks/math.ts:3:4)', ...BELOW))).toBe(
    stackOf('inner (/tasks/math.ts:1:2)', 'fibonacci (/tasks/math.ts:3:4)'),
  );
});

test('an asynchronous one too, whether the agent is named by its URL or by its path', () => {
  const queue = 'process.processTicksAndRejections (node:internal/process/task_queues:105:5)';
  for (const place of [url, path]) {
    expect(withoutAgent(stackOf('async f (/tasks/a.ts:1:2)', queue, `async #settle (${place}run-chunk.ts:1:2)`))).toBe(
      stackOf('async f (/tasks/a.ts:1:2)'),
    );
  }
});

test('frames of Node above the task stay', () => {
  const read = 'readFileSync (node:fs:441:20)';
  expect(withoutAgent(stackOf(read, 'load (/tasks/a.ts:1:2)', ...BELOW))).toBe(stackOf(read, 'load (/tasks/a.ts:1:2)'));
});

test('frames of the agent above the task stay, since they were called by it', () => {
  const context = `taskContext (${url}task-context.ts:5:1)`;
  expect(withoutAgent(stackOf(context, 'f (/tasks/a.ts:1:2)', ...BELOW))).toBe(stackOf(context, 'f (/tasks/a.ts:1:2)'));
});

test('a stack that is all of the agent is its message', () => {
  expect(withoutAgent(stackOf(`bind (${url}signature.ts:1:1)`, ...BELOW))).toBe('Error: failed');
});

test.each([
  stackOf('f (/tasks/a.ts:1:2)'),
  'Error: failed',
  '',
  `Error: cannot read ${path}run-chunk.ts`,
  stackOf('f (/my/agent/a.ts:1:2)', 'g (/tasks/run-chunk.ts:1:1)'),
])('%j is left as it is', (stack) => {
  expect(withoutAgent(stack)).toBe(stack);
});

test('causes are shortened as well, in a cycle once', () => {
  const inner = new Error('inner');
  const outer = new Error('outer', { cause: inner });
  inner.cause = outer;
  for (const error of [inner, outer]) error.stack = stackOf('f (/tasks/a.ts:1:2)', ...BELOW);
  shortenStacks(outer);
  expect(outer.stack).toBe(stackOf('f (/tasks/a.ts:1:2)'));
  expect(inner.stack).toBe(stackOf('f (/tasks/a.ts:1:2)'));
});

test('what cannot be changed or read is left, and nothing is thrown', () => {
  const value = stackOf('f (/tasks/a.ts:1:2)', ...BELOW);
  const fixed = Object.defineProperty(new Error('fixed'), 'stack', { value, writable: false });
  const hostile = Object.defineProperty(new Error('x'), 'stack', {
    get() {
      throw new Error('no stack');
    },
  });
  for (const thrown of [fixed, hostile, undefined, null, 'text', { stack: 5 }]) shortenStacks(thrown);
  expect(fixed.stack).toBe(value);
});
