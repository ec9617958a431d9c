/** Several iterables taken side by side, as Python's `zip`: ends with the shortest. */
import { invalidOption } from '../shared/options.ts';

type Items = Iterable<unknown> | AsyncIterable<unknown>;

/**
 * Rows of one item of each. Asynchronous if any of them is; those that have not ended are closed at the end.
 * @throws {LambdaPoolError} OPTION_INVALID if one is not iterable.
 */
export function zip(iterables: readonly Items[]): Iterable<unknown[]> | AsyncIterable<unknown[]> {
  for (const each of iterables) {
    if (!isIterable(each))
      throw invalidOption('items', 'iterables or async iterables, such as arrays, for map()', each);
  }
  const sync = iterables.filter(isSync);
  return sync.length === iterables.length ? zipSync(sync) : zipAsync(iterables);
}

/** Whether a map can take items from it. */
export function isIterable(value: unknown): value is Items {
  if (typeof value === 'string') return true;
  return typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value);
}

function isSync(items: Items): items is Iterable<unknown> {
  return !isAsync(items);
}

function isAsync(items: Items): items is AsyncIterable<unknown> {
  return typeof items !== 'string' && Symbol.asyncIterator in items;
}

function* zipSync(iterables: readonly Iterable<unknown>[]): Generator<unknown[]> {
  const open = new Set<Iterator<unknown>>();
  try {
    const iterators = iterables.map((each) => each[Symbol.iterator]());
    for (const each of iterators) open.add(each);
    for (;;) {
      const row: unknown[] = [];
      for (const iterator of iterators) {
        // One that throws or ends has closed itself.
        open.delete(iterator);
        const next = iterator.next();
        if (next.done === true) return;
        open.add(iterator);
        row.push(next.value);
      }
      yield row;
    }
  } finally {
    for (const iterator of open) iterator.return?.();
  }
}

async function* zipAsync(iterables: readonly Items[]): AsyncGenerator<unknown[]> {
  const open = new Set<Iterator<unknown> | AsyncIterator<unknown>>();
  try {
    const iterators = iterables.map((each) => (isAsync(each) ? each[Symbol.asyncIterator]() : each[Symbol.iterator]()));
    for (const each of iterators) open.add(each);
    for (;;) {
      const row: unknown[] = [];
      for (const iterator of iterators) {
        open.delete(iterator);
        const next = await iterator.next();
        if (next.done === true) return;
        open.add(iterator);
        row.push(next.value);
      }
      yield row;
    }
  } finally {
    for (const iterator of open) await iterator.return?.();
  }
}
