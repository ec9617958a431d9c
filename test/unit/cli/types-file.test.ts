import { describe, expect, test } from 'vitest';
import type { TaskEntry } from '../../../agent/manifest.ts';
import { typesFile } from '../../../src/cli/types-file.ts';

type Told = Pick<TaskEntry, 'params'> & { readonly doc?: string };

/** Tasks by full name, in this order. */
function write(tasks: Readonly<Record<string, Told>>): string {
  const entries = Object.entries(tasks).map(([name, told]) => {
    const dot = name.lastIndexOf('.');
    const entry = {
      module: name.slice(0, dot),
      export: name.slice(dot + 1),
      file: 'x.ts',
      line: 1,
      hash: '0',
      ...told,
    };
    return [name, entry] as const;
  });
  return typesFile({
    manifest: { tasks: Object.fromEntries(entries) },
    specifierOf: (module) => `./tasks/${module.replaceAll('.', '/')}.ts`,
  });
}

const none: Told = { params: [] };
const bodyOf = (text: string): string => /export interface Tasks \{\n([^]*)\}\n$/.exec(text)?.[1] ?? text;

describe('the types that `lambdapool tasks --types` writes', () => {
  test('begin with what they are, and import what they need', () => {
    expect(write({ 'a.f': none })).toMatch(
      /^\/\/ Written by `lambdapool tasks --types`\. Do not edit: .*\nimport type \{ Task \} from 'lambdapool';\n/,
    );
  });

  test('name each task with the positions of its parameters, optional ones as such, rest ones not', () => {
    const params = [
      { name: 'base', required: true },
      { name: 'exponent', required: false },
      { name: 'more', required: false, rest: true as const },
    ];
    expect(bodyOf(write({ 'math.power': { params } }))).toBe(
      "  math: {\n    power: Task<typeof import('./tasks/math.ts').power, { base: 0; exponent?: 1 }>;\n  };\n",
    );
  });

  test('name no parameters where there are none to name', () => {
    const rest = [{ name: 'values', required: false, rest: true as const }];
    expect(bodyOf(write({ 'm.a': none, 'm.b': { params: null }, 'm.c': { params: rest } }))).toBe(
      [
        '  m: {',
        "    a: Task<typeof import('./tasks/m.ts').a>;",
        "    b: Task<typeof import('./tasks/m.ts').b>;",
        "    c: Task<typeof import('./tasks/m.ts').c>;",
        '  };',
        '',
      ].join('\n'),
    );
  });

  test('have folders inside one another, and quote what is no identifier', () => {
    expect(bodyOf(write({ 'price-list.daily.it': none }))).toBe(
      [
        "  'price-list': {",
        '    daily: {',
        "      it: Task<typeof import('./tasks/price-list/daily.ts').it>;",
        '    };',
        '  };',
        '',
      ].join('\n'),
    );
  });

  test('have a module beside the tasks of its folder, and at the top where a task has its name', () => {
    expect(bodyOf(write({ 'a.b.g': none, 'a.b.h': none, 'a.c.f': none, 'a.b': none }))).toBe(
      [
        '  a: {',
        "    b: Task<typeof import('./tasks/a.ts').b>;",
        '    c: {',
        "      f: Task<typeof import('./tasks/a/c.ts').f>;",
        '    };',
        '  };',
        "  'a.b': {",
        "    g: Task<typeof import('./tasks/a/b.ts').g>;",
        "    h: Task<typeof import('./tasks/a/b.ts').h>;",
        '  };',
        '',
      ].join('\n'),
    );
  });

  test('keep the comments, which cannot end early', () => {
    const text = bodyOf(
      write({ 'm.a': { params: [], doc: 'One line, */ and on.' }, 'm.b': { params: [], doc: 'Two\n\nlines.' } }),
    );
    expect(text).toContain('    /** One line, *\\/ and on. */\n    a: ');
    expect(text).toContain('    /**\n     * Two\n     *\n     * lines.\n     */\n    b: ');
  });

  test('are the same in whatever order the tasks come', () => {
    expect(write({ 'a.f': none, 'b.g': none, 'a.e': none })).toBe(write({ 'b.g': none, 'a.e': none, 'a.f': none }));
  });
});
