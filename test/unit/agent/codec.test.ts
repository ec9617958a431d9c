/** What the codec carries, and how it stands on the wire. */
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { decode, encode } from '../../../agent/codec.ts';

/** Through JSON text, as between a pool and the agent. */
function overTheWire<T>(value: T): T {
  return decode(JSON.parse(JSON.stringify(encode(value)))) as T;
}

function wireText(value: unknown): string {
  return JSON.stringify(encode(value));
}

/** An array with holes, except at the indexes of `items`. */
function sparse(length: number, items: Record<number, unknown>): unknown[] {
  return Object.assign(Array(length), items);
}

describe('plain JSON', () => {
  test.each([
    ['a number', 12.5],
    ['text', 'hello'],
    ['text that begins with the mark', '$1'],
    ['null', null],
    ['false', false],
    ['an empty object', {}],
    [
      'nested data',
      {
        rows: [
          { id: 1, tags: ['a', '$Map'] },
          { id: 2, tags: [] },
        ],
        ok: true,
      },
    ],
    ['keys that matter elsewhere', { constructor: 1, length: 2, toJSON: 3, hasOwnProperty: 4 }],
    ['the reserved key below the root', { data: { $lp: [1] } }],
  ])('passes %s through uncopied', (_, value) => {
    expect(encode(value)).toBe(value);
    expect(decode(value)).toBe(value);
  });

  test('keeps an own __proto__ as a plain key, also where other values are not plain', () => {
    const value = JSON.parse('{"__proto__": {"polluted": 1}, "list": [{"__proto__": 2}]}');
    for (const copy of [overTheWire(value), overTheWire({ value, at: new Date(0) }).value]) {
      expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
      expect(Object.keys(copy)).toEqual(['__proto__', 'list']);
      expect(JSON.stringify(copy)).toBe(JSON.stringify(value));
      expect(copy.polluted).toBeUndefined();
    }
  });

  test('tags a root that looks encoded already', () => {
    const value = { $lp: ['$undefined'] };
    expect(wireText(value)).toBe('{"$lp":[{"$lp":["$$undefined"]}]}');
    expect(overTheWire(value)).toEqual(value);
  });

  test('is not refused for what somebody adds to Object.prototype', () => {
    const added = { value: () => 1, enumerable: true, configurable: true, writable: true };
    // oxlint-disable-next-line no-extend-native -- This is what old libraries do, and taken back at once.
    Object.defineProperty(Object.prototype, 'added', added);
    const text = wireText({ a: [1] });
    Reflect.deleteProperty(Object.prototype, 'added');
    expect(text).toBe('{"a":[1]}');
  });
});

describe('the tagged form', () => {
  test('is as drawn in the description of the format', () => {
    const user: Record<string, unknown> = { name: 'Ada', born: new Date(0), tags: new Set(['$x', undefined]) };
    user['self'] = user;
    expect(wireText(user)).toBe(
      '{"$lp":["$1",{"name":"Ada","born":"$date:0","tags":["$Set","$$x","$undefined"],"self":"$1"}]}',
    );
  });

  test.each<[string, unknown, string]>([
    ['undefined', undefined, '"$undefined"'],
    ['NaN', NaN, '"$nan"'],
    ['-0', -0, '"$-0"'],
    ['Infinity', Infinity, '"$inf"'],
    ['-Infinity', -Infinity, '"$-inf"'],
    ['a bigint', 123n, '"$bigint:0x7b"'],
    ['a negative bigint', -(2n ** 70n), '"$bigint:-0x400000000000000000"'],
    ['a Date', new Date(1_700_000_000_000), '"$date:1700000000000"'],
    ['a Date before 1970', new Date(-1), '"$date:-1"'],
    ['an invalid Date', new Date(NaN), '"$date:NaN"'],
    ['a Map', new Map<unknown, unknown>([['$k', { a: 1n }]]), '["$Map","$$k",{"a":"$bigint:0x1"}]'],
    ['a Set', new Set([1, 'a']), '["$Set",1,"a"]'],
    ['a RegExp', /a\/b/giu, String.raw`["$RegExp","a\\/b","giu"]`],
    ['a URL', new URL('http://x.test/?a=1'), '["$URL","http://x.test/?a=1"]'],
    ['a sparse array', sparse(5, { 1: 1, 3: undefined }), '["$Sparse",5,1,1,3,"$undefined"]'],
    ['boxed text', new String('$x'), '["$Boxed","$$x"]'],
    ['a boxed number', new Number(-0), '["$Boxed","$-0"]'],
    ['a boxed boolean', new Boolean(false), '["$Boxed",false]'],
    ['a boxed bigint', Object(5n), '["$Boxed","$bigint:0x5"]'],
    ['an ArrayBuffer', new Uint8Array([1, 2, 3]).buffer, '["$ArrayBuffer","AQID"]'],
    ['a typed array', new Uint16Array([1, 513]), '["$Uint16Array",["$ArrayBuffer","AQABAg=="]]'],
    ['an empty typed array', new Int8Array(), '["$Int8Array",["$ArrayBuffer",""]]'],
    ['big integers', new BigInt64Array([-1n]), '["$BigInt64Array",["$ArrayBuffer","//////////8="]]'],
    ['a DataView', new DataView(new ArrayBuffer(2)), '["$DataView",["$ArrayBuffer","AAA="]]'],
  ])('carries %s', (_, value, text) => {
    expect(wireText(value)).toBe(`{"$lp":[${text}]}`);
    expect(overTheWire(value)).toStrictEqual(value);
  });

  test('carries the position of a RegExp', () => {
    const pattern = /a/g;
    pattern.lastIndex = 7;
    expect(overTheWire(pattern).lastIndex).toBe(7);
  });

  test('carries an object without a prototype', () => {
    const bare: Record<string, unknown> = Object.create(null);
    bare['__proto__'] = 1n;
    const copy = overTheWire(bare);
    expect(Object.getPrototypeOf(copy)).toBeNull();
    expect(Object.entries(copy)).toEqual([['__proto__', 1n]]);
  });

  test('carries a sparse array of any length without walking or reserving it', () => {
    const copy = overTheWire(sparse(4_000_000_001, { 4_000_000_000: 'far' }));
    expect(copy.length).toBe(4_000_000_001);
    expect(Object.keys(copy)).toEqual(['4000000000']);
  });

  test('does not take named properties of a sparse array for items', () => {
    const named = Object.assign(sparse(2, { 1: 1 }), { '01': 2, '-1': 3, '4294967295': 4, name: 5 });
    expect(overTheWire(named)).toStrictEqual(sparse(2, { 1: 1 }));
    // One more than the highest index.
    expect(overTheWire(Object.assign(Array(1), { '4294967295': 1 }))).toStrictEqual(Array(1));
  });

  test('sends what a getter gives, reading it once', () => {
    let reads = 0;
    const value = {
      at: new Date(0),
      get count() {
        return ++reads;
      },
    };
    // The first look ends at the Date, before the getter.
    expect(overTheWire(value)).toEqual({ at: new Date(0), count: 1 });
  });

  test('ignores symbol keys and named properties of built-ins, as structuredClone does', () => {
    const value = { [Symbol('s')]: () => 1, map: Object.assign(new Map(), { extra: () => 1 }) };
    expect(overTheWire(value)).toStrictEqual({ map: new Map() });
  });
});

describe('identity', () => {
  test('an object that stands twice in plain data is one object afterwards', () => {
    const shared = { a: 1 };
    const value = { left: shared, right: [shared] };
    expect(wireText(value)).toBe('{"$lp":[{"left":"$1","right":["$1"]},{"a":1}]}');
    const copy = overTheWire(value);
    expect(copy.left).toBe(copy.right[0]);
    expect(copy).toEqual(value);
  });

  test('Dates, Maps and their keys keep their identity', () => {
    const key = { id: 1 };
    const at = new Date(5);
    const copy = overTheWire({ key, map: new Map([[key, at]]), at });
    expect(copy.map.get(copy.key)).toBe(copy.at);
    expect(copy.at.getTime()).toBe(5);
  });

  test('cycles through every kind of container close again', () => {
    const map = new Map<string, unknown>();
    const error: Error & { map?: unknown } = new Error('x', { cause: map });
    const set = new Set<unknown>([[map, error]]);
    map.set('set', set);
    const copy = overTheWire(map);
    const [list] = copy.get('set') as Set<[unknown, Error]>;
    expect(list?.[0]).toBe(copy);
    expect(list?.[1].cause).toBe(copy);
  });

  test('an array that holds itself first is not taken for a reference', () => {
    const list: unknown[] = [];
    list.push(list);
    const copy = overTheWire(list);
    expect(copy).toHaveLength(1);
    expect(copy[0]).toBe(copy);
  });

  test('views of one whole ArrayBuffer share it', () => {
    const floats = new Float64Array([1, 2]);
    const copy = overTheWire({ bytes: new Uint8Array(floats.buffer), floats, buffer: floats.buffer });
    expect(copy.bytes.buffer).toBe(copy.buffer);
    copy.bytes.fill(0);
    expect([...copy.floats]).toEqual([0, 0]);
  });

  test('a view of a part takes nothing else with it', () => {
    const pooled = Buffer.from('secret neighbour').subarray(0, 2);
    const value = { pooled, end: Buffer.from([1, 2, 3]).subarray(1), part: new Uint8Array([1, 2, 3]).subarray(0, 2) };
    expect(wireText(value)).toBe(
      '{"$lp":[{"pooled":["$Buffer","c2U="],"end":["$Buffer","AgM="],"part":["$Uint8Array","AQI="]}]}',
    );
    expect(overTheWire(value)).toStrictEqual(value);
  });

  test('a Buffer stays a Buffer, with memory of its own', () => {
    const copy = overTheWire({ data: Buffer.from('héllo') }).data;
    expect(Buffer.isBuffer(copy)).toBe(true);
    expect(copy.toString()).toBe('héllo');
    expect(copy.buffer.byteLength).toBe(copy.byteLength);
  });
});

describe('values of another realm', () => {
  test('count as what they are', () => {
    const foreign = runInNewContext(`({
      record: { list: [1, { a: 2 }] }, date: new Date(5), map: new Map([['k', new Set([undefined])]]),
      pattern: /x/g, bytes: new Uint8Array([7]), view: new DataView(new ArrayBuffer(1)), sparse: [, 1],
      error: new RangeError('far'), boxed: new String('s'), buffer: new ArrayBuffer(1), plain: [1],
    })`);
    const copy = overTheWire(foreign);
    expect(copy).toStrictEqual({
      record: { list: [1, { a: 2 }] },
      date: new Date(5),
      map: new Map([['k', new Set([undefined])]]),
      pattern: /x/g,
      bytes: new Uint8Array([7]),
      view: new DataView(new ArrayBuffer(1)),
      sparse: sparse(2, { 1: 1 }),
      error: copy.error,
      boxed: new String('s'),
      buffer: new ArrayBuffer(1),
      plain: [1],
    });
    expect(copy.error).toBeInstanceOf(RangeError);
    expect(copy.error.message).toBe('far');
    expect(wireText(foreign.record)).toBe('{"list":[1,{"a":2}]}');
  });

  test('do not let instances of foreign classes through', () => {
    const foreign = runInNewContext(
      `[new (class Foo {})(), new (class Bar extends Map {})(), new (class Baz extends Array {})()]`,
    );
    expect(() => encode(foreign[0])).toThrow('it is an instance of Foo');
    expect(() => encode(foreign[1])).toThrow('it is an instance of Bar');
    expect(() => encode(foreign[2])).toThrow('it is an instance of Baz');
  });
});
