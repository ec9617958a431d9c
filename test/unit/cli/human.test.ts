import { expect, test } from 'vitest';
import { showBytes, showWhen } from '../../../src/cli/human.ts';

test.each([
  [0, '0 B'],
  [1, '1 B'],
  [1023, '1023 B'],
  [1024, '1.0 KB'],
  [1536, '1.5 KB'],
  [50_944, '49.75 KB'],
  [1024 ** 2, '1.0 MB'],
  [262_144_000, '250.0 MB'],
  [3 * 1024 ** 3, '3.0 GB'],
  [1024 ** 5, '1024.0 TB'],
])('%i bytes are %s', (bytes, text) => {
  expect(showBytes(bytes)).toBe(text);
});

const NOON = '2019-01-10T12:00:00Z';

test.each([
  [NOON, 'Just now'],
  ['2019-01-10T11:59:59.500Z', 'Just now'],
  ['2019-01-10T11:59:50Z', '10 seconds ago'],
  ['2019-01-10T11:59:40Z', '20 seconds ago'],
  ['2019-01-10T11:59:59Z', '1 second ago'],
  ['2019-01-10T11:59:00Z', '1 minute ago'],
  ['2019-01-10T11:40:00Z', '20 minutes ago'],
  ['2019-01-10T11:00:00Z', '1 hour ago'],
  ['2019-01-10T10:00:00Z', '2 hours ago'],
  ['2019-01-09T12:00:01Z', '23 hours ago'],
  ['2019-01-09T12:00:00Z', '1 day ago'],
  ['2019-01-08T12:00:00Z', '2 days ago'],
  ['2019-01-06T12:00:01Z', '3 days ago'],
  ['2019-01-06T12:00:00Z', 'January  6'],
  ['2018-12-10T12:00:00Z', 'December 10, 2018'],
  ['2019-01-11T12:00:00Z', '1 day from now'],
  ['2019-01-12T12:00:00Z', '2 days from now'],
  ['2019-06-01T12:00:00Z', 'June  1, 2019'],
])('at noon of 10 January 2019, %s is %s', (then, text) => {
  expect(showWhen(new Date(then), new Date(NOON))).toBe(text);
});
