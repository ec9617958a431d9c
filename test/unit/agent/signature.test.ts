/** Binding of arguments. The messages were recorded from CPython 3.11. */
import { describe, expect, test } from 'vitest';
import { Signature } from '../../../agent/signature.ts';
import { params } from './harness.ts';

function bind(written: readonly string[] | null, args: readonly unknown[], kwds?: Record<string, unknown>): unknown {
  const signature = new Signature({ export: 'f', params: written === null ? null : params(...written) });
  return signature.bind(args, kwds);
}

describe('what fits is bound by name', () => {
  test.each([
    { given: ['n'], args: [10], kwds: undefined, bound: [10] },
    { given: ['n'], args: [], kwds: { n: 10 }, bound: [10] },
    { given: ['a', 'b'], args: [1], kwds: { b: 2 }, bound: [1, 2] },
    { given: ['a', 'b'], args: [], kwds: { b: 2, a: 1 }, bound: [1, 2] },
    { given: ['a', 'b?'], args: [1], kwds: {}, bound: [1] },
    { given: ['a?', 'b?', 'c?'], args: [1], kwds: { c: 3 }, bound: [1, undefined, 3] },
    { given: ['a?', 'b?'], args: [], kwds: undefined, bound: [] },
    { given: ['a', '...rest'], args: [1, 2, 3, 4], kwds: undefined, bound: [1, 2, 3, 4] },
    { given: ['a', '...rest'], args: [], kwds: { a: 1 }, bound: [1] },
    { given: ['a?', 'b'], args: [], kwds: { b: 2 }, bound: [undefined, 2] },
    { given: ['n'], args: [undefined], kwds: undefined, bound: [undefined] },
    { given: ['n'], args: [], kwds: { n: undefined }, bound: [undefined] },
    { given: null, args: [1, 2, 3], kwds: undefined, bound: [1, 2, 3] },
    { given: null, args: [1], kwds: {}, bound: [1] },
  ])('($given) with $args and $kwds', ({ given, args, kwds, bound }) => {
    expect(bind(given, args, kwds)).toEqual(bound);
  });

  test('a name that was left out before a later one is undefined, so that its default applies', () => {
    const bound = bind(['a?', 'b?'], [], { b: 2 });
    const withDefault = (a = 'default', b?: unknown): unknown[] => [a, b];
    expect(Array.isArray(bound) && withDefault(...bound)).toEqual(['default', 2]);
  });

  test('arguments that need no binding are handed on as they are, not copied', () => {
    const args = [1];
    expect(bind(['n'], args)).toBe(args);
  });
});

describe('what does not fit is refused in the words of Python', () => {
  test.each([
    { given: [], args: [1], kwds: undefined, says: 'f() takes 0 positional arguments but 1 was given' },
    { given: ['n'], args: [1, 2], kwds: undefined, says: 'f() takes 1 positional argument but 2 were given' },
    {
      given: ['a', 'b?'],
      args: [1, 2, 3],
      kwds: undefined,
      says: 'f() takes from 1 to 2 positional arguments but 3 were given',
    },
    {
      given: ['a?'],
      args: [1, 2],
      kwds: undefined,
      says: 'f() takes from 0 to 1 positional arguments but 2 were given',
    },
    { given: ['a', 'b'], args: [1, 2, 3], kwds: undefined, says: 'f() takes 2 positional arguments but 3 were given' },
    { given: ['n'], args: [], kwds: undefined, says: "f() missing 1 required positional argument: 'n'" },
    { given: ['a', 'b'], args: [], kwds: undefined, says: "f() missing 2 required positional arguments: 'a' and 'b'" },
    {
      given: ['a', 'b', 'c'],
      args: [],
      kwds: {},
      says: "f() missing 3 required positional arguments: 'a', 'b', and 'c'",
    },
    {
      given: ['a', 'b', 'c'],
      args: [1],
      kwds: undefined,
      says: "f() missing 2 required positional arguments: 'b' and 'c'",
    },
    { given: ['a', 'b', 'c'], args: [1], kwds: { c: 3 }, says: "f() missing 1 required positional argument: 'b'" },
    { given: ['a?', 'b'], args: [1], kwds: undefined, says: "f() missing 1 required positional argument: 'b'" },
    { given: ['a', '...rest'], args: [], kwds: undefined, says: "f() missing 1 required positional argument: 'a'" },
    { given: ['n'], args: [], kwds: { m: 1 }, says: "f() got an unexpected keyword argument 'm'" },
    { given: ['a', '...rest'], args: [1], kwds: { rest: [2] }, says: "f() got an unexpected keyword argument 'rest'" },
    { given: ['n'], args: [1], kwds: { n: 2 }, says: "f() got multiple values for argument 'n'" },
    { given: ['n'], args: [1, 2], kwds: { m: 3 }, says: "f() got an unexpected keyword argument 'm'" },
    { given: ['n'], args: [1, 2], kwds: { n: 3 }, says: "f() got multiple values for argument 'n'" },
    { given: ['a', 'b'], args: [1, 2, 3], kwds: { c: 3 }, says: "f() got an unexpected keyword argument 'c'" },
  ])('($given) with $args and $kwds: $says', ({ given, args, kwds, says }) => {
    expect(() => bind(given, args, kwds)).toThrow(new TypeError(says));
  });

  test('too many positional arguments are noticed beside a good name', () => {
    expect(() => bind(['a', 'b', 'c?'], [1, 2, 3, 4], {})).toThrow('takes from 2 to 3 positional arguments but 4');
  });

  test('keywords for a task without plain parameter names say what to do instead', () => {
    expect(() => bind(null, [], { n: 1 })).toThrow(/f\(\) takes no keyword arguments: .*plain names.*`args`/);
  });
});

describe('names of a request are only names', () => {
  test.each(['__proto__', 'constructor', 'toString', 'length'])('%s is unknown', (name) => {
    const kwds: unknown = JSON.parse(`{"${name}": {"n": 1}}`);
    expect(() => bind(['n'], [1], Object(kwds))).toThrow(`f() got an unexpected keyword argument '${name}'`);
  });

  test('a required name is not found on a prototype', () => {
    const inherited: Record<string, unknown> = Object.create({ n: 1 });
    inherited['m'] = 2;
    expect(() => bind(['n', 'm'], [], inherited)).toThrow("f() missing 1 required positional argument: 'n'");
  });

  test('a parameter named constructor is missing unless it is given', () => {
    expect(() => bind(['a', 'constructor'], [], { a: 1 })).toThrow(
      "missing 1 required positional argument: 'constructor'",
    );
  });

  test('a name of a megabyte is cut in the message', () => {
    let message = '';
    try {
      bind(['n'], [], { ['x'.repeat(1_000_000)]: 1 });
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain('unexpected keyword argument');
    expect(message.length).toBeLessThan(300);
  });
});
