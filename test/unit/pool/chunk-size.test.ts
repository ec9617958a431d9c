import { expect, test } from 'vitest';
import { imapBuffersize, mapChunksize } from '../../../src/pool/chunk-size.ts';

test.each([
  [0, 4, 1],
  [1, 4, 1],
  [16, 4, 1],
  [17, 4, 2],
  [20_000, 2, 2_500],
  [20_001, 2, 2_501],
])('%i calls on %i workers travel in chunks of %i, as in Python', (length, workers, chunksize) => {
  expect(mapChunksize(length, workers)).toBe(chunksize);
});

test('imap keeps two chunks for each worker', () => {
  expect(imapBuffersize(3, 10)).toBe(60);
});
