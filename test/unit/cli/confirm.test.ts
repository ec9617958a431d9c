import { expect, test } from 'vitest';
import { confirm } from '../../../src/cli/confirm.ts';
import { person } from './person.ts';

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
