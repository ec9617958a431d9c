import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import type { Binding } from '../../../src/bundle/module-exports.ts';
import { readExports } from '../../../src/bundle/read-exports.ts';
import { undecorated } from '../../../src/bundle/source-text.ts';

function bindings(text: string, file = 'math.ts'): Record<string, Binding> {
  const { program, comments, errors } = parseSync(file, text, { preserveParens: false });
  expect(errors).toEqual([]);
  return Object.fromEntries(readExports(program, comments, text).named);
}

function only(text: string): Binding {
  const [binding, ...more] = Object.values(bindings(text));
  expect(more).toEqual([]);
  return binding!;
}

/** `a b? ...c`, or null. */
function params(text: string): string | null {
  const binding = only(text);
  if (binding.kind !== 'function') throw new Error(`${text} is ${binding.kind}`);
  if (binding.params === null) return null;
  return binding.params
    .map(({ name, required, rest }) => (rest ? `...${name}` : required ? name : `${name}?`))
    .join(' ');
}

describe('parameters', () => {
  it.each([
    ['export function f() {}', ''],
    ['export function f(a, b) {}', 'a b'],
    ['export async function f(a: number, b?: string, c = 1, ...d: number[]) {}', 'a b? c? ...d'],
    ['export function f(a = 1, b: number) {}', 'a? b'],
    ['export function f(this: Date, a: number) {}', 'a'],
    ['export function f<T extends object>(a: T, b?: T): T { return a }', 'a b?'],
    ['export const f = (a, b = 2) => a', 'a b?'],
    ['export const f = async a => a', 'a'],
    ['export const f = function named(a) {}', 'a'],
    ['export let f = (a) => a', 'a'],
    ['export const f: (a: number) => number = (a) => a', 'a'],
    ['export const f = ((a) => a) satisfies Fn', 'a'],
    ['export const f = (((a) => a)) as Fn', 'a'],
    ['export const f = <Fn>((a) => a)', 'a'],
    ['export const f = ((a) => a)!', 'a'],
    ['const g = (a) => a; export const f = g', 'a'],
    ['const f = (a) => a; export { f }', 'a'],
    ['function g(a) {} export { g as f }', 'a'],
    ['export { g as f }; const h = (a) => a; const g = h as Fn;', 'a'],
    ['function g(größe, $b, _c) {} export { g as f }', 'größe $b _c'],
  ])('%s: %s', (text, expected) => {
    expect(params(text)).toBe(expected);
  });

  it.each([
    'export function f({ a, b }) {}',
    'export function f(a, { b } = {}) {}',
    'export const f = ([a]) => a',
    'export function f(...[a, b]) {}',
    'export function f(a, ...{ length }) {}',
    'export const f = memoize((a) => a)',
    'export const f = await make()',
    'export const f = lib.f',
    'export const f = fast ? a : b',
    'export const f = a ?? b',
    'export const f = tag`x`',
    'export const { f } = lib',
    'export const { a: { f } = lib } = lib',
    'export const [f] = lib',
    'export const { ...f } = lib',
  ])('%s: not known', (text) => {
    expect(params(text)).toBeNull();
  });

  it('of an overloaded function are those of the implementation', () => {
    const text =
      'export function f(a: string): string;\nexport function f(a: number, b: number): number;\nexport function f(x: any, y?: any) { return x }';
    expect(params(text)).toBe('x y?');
    expect(only(text)).toMatchObject({ line: 3 });
  });
});

describe('what is no task', () => {
  it.each([
    'export class F {}',
    'export abstract class F {}',
    'export const f = class {}',
    'export enum F { a }',
    'export const f = 1',
    "export const f = 'x'",
    'export const f = `x`',
    'export const f = null',
    'export const f = undefined',
    'export const f = /x/',
    'export const f = -1',
    'export const f = a + b',
    'export const f = { a() {} }',
    'export const f = [() => 1]',
    'export const f = new Map()',
    'export const f = {} as const',
    'export let f: number',
    "export * as f from './x.ts'",
    "import * as f from './x.ts'; export { f }",
    'const f = g; const g = f; export { f }',
    'const x = class {}; export { x as f }',
    'export { unknown as f }',
  ])('%s', (text) => {
    expect(only(text)).toEqual({ kind: 'other' });
  });

  it.each([
    'export interface F {}',
    'export type F = () => void',
    'interface F {} export type { F }',
    "export type { F } from './x.ts'",
    "export { type F } from './x.ts'",
    "export type * from './x.ts'",
    'export declare namespace F {}',
    'function hidden() {}',
    '',
  ])('nothing at all: %s', (text) => {
    expect(bindings(text)).toEqual({});
  });

  it.each(['export function* f() {}', 'export async function* f() {}', 'export const f = function* () {}'])(
    '%s is a generator',
    (text) => {
      expect(only(text)).toEqual({ kind: 'generator', line: 1 });
    },
  );
});

describe('imports and re-exports', () => {
  it.each([
    ["export { g } from './x.ts'", 'g'],
    ["export { g as f } from './x.ts'", 'g'],
    ["export { default as f } from './x.ts'", 'default'],
    ["import { g } from './x.ts'; export { g as f }", 'g'],
    ["import g from './x.ts'; export { g }", 'default'],
    ["import { g } from './x.ts'; export const f = g", 'g'],
    ["import { 'a b' as g } from './x.ts'; export { g }", 'a b'],
  ])('%s leads to %s', (text, name) => {
    expect(only(text)).toEqual({ kind: 'import', specifier: './x.ts', name, line: 1 });
  });

  it('lists the modules of `export *`', () => {
    const { program, comments } = parseSync('a.ts', "export * from './a.ts'; export * from 'b'", {});
    expect(readExports(program, comments, '').stars).toEqual(['./a.ts', 'b']);
  });

  it.each([
    ['export default function f(a) {}', 'a'],
    ['export default (a) => a', 'a'],
    ['const f = (a) => a; export default f', 'a'],
  ])('knows the default export for others to name: %s', (text, name) => {
    expect(bindings(text)['default']).toMatchObject({ kind: 'function', params: [{ name, required: true }] });
  });

  it('knows a default function that is exported by its name too', () => {
    expect(bindings('export default function f(a) {}\nexport { f }')['f']).toMatchObject({ kind: 'function', line: 1 });
  });
});

describe('doc comments and lines', () => {
  const doc = (text: string): unknown => {
    const binding = only(text);
    return binding.kind === 'function' ? binding.doc : binding;
  };

  it('takes the stars off', () => {
    expect(undecorated('\n * Adds.\n *\n *   indented\n *\n * @param a one  \n ')).toBe(
      'Adds.\n\n  indented\n\n@param a one',
    );
    expect(undecorated(' One line. ')).toBe('One line.');
    expect(undecorated('\r\n * Adds.\r\n * More.\r\n ')).toBe('Adds.\nMore.');
    expect(undecorated('\n  No stars.\n  **bold**')).toBe('No stars.\n**bold**');
  });

  it('reads the comment right above, whatever stands before the function', () => {
    expect(doc('/** Old. */\nconst x = 1;\n/** Adds. */\nexport async function f() {}')).toBe('Adds.');
    expect(doc('/** Adds. */\n\nexport const f = (a) => a')).toBe('Adds.');
    expect(doc('/** Adds. */\nconst g = () => 1;\nexport { g as f }')).toBe('Adds.');
    expect(doc("const a = 'ü🎉';\n/** Ünïcode 🎉. */ export function f() {}")).toBe('Ünïcode 🎉.');
  });

  it('takes no other comment for one', () => {
    expect(doc('/* Adds. */ export function f() {}')).toBeUndefined();
    expect(doc('/** Adds. */ // really\nexport function f() {}')).toBeUndefined();
    expect(doc('/** Adds. */ const x = 1; export function f() {}')).toBeUndefined();
    expect(doc('/** */ export function f() {}')).toBeUndefined();
    expect(doc('export function f() { /** inside */ }')).toBeUndefined();
  });

  it('finds the comment of an overloaded function above its first signature', () => {
    expect(doc('/** Adds. */\nexport function f(a: string): void;\nexport function f(a: any) {}')).toBe('Adds.');
    expect(doc('/** One. */\nexport function f(a: string): void;\n/** All. */\nexport function f(a: any) {}')).toBe(
      'All.',
    );
  });

  it('counts lines from 1, with either kind of line end', () => {
    expect(only('export function f() {}')).toMatchObject({ line: 1 });
    expect(only('\n\r\n// x\r\n/** d\n */\nexport const f = () => 1')).toMatchObject({ line: 6 });
  });
});
