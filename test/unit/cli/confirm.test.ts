import { createColors } from 'picocolors';
import { expect, test } from 'vitest';
import { confirm } from '../../../src/cli/confirm.ts';
import type { Io, Output } from '../../../src/cli/io.ts';

/** A person who answers, or, for undefined, never does. */
function person(answer: string | undefined): Io & { readonly asked: string[] } {
  const asked: string[] = [];
  const output: Output = {
    isTerminal: true,
    columns: 80,
    colors: createColors(false),
    write: (text) => Promise.resolve(void asked.push(text)),
  };
  const closed = Promise.withResolvers<void>();
  async function* answers(): AsyncGenerator<string, void, undefined> {
    if (answer === undefined) await closed.promise;
    else yield answer;
  }
  return {
    asked,
    stdin: { isTerminal: true, close: () => closed.resolve(), [Symbol.asyncIterator]: answers },
    stdout: output,
    stderr: output,
    env: {},
    outputClosed: new AbortController().signal,
  };
}

const NEVER = new AbortController().signal;

test.each([
  ['y\n', true],
  ['Yes\n', true],
  [' y \r\n', true],
  ['\n', false],
  ['n\n', false],
  ['yesterday\n', false],
])('the answer %j is %s', async (answer, expected) => {
  const io = person(answer);
  expect(await confirm('Delete it?', io, NEVER)).toBe(expected);
  expect(io.asked).toEqual(['Delete it? [y/N] ']);
});

test('Ctrl-C ends the wait for an answer', async () => {
  const controller = new AbortController();
  const waiting = confirm('Delete it?', person(undefined), controller.signal);
  const reason = new Error('interrupted');
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
});
