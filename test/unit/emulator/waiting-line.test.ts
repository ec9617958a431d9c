import { expect, test } from 'vitest';
import { WaitingLine } from '../../../emulator/queue/waiting-line.ts';

test('gives items back in the order in which they came, without those that were taken out', () => {
  const line = new WaitingLine<{ n: number }>();
  const items = [1, 2, 3, 4, 5].map((n) => ({ n }));
  for (const item of items) line.push(item);
  const [first, , middle, , last] = items;
  for (const item of [first!, middle!, last!]) expect(line.delete(item)).toBe(true);
  expect(line.delete(middle!)).toBe(false);
  expect(line.size).toBe(2);
  const added = { n: 6 };
  line.push(added);
  expect([line.shift(), line.shift(), line.shift(), line.shift()]).toEqual([{ n: 2 }, { n: 4 }, added, undefined]);
  expect(line.size).toBe(0);
});
