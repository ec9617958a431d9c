/** The codec against generated values: any graph of data, any JSON, and anything at all. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CodecError, decode, encode } from '../../agent/codec.ts';
import type { EncodeOptions } from '../../agent/codec.ts';
import type { Json } from '../../agent/protocol.ts';
import { difference } from './codec-same.ts';

const RUNS = { numRuns: 1000 };

function overTheWire(value: unknown, options?: EncodeOptions): unknown {
  return decode(JSON.parse(JSON.stringify(encode(value, options))));
}

const key = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'toJSON', 'length', '$lp', 'hasOwnProperty', '0', '10', '-1', '', '$'),
  fc.string({ maxLength: 4 }),
);
const text = fc.oneof(
  fc.constantFrom('$', '$$', '$1', '$undefined', '$Map', '$date:0', '\ud800', '\u2028'),
  fc.string({ maxLength: 6 }),
);
const leaf = fc.oneof(
  text,
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.bigInt(),
  fc.constantFrom(null, undefined, NaN, -0, Infinity, -Infinity),
);
const bytes = fc.uint8Array({ maxLength: 20 });

/** Objects without references to others, made afresh each time. */
const leafObject: fc.Arbitrary<() => object> = fc.oneof(
  fc.date({ noInvalidDate: false }).map((date) => () => new Date(date)),
  fc
    .constantFrom('a+', '/', '[/]\\n', '')
    .map((source) => () => Object.assign(new RegExp(source, 'giy'), { lastIndex: 3 })),
  fc.webUrl().map((url) => () => new URL(url)),
  bytes.map((data) => () => new Uint8Array(data)),
  bytes.map((data) => () => new Uint8Array(data).buffer),
  bytes.map((data) => () => Buffer.from(data)),
  bytes.map((data) => () => new Uint8Array([1, ...data, 2]).subarray(1, -1)),
  fc.float64Array({ maxLength: 5 }).map((data) => () => new Float64Array(data)),
  fc.bigInt64Array({ maxLength: 5 }).map((data) => () => new DataView(new BigInt64Array(data).buffer)),
  fc.oneof(text, fc.double(), fc.boolean(), fc.bigInt()).map((value) => () => Object(value)),
);

const CONTAINERS = [
  'array',
  'sparse',
  'record',
  'bare',
  'map',
  'map-keys',
  'set',
  'error',
  'aggregate',
  'view',
] as const;
type Container = (typeof CONTAINERS)[number];
interface Link {
  readonly key: string;
  /** A primitive, or the number of another node (which makes shared references and cycles). */
  readonly target: { readonly leaf: unknown } | { readonly node: number };
}
const link: fc.Arbitrary<Link> = fc.record({
  key,
  target: fc.oneof(
    leaf.map((value) => ({ leaf: value })),
    fc.nat(12).map((node) => ({ node })),
  ),
});
const node = fc.oneof(
  leafObject.map((make) => ({ make, links: [] })),
  fc.record({
    kind: fc.constantFrom(...CONTAINERS),
    links: fc.array(link, { maxLength: 5 }),
  }),
);

/** Any directed graph of the objects that can be sent. */
const graph: fc.Arbitrary<unknown> = fc.array(node, { minLength: 1, maxLength: 12 }).map((nodes) => {
  const objects = nodes.map((node) => ('make' in node ? node.make() : SHELLS[node.kind]()));
  const valueOf = ({ target }: Link): unknown =>
    'leaf' in target ? target.leaf : objects[target.node % objects.length];
  for (const [index, node] of nodes.entries()) {
    if ('kind' in node) {
      for (const link of node.links) attach({ kind: node.kind, object: objects[index]!, key: link.key }, valueOf(link));
    }
  }
  return objects[0];
});

const SHELLS: Record<Container, () => object> = {
  array: () => [],
  sparse: () => [],
  record: () => ({}),
  bare: () => Object.create(null),
  map: () => new Map(),
  'map-keys': () => new Map(),
  set: () => new Set(),
  error: () => new RangeError('out'),
  aggregate: () => new AggregateError([], 'many'),
  view: () => new Uint16Array(2),
};

function attach(place: { kind: Container; object: object; key: string }, value: unknown): void {
  const { kind, object, key } = place;
  const data = { value, enumerable: true, writable: true, configurable: true };
  if (Array.isArray(object)) object[object.length + (kind === 'sparse' ? 3 : 0)] = value;
  else if (object instanceof Map && kind === 'map') object.set(key, value);
  else if (object instanceof Map) object.set(value, key);
  else if (object instanceof Set) object.add(value);
  else if (object instanceof AggregateError) object.errors.push(value);
  // The name of an error comes back as a property that is not enumerable.
  else if (object instanceof Error && key === 'name') Object.defineProperty(object, 'cause', data);
  else if (kind !== 'view') Object.defineProperty(object, key, data);
}

const ownKeysOfPrototypes = () =>
  [Object, Array, Map, Set, Error, Function].map((builtin) => Reflect.ownKeys(builtin.prototype).length);

describe('encode and decode over JSON text', () => {
  test('give back any graph of data with the same identities, cycles, order and holes', () => {
    fc.assert(
      fc.property(graph, (value) => {
        expect(difference(value, overTheWire(value))).toBeUndefined();
      }),
      RUNS,
    );
  });

  test('give back whatever fast-check calls anything', () => {
    const anything = fc.anything({
      key,
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withObjectString: true,
      withSet: true,
      withSparseArray: true,
      withTypedArray: true,
    });
    fc.assert(
      fc.property(anything, (value) => {
        expect(difference(value, overTheWire(value))).toBeUndefined();
      }),
      RUNS,
    );
  });

  test('leave the value and its encoded form as they were', () => {
    fc.assert(
      fc.property(graph, (value) => {
        const before = encode(value);
        const text = JSON.stringify(before);
        decode(before);
        expect(JSON.stringify(before)).toBe(text);
        expect(JSON.stringify(encode(value))).toBe(text);
      }),
      RUNS,
    );
  });

  test('pass plain JSON through uncopied', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (json) => {
        // Written and read once, because fast-check may generate -0 and shared objects.
        const value: Json = JSON.parse(JSON.stringify(json));
        fc.pre(!(typeof value === 'object' && value !== null && Object.hasOwn(value, '$lp')));
        expect(encode(value)).toBe(value);
        expect(decode(value)).toBe(value);
      }),
      RUNS,
    );
  });
});

describe('decode', () => {
  const tags = ['Map', 'Set', 'Sparse', 'NullPrototype', 'RegExp', 'URL', 'Boxed', 'ArrayBuffer', 'Buffer', 'Foo'];
  const views = ['Uint8Array', 'Float64Array', 'DataView'];
  const tag = fc.constantFrom(...tags, ...views, 'Error').map((name) => `$${name}`);
  const base = fc.constantFrom('Error', 'TypeError', 'AggregateError', 'DOMException');
  const mark = fc.constantFrom(
    '$0',
    '$1',
    '$2',
    '$9',
    '$01',
    '$',
    '$x',
    '$nan',
    '$date:1',
    '$date:x',
    '$bigint:0x',
    '$inf',
  );
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.oneof(
        tag,
        mark,
        base,
        text,
        fc.integer(),
        fc.double(),
        fc.boolean(),
        fc.constantFrom(null, 'AAAA', 4294967295),
      ),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.tuple(tag, tie('tree')),
      fc.tuple(tag, tie('tree'), tie('tree')),
      fc.tuple(tag, tie('tree'), tie('tree'), tie('tree')),
      fc.dictionary(fc.oneof(key, fc.constantFrom('message', 'name', 'cause')), tie('tree'), { maxKeys: 3 }),
    ),
  }));

  test('answers forged input with a value or a CodecError, and never touches a prototype', () => {
    const before = ownKeysOfPrototypes();
    let refused = 0;
    let accepted = 0;
    fc.assert(
      fc.property(fc.oneof(fc.array(tree, { maxLength: 4 }), tree), (table) => {
        const thrown = thrownBy(() => decode(JSON.parse(JSON.stringify({ $lp: table }))));
        if (thrown === undefined) accepted++;
        else refused++;
        expect(thrown ?? new CodecError('', { path: '', reason: '' })).toBeInstanceOf(CodecError);
        expect(ownKeysOfPrototypes()).toEqual(before);
      }),
      { numRuns: 5000 },
    );
    // Otherwise the generator shows nothing.
    expect(Math.min(refused, accepted)).toBeGreaterThan(100);
  });

  test('takes any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(decode(json as Json)).toBe(json);
      }),
    );
  });
});

describe('encode, lossy', () => {
  class Foo {
    readonly field = 1;
  }
  const hostile = fc.constantFrom<() => unknown>(
    () => () => 1,
    () => Symbol('s'),
    () => new Foo(),
    () => Promise.resolve(),
    () => new WeakMap(),
    () => revoked(),
    () => new Proxy({}, { ownKeys: () => thrower() }),
    () => new Proxy([1], { get: () => thrower() }),
    () => new Proxy(new Error('x'), { get: () => thrower() }),
    () => new Proxy(() => 1, { get: () => thrower() }),
    () => ({
      get a() {
        return thrower();
      },
    }),
    () => Object.defineProperty(new Error('x'), 'stack', { get: thrower }),
    () => Object.create(new Proxy({}, { getPrototypeOf: thrower })),
    () => globalThis,
  );
  const ordinary = fc.anything({ withSparseArray: true, withNullPrototype: true, withMap: true });
  // Made within the property, because fast-check looks into the values that it generates.
  const item = fc.oneof(
    hostile,
    ordinary.map((value) => () => value),
  );
  const wrap = fc.constantFrom<(items: unknown[]) => unknown>(
    (items) => items[0],
    (items) => items,
    (items) => Object.fromEntries(items.entries()),
    (items) => new Map(items.map((item) => [item, items])),
    (items) => new Set(items),
    (items) => new AggregateError(items, 'all', { cause: items[0] }),
  );

  test('never throws, and its result can be written, read and decoded', () => {
    fc.assert(
      fc.property(wrap, fc.array(item), (wrap, items) => {
        const value = wrap(items.map((make) => make()));
        expect(thrownBy(() => overTheWire(value, { lossy: true }))).toBeUndefined();
      }),
      RUNS,
    );
  });

  test('says the same as encode where that does not throw', () => {
    fc.assert(
      fc.property(graph, (value) => {
        expect(difference(value, overTheWire(value, { lossy: true }))).toBeUndefined();
      }),
    );
  });
});

function thrower(): never {
  throw Symbol('hostile');
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function thrownBy(run: () => unknown): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    return error;
  }
}
