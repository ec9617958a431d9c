import { expect, test } from 'vitest';
import { BoundedQueue } from '../../../src/pool/queue.ts';
import type { Queued } from '../../../src/pool/queue.ts';

class Item implements Queued<Item> {
  readonly name: string;
  queued = false;
  before: Item | undefined = undefined;
  after: Item | undefined = undefined;

  constructor(name: string) {
    this.name = name;
  }
}

const items = (names: string): Item[] => names.split('').map((name) => new Item(name));

function takeAll(queue: BoundedQueue<Item>): string {
  let names = '';
  for (let item = queue.take(); item !== undefined; item = queue.take()) names += item.name;
  return names;
}

test('items are taken in the order in which they were pushed', () => {
  const queue = new BoundedQueue<Item>(10);
  for (const item of items('abc')) queue.push(item);
  expect(takeAll(queue)).toBe('abc');
});

test('no more are taken than there are slots, until one is released', () => {
  const queue = new BoundedQueue<Item>(2);
  for (const item of items('abcd')) queue.push(item);
  expect(takeAll(queue)).toBe('ab');
  expect(queue.taken).toBe(2);
  queue.release();
  expect(takeAll(queue)).toBe('c');
  expect(queue.size).toBe(1);
});

test('what is put back comes before all others', () => {
  const queue = new BoundedQueue<Item>(10);
  for (const item of items('bc')) queue.push(item);
  for (const item of items('a')) queue.putBack(item);
  expect(takeAll(queue)).toBe('abc');
  for (const item of items('z')) queue.putBack(item);
  expect(takeAll(queue)).toBe('z');
});

test.each([
  [0, 'bcd'],
  [1, 'acd'],
  [3, 'abc'],
])('the item at %i can be removed where it stands, and removing it again does nothing', (at, rest) => {
  const queue = new BoundedQueue<Item>(10);
  const all = items('abcd');
  for (const item of all) queue.push(item);
  queue.remove(all[at]!);
  queue.remove(all[at]!);
  expect(queue.size).toBe(3);
  expect(takeAll(queue)).toBe(rest);
});

test('a removed item keeps no link to its neighbours', () => {
  const queue = new BoundedQueue<Item>(10);
  const all = items('abc');
  for (const item of all) queue.push(item);
  queue.remove(all[1]!);
  expect(all[1]).toMatchObject({ queued: false, before: undefined, after: undefined });
});
