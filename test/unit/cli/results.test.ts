import { describe, expect, test } from 'vitest';
import { showResult, toJsonLine } from '../../../src/cli/results.ts';

const plain = { pretty: false, colors: false };

describe('showResult()', () => {
  test.each([
    [55, '55'],
    ['text', '"text"'],
    [null, 'null'],
    [{ a: [1, true] }, '{"a":[1,true]}'],
    [undefined, 'undefined'],
    [NaN, 'NaN'],
    [-0, '-0'],
    [10n, '10n'],
    [[1, undefined], '[ 1, undefined ]'],
    [new Map([['a', 1]]), "Map(1) { 'a' => 1 }"],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [{ at: new Date(0) }, '{ at: 1970-01-01T00:00:00.000Z }'],
  ])('shows %o as %s', (value, shown) => expect(showResult(value, plain)).toBe(shown));

  test('indents JSON for people', () => {
    expect(showResult({ a: 1 }, { pretty: true, colors: false })).toBe('{\n  "a": 1\n}');
  });

  test('shows the same object in two places as JSON, and a cycle as the console does', () => {
    const shared = { n: 1 };
    expect(showResult([shared, shared], plain)).toBe('[{"n":1},{"n":1}]');
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    expect(showResult(cycle, plain)).toBe('<ref *1> { self: [Circular *1] }');
  });

  test('shows all of a long array', () => {
    expect(
      showResult(
        Array.from({ length: 300 }, () => undefined),
        plain,
      ),
    ).not.toContain('more item');
  });
});

describe('toJsonLine()', () => {
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  test.each([
    [{ a: 1 }, '{"a":1}'],
    ['two\nlines', '"two\\nlines"'],
    [undefined, 'null'],
    [NaN, 'null'],
    [10n, '"10"'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
    [new Date(NaN), 'null'],
    [new Map([['a', 1n]]), '[["a","1"]]'],
    [new Set([1, 2]), '[1,2]'],
    [new Float64Array([0.5, 1]), '[0.5,1]'],
    [Buffer.from('ab'), '[97,98]'],
    [new Uint8Array([1, 2]).buffer, '[1,2]'],
    [/x/g, '"/x/g"'],
    [new URL('http://a/'), '"http://a/"'],
    [new TypeError('no'), '{"name":"TypeError","message":"no"}'],
    // oxlint-disable-next-line no-sparse-arrays -- what is tested
    [[1, , 3], '[1,null,3]'],
    [{ a: undefined, b: [undefined] }, '{"a":null,"b":[null]}'],
    [cycle, '{"self":"[Circular]"}'],
  ])('writes %o as %s', (value, line) => expect(toJsonLine(value)).toBe(line));
});
