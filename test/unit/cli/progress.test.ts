import { expect, test } from 'vitest';
import { showRate, showSeconds } from '../../../src/cli/progress.ts';

test.each([
  [0.5234, '0.52'],
  [34.12, '34.1'],
  [1204.4, '1204'],
])('a rate of %d is shown as %s', (rate, shown) => expect(showRate(rate)).toBe(shown));

test.each([
  [0.2, '0 s'],
  [45, '45 s'],
  [185, '3 min 05 s'],
  [7_805, '2 h 10 min'],
])('%d seconds are shown as %s', (seconds, shown) => expect(showSeconds(seconds)).toBe(shown));
