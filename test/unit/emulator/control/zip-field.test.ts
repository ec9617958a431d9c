/** The zip of a request, which travels as base64. */
import { describe, expect, test } from 'vitest';
import { withZip } from '../../../../emulator/http/control-operation.ts';

const read = (base64: string): string => String(withZip<Record<string, unknown>>({ ZipFile: base64 })['ZipFile']);

describe('a ZipFile', () => {
  test.each(['YWJj', 'YWI=', 'YQ==', 'YW\nJj\n', ' YQ= =\r\n', 'YQ'])('%j is base64', (base64) => {
    expect(read(base64)).toBe(Buffer.from(base64, 'base64').toString());
  });

  test.each(['YWJ!', 'YWI=YWI=', 'YQ= =YQ', 'YQ===', 'YQ-_'])('%j is refused', (base64) => {
    expect(() => withZip({ ZipFile: base64 })).toThrow('ZipFile is not base64.');
  });

  test.each([
    ['blanks', ' '.repeat(4_000_000)],
    ['padding', '='.repeat(2) + ' '.repeat(4_000_000)],
    ['digits', 'A'.repeat(4_000_000)],
    ['blanks within padding', '= '.repeat(2_000_000)],
  ])('of many %s and a wrong character at its end is refused at once', (_, beginning) => {
    const start = performance.now();
    expect(() => withZip({ ZipFile: `${beginning}!` })).toThrow('ZipFile is not base64.');
    // Time that grew with the square of the length would be hours.
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
