/** How much console output of a call is kept. */
import { describe, expect, test } from 'vitest';
import { LogBuffer } from '../../../agent/log-buffer.ts';

function texts(buffer: LogBuffer): string[] {
  return buffer.lines().map((line) => line.text);
}

test('what fits is kept in order, with level and time', () => {
  const before = Date.now();
  const buffer = new LogBuffer(100);
  buffer.add('log', 'one');
  buffer.add('error', 'two\nlines');
  expect(buffer.lines()).toMatchObject([
    { level: 'log', text: 'one' },
    { level: 'error', text: 'two\nlines' },
  ]);
  const [first] = buffer.lines();
  expect(first?.at).toBeGreaterThanOrEqual(before);
  expect(first?.at).toBeLessThanOrEqual(Date.now());
});

test('a record counts its bytes and a newline, so the last that fits fits exactly', () => {
  const buffer = new LogBuffer(8);
  buffer.add('log', 'abc');
  buffer.add('log', 'def');
  expect(texts(buffer)).toEqual(['abc', 'def']);
});

describe('beyond the limit', () => {
  test('the first record that does not fit is cut, and a last line counts what is missing', () => {
    const buffer = new LogBuffer(10);
    buffer.add('log', 'abcd');
    buffer.add('log', '0123456789');
    expect(texts(buffer)).toEqual(['abcd', '01234', '[lambdapool: 6 more bytes were cut: maxLogBytes is 10]']);
  });

  test('records after the cut are only counted, also those that would fit', () => {
    const buffer = new LogBuffer(4);
    buffer.add('log', '0123456789');
    buffer.add('log', '');
    buffer.add('log', 'ab');
    expect(texts(buffer)).toEqual(['0123', '[lambdapool: 11 more bytes were cut: maxLogBytes is 4]']);
  });

  test('bytes are those of UTF-8, and no character is cut in two', () => {
    const buffer = new LogBuffer(6);
    buffer.add('log', '€€€');
    expect(texts(buffer)).toEqual(['€€', '[lambdapool: 4 more bytes were cut: maxLogBytes is 6]']);
    const pairs = new LogBuffer(6);
    pairs.add('log', '😀😀');
    expect(texts(pairs)[0]).toBe('😀');
  });

  test('asking twice gives the same', () => {
    const buffer = new LogBuffer(1);
    buffer.add('log', 'abc');
    expect(texts(buffer)).toEqual(texts(buffer));
  });
});
