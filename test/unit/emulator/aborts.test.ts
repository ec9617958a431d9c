import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { Aborts } from '../../../emulator/invocations/aborts.ts';

test('one listener serves all items of a signal, and those that come later', () => {
  const ended: unknown[] = [];
  const aborts = new Aborts<{ n: number }>((item, reason) => ended.push([item.n, reason]));
  const { signal } = new AbortController();
  const items = Array.from({ length: 100 }, (_, n) => ({ n }));
  for (const item of items) aborts.add(signal, item);
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  for (const item of items) aborts.delete(signal, item);
  for (const item of items) aborts.add(signal, item);
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  expect(ended).toEqual([]);
});

test('an abort ends the items that are left, with its reason', () => {
  const ended: unknown[] = [];
  const aborts = new Aborts<{ n: number }>((item, reason) => ended.push([item.n, reason]));
  const controller = new AbortController();
  const [one, two, three] = [{ n: 1 }, { n: 2 }, { n: 3 }];
  for (const item of [one, two, three]) aborts.add(controller.signal, item);
  aborts.delete(controller.signal, two);
  controller.abort('enough');
  expect(ended).toEqual([
    [1, 'enough'],
    [3, 'enough'],
  ]);
});
