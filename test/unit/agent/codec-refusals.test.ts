/** What cannot be sent: the error with its path, and the text that stands for it in a lossy encoding. */
import { describe, expect, test } from 'vitest';
import { CodecError, decode, encode } from '../../../agent/codec.ts';

class Foo {
  readonly field = 1;
}

class Own extends Foo {
  override hasOwnProperty(): boolean {
    return this instanceof Own;
  }
}

function refusalOf(value: unknown, root?: string): CodecError {
  try {
    encode(value, root === undefined ? {} : { root });
  } catch (error) {
    if (error instanceof CodecError) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}

function nested(levels: number, leaf: unknown = []): unknown {
  let value = leaf;
  for (let level = 1; level < levels; level++) value = [value];
  return value;
}

function detached(): Uint8Array<ArrayBuffer> {
  const view = new Uint8Array(8);
  structuredClone(view, { transfer: [view.buffer] });
  return view;
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

describe('encode refuses', () => {
  test.each<[string, unknown, string]>([
    ['a function', () => 1, 'it is a function'],
    ['a class', Foo, 'it is a function'],
    ['a symbol', Symbol('s'), 'it is a symbol (Symbol(s))'],
    ['a boxed symbol', Object(Symbol('s')), 'it is an instance of Symbol'],
    ['a promise', Promise.resolve(), 'it is a promise'],
    ['a generator', (function* () {})(), 'it is a generator'],
    ['an instance of a class', new Foo(), 'it is an instance of Foo'],
    [
      'an instance of an anonymous class',
      new (class {
        readonly field = 1;
      })(),
      'it is an instance of an anonymous class',
    ],
    ['an instance with an own constructor', Object.assign(new Foo(), { constructor: 1 }), 'it is an instance of Foo'],
    ['an object that inherits from another', Object.create({ a: 1 }), 'it is an object with a prototype of its own'],
    [
      'an object that inherits from a bare one',
      Object.create(Object.create(null)),
      'it is an instance of an anonymous class',
    ],
    [
      'an array that inherits from another',
      Object.setPrototypeOf([], []),
      'it is an array with a prototype of its own',
    ],
    ['an instance with a method of Object', new Own(), 'it is an instance of Own'],
    ['a subclass of Array', new (class List extends Array {})(), 'it is an instance of List'],
    ['a subclass of Map', new (class Table extends Map {})(), 'it is an instance of Table'],
    ['a subclass of Date', new (class Day extends Date {})(), 'it is an instance of Day'],
    ['a subclass of Uint8Array', new (class Bytes extends Uint8Array {})(), 'it is an instance of Bytes'],
    ['a WeakMap', new WeakMap(), 'it is an instance of WeakMap'],
    ['URLSearchParams', new URLSearchParams(), 'it is an instance of URLSearchParams'],
    ['shared memory', new SharedArrayBuffer(1), 'it is shared memory'],
    ['a view of shared memory', new Uint8Array(new SharedArrayBuffer(1)), 'it is shared memory'],
    ['a detached ArrayBuffer', detached().buffer, 'it is a detached ArrayBuffer'],
    ['a view of a detached ArrayBuffer', detached(), 'it is a detached ArrayBuffer'],
    ['a toJSON function', { toJSON: () => 1 }, 'it is a function'],
  ])('%s', (_, value, reason) => {
    expect(refusalOf(value).reason).toBe(reason);
    // In the middle of others as well, where the hot path has to notice it.
    const within = refusalOf([1, { a: [value] }]);
    expect(within.reason).toBe(reason);
    expect(within.path).toMatch(/^value\[1\]\.a\[0\]/);
  });

  test('in one sentence with the path, the reason and what to do', () => {
    const error = refusalOf([{ rows: [0, 1, 2, { fn: () => 1 }] }], 'args');
    expect(error.name).toBe('CodecError');
    expect(error.path).toBe('args[0].rows[3].fn');
    expect(error.message).toBe(
      'Cannot send args[0].rows[3].fn: it is a function. ' +
        'Send plain data, or put the function into a task module and call it by its name.',
    );
  });

  test.each<[unknown, string]>([
    [{ 'odd key': Symbol.iterator }, 'value["odd key"]'],
    [{ größe: Symbol.iterator }, 'value.größe'],
    [{ '0': Symbol.iterator }, 'value["0"]'],
    [new Map([['k', Symbol.iterator]]), 'value.get("k")'],
    [new Map([[7, [Symbol.iterator]]]), 'value.get(7)[0]'],
    [new Map<object, unknown>().set({}, 1).set({}, Symbol.iterator), 'value.values()[1]'],
    [new Map<unknown, unknown>().set(1, 1).set({ a: Symbol.iterator }, 1), 'value.keys()[1].a'],
    [new Set([1, Symbol.iterator]), 'value.values()[1]'],
    [Object.assign(Array(3), { 2: { a: Symbol.iterator } }), 'value[2].a'],
    [new Error('x', { cause: { a: Symbol.iterator } }), 'value.cause.a'],
    [new AggregateError([1, Symbol.iterator]), 'value.errors[1]'],
    [Object.assign(new Error('x'), { details: Symbol.iterator }), 'value.details'],
    [Object.assign(Object.create(null), { a: Symbol.iterator }), 'value.a'],
  ])('naming the place: %#', (value, path) => {
    expect(refusalOf(value).path).toBe(path);
  });

  test('an array whose own toJSON would change it is sent as the array that it is', () => {
    const array = Object.assign([1, 2], { toJSON: () => 'changed' });
    expect(decode(JSON.parse(JSON.stringify(encode(array))))).toEqual([1, 2]);
  });

  test('a getter that throws, by its name', () => {
    const value = {
      at: new Date(0),
      row: {
        get total() {
          throw new RangeError('no rows');
        },
      },
    };
    expect(refusalOf(value)).toMatchObject({ path: 'value.row.total', reason: 'reading it threw RangeError: no rows' });
  });

  test('a proxy that was revoked', () => {
    expect(refusalOf({ list: [revoked()] }).path).toBe('value.list[0]');
    expect(refusalOf(revoked()).reason).toContain('revoked');
  });

  test('nesting beyond 1,000 levels, before JSON.stringify or the stack give up', () => {
    expect(refusalOf(nested(1001)).reason).toBe('it is nested more than 1000 levels deep');
    const error = refusalOf(nested(100_000));
    expect(error.path).toHaveLength('value'.length + 1000 * '[0]'.length);
    expect(error.message.length).toBeLessThan(500);
    const chain = { next: null as unknown, at: new Date(0) };
    for (let level = 0, end = chain; level < 5000; level++) end = end.next = { next: null, at: end.at };
    expect(refusalOf(chain).reason).toBe('it is nested more than 1000 levels deep');
  });

  test('but not nesting of 1,000 levels, plain or tagged', () => {
    const plain = nested(1000);
    expect(encode(plain)).toBe(plain);
    for (const leaf of [new Date(0), new Error('deep'), Object.create(null)]) {
      expect(decode(JSON.parse(JSON.stringify(encode(nested(1000, leaf)))))).toStrictEqual(nested(1000, leaf));
    }
    let cause: unknown = 'first';
    for (let level = 0; level < 1000; level++) cause = new Error(undefined, { cause });
    expect(JSON.stringify(encode(cause))).toContain('first');
  });
});

describe('encode, lossy, puts a text in place of', () => {
  test.each<[string, unknown, string]>([
    ['a function', function fn() {}, '[function fn]'],
    [
      'a function without a name',
      (
        () => () =>
          1
      )(),
      '[function]',
    ],
    ['a symbol', Symbol('s'), '[Symbol(s)]'],
    ['an instance of a class', new Foo(), '[instance of Foo]'],
    ['a promise', Promise.resolve(), '[promise]'],
    [
      'a revoked proxy',
      revoked(),
      "[unreadable: TypeError: Cannot perform 'getPrototypeOf' on a proxy that has been revoked]",
    ],
  ])('%s', (_, value, text) => {
    expect(encode(value, { lossy: true })).toBe(text);
    expect(encode({ a: [value, 1] }, { lossy: true })).toEqual({ a: [text, 1] });
  });

  test('one property of an error, and keeps the others', () => {
    const error = Object.assign(new TypeError('bad', { cause: new Foo() }), { code: 'E_BAD', retry: () => 1 });
    const copy = decode(encode(error, { lossy: true }));
    expect(copy).toBeInstanceOf(TypeError);
    expect(copy).toMatchObject({
      message: 'bad',
      stack: error.stack,
      cause: '[instance of Foo]',
      code: 'E_BAD',
      retry: '[function retry]',
    });
  });

  test('a getter that throws, and reads the others once', () => {
    const value = {
      get bad() {
        throw new Error('no');
      },
      good: 1,
    };
    expect(encode(value, { lossy: true })).toEqual({ bad: '[unreadable: Error: no]', good: 1 });
  });

  test('the same stand-in twice where the same object stands twice', () => {
    const foo = new Foo();
    expect(decode(encode([foo, foo], { lossy: true }))).toEqual(['[instance of Foo]', '[instance of Foo]']);
  });

  test('levels beyond the limit', () => {
    const text = JSON.stringify(encode(nested(100_000), { lossy: true }));
    expect(text).toBe(`${'['.repeat(1000)}"[nested too deeply]"${']'.repeat(1000)}`);
  });

  test('what a proxy makes up without end', () => {
    const wide: object = new Proxy(
      {},
      { ownKeys: () => ['a', 'b'], getOwnPropertyDescriptor: everyKey, get: () => fresh() },
    );
    const long: object = new Proxy([], { get: (_, key) => (key === 'length' ? 1e15 : 1) });
    const fresh = (): object => new Proxy(wide, {});
    expect(JSON.stringify(encode({ wide }, { lossy: true }))).toContain('[left out: too many values]');
    expect(encode(long, { lossy: true })).toHaveLength(100_000 - 1);
  });
});

function everyKey(): PropertyDescriptor {
  return { value: 1, enumerable: true, configurable: true, writable: true };
}
