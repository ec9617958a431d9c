import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { formatError, formatErrorForLog } from '../../../emulator/sandbox/runtime/errors.ts';

const UNREADABLE =
  'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack';

describe.each([
  { name: 'Node 24', modern: true },
  { name: 'Node 22', modern: false },
])('an error of $name', ({ modern }) => {
  test('has type, message and trace in this order, DEL escaped', () => {
    const error = new RangeError('a\u007Fb');
    error.stack = 'RangeError: a\u007Fb\n    at x';
    const formatted = formatError(error, modern);
    expect(Object.keys(formatted)).toEqual(['errorType', 'errorMessage', 'trace']);
    expect(formatted).toEqual({
      errorType: 'RangeError',
      errorMessage: 'a%7Fb',
      trace: ['RangeError: a%7Fb', '    at x'],
    });
  });

  test.each([
    ['text', 'string', 'text'],
    [5, 'number', '5'],
    [{ a: 1 }, 'object', '[object Object]'],
  ])('from %j names its type', (thrown, errorType, errorMessage) => {
    expect(formatError(thrown, modern)).toEqual({ errorType, errorMessage, trace: [] });
  });

  test('that cannot be read is told as such', () => {
    const thrown = {
      get name(): string {
        throw new Error('trap');
      },
      message: '',
      stack: '',
      toString: () => {
        throw new Error('trap');
      },
    };
    expect(formatError(thrown, modern)).toEqual({
      errorType: 'handled',
      errorMessage: UNREADABLE,
      ...(modern ? { trace: [] } : {}),
    });
  });

  test('is logged with its own properties', () => {
    const error = Object.assign(new TypeError('no'), { code: 'E_NO', detail: 7 });
    expect(JSON.parse(formatErrorForLog(error, modern))).toMatchObject({
      errorType: 'TypeError',
      errorMessage: 'no',
      code: 'E_NO',
      detail: 7,
      stack: expect.arrayContaining(['TypeError: no']),
    });
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    expect(formatErrorForLog(cyclic, modern)).toBe(
      '\t{"errorType":"object","errorMessage":"[object Object]","trace":[]}',
    );
  });
});

test('undefined is an answer on Node 24 and a riddle before', () => {
  expect(formatError(undefined, true)).toEqual({ errorType: 'undefined', errorMessage: 'undefined', trace: [] });
  expect(formatError(undefined, false)).toEqual({ errorType: 'handled', errorMessage: UNREADABLE });
});

test('an error of another realm is an error up to Node 22 only', () => {
  const foreign: unknown = runInNewContext(`new TypeError('elsewhere')`);
  expect(formatError(foreign, false)).toMatchObject({ errorType: 'TypeError', errorMessage: 'elsewhere' });
  expect(formatError(foreign, true)).toMatchObject({ errorType: 'object', errorMessage: 'TypeError: elsewhere' });
});
