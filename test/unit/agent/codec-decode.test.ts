/** Input that `encode` did not make: answered by a CodecError, at a cost that goes by its size. */
import { describe, expect, test } from 'vitest';
import { CodecError, decode } from '../../../agent/codec.ts';
import type { Json } from '../../../agent/protocol.ts';

describe('decode refuses', () => {
  test.each<[string, Json, string]>([
    ['a key beside $lp', { $lp: [1], other: 1 }, 'not the only key'],
    ['$lp that is no table', { $lp: 1 }, 'not a table'],
    ['an empty table', { $lp: [] }, 'not a table'],
    ['an unknown tag', { $lp: [['$Foo', 1]] }, 'unknown tag "$Foo"'],
    ['a tag that is a name on Object.prototype', { $lp: [['$ToString']] }, 'unknown tag "$ToString"'],
    ['an unknown mark', { $lp: ['$foo'] }, 'unknown mark "$foo"'],
    ['a lone mark', { $lp: ['$'] }, 'unknown mark "$"'],
    ['a reference to nothing', { $lp: ['$1'] }, 'reference to entry 1 of 1'],
    ['a reference to the root', { $lp: [['$0']] }, 'unknown mark "$0"'],
    ['a huge reference', { $lp: [`$${'9'.repeat(400)}`] }, 'reference to entry Infinity'],
    ['a table entry that is a reference', { $lp: ['$1', '$2', '$1'] }, 'an entry of the table is a reference'],
    ['a Map with half an entry', { $lp: [['$Map', 1]] }, 'a Map has a key without a value'],
    ['a date that is none', { $lp: ['$date:0x10'] }, '"$date:0x10" is not a date'],
    ['a date out of range', { $lp: ['$date:8640000000000001'] }, 'is not a date'],
    ['a bigint that is none', { $lp: ['$bigint:12'] }, '"$bigint:12" is not a bigint'],
    [
      'a pattern that does not compile',
      { $lp: [['$RegExp', '(', '']] },
      'does not accept the regular expression "/(/"',
    ],
    ['flags that do not exist', { $lp: [['$RegExp', 'a', 'gg']] }, 'does not accept the regular expression'],
    ['a pattern that is no text', { $lp: [['$RegExp', 1, 'g']] }, 'a RegExp takes source, flags and lastIndex'],
    ['a URL that is none', { $lp: [['$URL', '//']] }, 'a URL takes its text'],
    ['bytes with foreign characters', { $lp: [['$ArrayBuffer', 'AA*A']] }, 'not base64'],
    ['bytes cut off', { $lp: [['$ArrayBuffer', 'AAA']] }, 'not base64'],
    ['bytes of padding only', { $lp: [['$Buffer', '====']] }, 'not base64'],
    ['bytes that are no text', { $lp: [['$Uint8Array', 5]] }, 'a view has no ArrayBuffer'],
    ['bytes that do not fill the items', { $lp: [['$Float64Array', 'AAAA']] }, '3 bytes do not make a Float64Array'],
    ['a view of something else', { $lp: [['$Uint8Array', '$1'], [1]] }, 'a view has no ArrayBuffer'],
    ['a view of itself', { $lp: ['$1', ['$Uint8Array', '$1']] }, 'a view has no ArrayBuffer'],
    ['a boxed object', { $lp: [['$Boxed', {}]] }, 'a list or object stands where a plain value should'],
    ['a boxed null', { $lp: [['$Boxed', null]] }, 'can be boxed'],
    ['a class of error that is none', { $lp: [['$Error', 'Function', {}]] }, 'unknown class of error "Function"'],
    ['an error without fields', { $lp: [['$Error', 'Error']] }, 'fields are not an object'],
    ['an error with a field too many', { $lp: [['$Error', 'Error', { toString: 1 }]] }, 'unknown field "toString"'],
    ['a sparse array without length', { $lp: [['$Sparse']] }, 'a sparse array takes'],
    ['a sparse array too long', { $lp: [['$Sparse', 4294967296]] }, 'a sparse array takes'],
    ['an index beyond the length', { $lp: [['$Sparse', 2, 2, 1]] }, 'index out of range'],
    ['an index that is none', { $lp: [['$Sparse', 2, '__proto__', {}]] }, 'index out of range'],
    ['an index without an item', { $lp: [['$Sparse', 2, 0]] }, 'a sparse array takes'],
  ])('%s', (_, json, reason) => {
    expect(() => decode(json)).toThrow(CodecError);
    expect(() => decode(json)).toThrow(reason);
  });

  test('nesting beyond the limit, without overflowing the stack', () => {
    const text = `{"$lp":[${'['.repeat(100_000)}${']'.repeat(100_000)}]}`;
    expect(() => decode(JSON.parse(text))).toThrow('nested more than 1000 levels deep');
  });

  test('in words that say what to suspect', () => {
    expect(() => decode({ $lp: ['$foo'] })).toThrow(
      'Cannot read an encoded value: unknown mark "$foo". It was damaged, or made by another version of lambdapool.',
    );
  });
});

describe('decode', () => {
  test('follows a chain of references of any length, since none nests in another', () => {
    const table: Json[] = ['$1'];
    for (let index = 1; index < 50_000; index++) table.push({ next: `$${index + 1}` });
    table.push({ next: null });
    let length = 0;
    for (let node = decode({ $lp: table }); typeof node === 'object' && node !== null; length++) {
      node = Reflect.get(node, 'next');
    }
    expect(length).toBe(50_000);
  });

  test('reserves no memory for the length of a sparse array', () => {
    const before = process.memoryUsage().rss;
    const lists = decode({ $lp: [Array.from({ length: 20 }, () => ['$Sparse', 30_000_000])] }) as unknown[][];
    expect(lists.map((list) => list.length)).toEqual(Array(20).fill(30_000_000));
    // Reserved, they would take 4.8 GB.
    expect(process.memoryUsage().rss - before).toBeLessThan(500e6);
  });

  test('shares nothing with its input', () => {
    const json = { $lp: [{ at: '$date:0', list: [1] }] };
    const first = decode(json) as { list: unknown[] };
    first.list.push(2);
    expect(decode(json)).toEqual({ at: new Date(0), list: [1] });
  });

  test('gives a table entry its place even if nothing refers to it', () => {
    expect(decode({ $lp: [1, ['$Map', 'a', 1]] })).toBe(1);
    expect(() => decode({ $lp: [1, ['$Map', 'a']] })).toThrow(CodecError);
  });
});
