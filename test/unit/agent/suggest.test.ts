/** Names that somebody may have meant. */
import { expect, test } from 'vitest';
import { suggest } from '../../../agent/suggest.ts';

const KNOWN = ['math.fibonacci', 'math.factorial', 'text.upper', 'pipeline.forecast.compute', 'forecast.compute'];

test.each([
  { name: 'math.fibonaci', found: 'math.fibonacci' },
  { name: 'MATH.FIBONACCI', found: 'math.fibonacci' },
  { name: 'math.fibnoacci', found: 'math.fibonacci' },
  { name: 'txt.uper', found: 'text.upper' },
])('$name is near $found', ({ name, found }) => {
  expect(suggest(name, KNOWN)[0]).toBe(found);
});

test('a name without its module finds the task in any module', () => {
  expect(suggest('compute', KNOWN)).toEqual(['pipeline.forecast.compute', 'forecast.compute']);
  expect(suggest('upper', KNOWN)[0]).toBe('text.upper');
});

test.each(['', 'weather', '../../etc/passwd', '__proto__'])('%o is near nothing', (name) => {
  expect(suggest(name, KNOWN)).toEqual([]);
});

test('at most three are named', () => {
  expect(suggest('m.a', ['m.b', 'm.c', 'm.d', 'm.e'])).toHaveLength(3);
});

test('a name of a megabyte is compared with nothing', () => {
  expect(suggest('a'.repeat(1_000_000), ['a'.repeat(1_000_000)])).toEqual([]);
});
