/** Each error code is thrown by a test that says so, and explained to people. */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { rejection, setup } from './pool/setup.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const read = (name: string): string => readFileSync(path.join(PROJECT, name), 'utf8');

/** The codes of the type, which is gone at run time, from its source. */
const CODES = [
  ...(/export type LambdaPoolErrorCode =([^;]*);/.exec(read('src/shared/errors.ts'))?.[1] ?? '').matchAll(/'(\w+)'/g),
].map(([, code = '']) => code);

const TESTS = readdirSync(path.join(PROJECT, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.includes('node_modules'))
  .map((name) => read(path.join('test', name)))
  .filter((text) => text.includes('expect('));

/** Whether `text` expects an error to have this code; making one to throw is not enough. */
const expects = (text: string, code: string): boolean => new RegExp(String.raw`\bcode: '${code}'`).test(text);

/** Code to the other cells of its row in the tables of the catalogue. */
const ROWS = new Map(
  [...read('docs/errors.md').matchAll(/^\| `([A-Z_]+)` +\|(.+)\|(.+)\|$/gm)].map(([, code = '', ...cells]) => [
    code,
    cells.map((each) => each.trim()),
  ]),
);

test('there are codes, tests and rows to look at', () => {
  expect(CODES.length).toBeGreaterThan(20);
  expect(TESTS.length).toBeGreaterThan(50);
  expect(expects("expect(error).toMatchObject({ code: 'SOME_CODE' })", 'SOME_CODE')).toBe(true);
  expect(expects("transport.rejectNext(new LambdaPoolError('SOME_CODE', 'x'))", 'SOME_CODE')).toBe(false);
});

test.each(CODES)('%s is thrown in a test', (code) => {
  expect(TESTS.some((text) => expects(text, code))).toBe(true);
});

test.each(CODES)('%s is explained: what happened and what to do', (code) => {
  const cells = ROWS.get(code) ?? [];
  expect(cells).toHaveLength(2);
  for (const cell of cells) expect(cell.length).toBeGreaterThan(20);
});

test('no other codes are explained', () => {
  expect([...ROWS.keys()].filter((code) => !CODES.includes(code))).toEqual([]);
});

describe('how an environment ends is told by the code:', () => {
  test.each([
    { code: 'TASK_TIMEOUT', errorType: 'Sandbox.Timedout', said: 'Task timed out after 3.00 seconds' },
    { code: 'TASK_OUT_OF_MEMORY', errorType: 'Runtime.OutOfMemory', said: 'Runtime exited with error: signal: killed' },
    { code: 'TASK_EXITED', errorType: 'Runtime.ExitError', said: 'Runtime exited with error: exit status 3' },
  ])('$code', async ({ code, errorType, said }) => {
    await using s = setup();
    s.transport.dieNext(errorType, said);
    expect(await rejection(s.pool.apply('math.square', { args: [1] }))).toMatchObject({ name: 'TaskError', code });
  });
});
