import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { tasksSource } from '../../src/bundle/tasks-source.ts';
import { typesFile } from '../../src/cli/types-file.ts';
import { compile, repository } from './compile.ts';
import type { Diagnostic } from './compile.ts';
import { BROKEN_CALLS, expectations } from './expectations.ts';
import type { Expected } from './expectations.ts';

const fixture = (name: string): string => repository(`test/fixtures/types/${name}`);

describe('the types of a pool', () => {
  let diagnostics: readonly Diagnostic[];
  let expected: readonly Expected[];

  beforeAll(async () => {
    diagnostics = await compile(repository('test/types/tsconfig.json'));
    expected = await expectations();
  });

  test('accept right calls, and say what they result in', () => {
    expect(diagnostics.filter(({ file }) => file !== BROKEN_CALLS)).toEqual([]);
  });

  test('refuse each wrong name, argument, item and result, in words that help', () => {
    expect(expected.length).toBeGreaterThanOrEqual(80);
    const wrong = expected.flatMap(({ line, code, words }) => {
      const said = diagnostics.filter((each) => each.file === BROKEN_CALLS && each.line === line);
      const found = said.some(({ message }) => message.includes(words));
      return found
        ? []
        : [`${line}: ${code}\n  expected: ${words}\n  said: ${said.map(({ message }) => message).join('\n')}`];
    });
    expect(wrong.join('\n')).toBe('');
  });

  test('refuse nothing else', () => {
    const lines = new Set(expected.map(({ line }) => line));
    expect(diagnostics.filter(({ file, line }) => file === BROKEN_CALLS && !lines.has(line))).toEqual([]);
  });
});

test('The declaration that the type tests use is what `lambdapool tasks --types` writes today', async () => {
  await using source = tasksSource({ tasksRoot: fixture('tasks'), watch: false });
  const specifierOf = (module: string): string => `./tasks/${module.replaceAll('.', '/')}.ts`;
  const text = typesFile({ manifest: await source.manifest(), specifierOf });
  expect(await readFile(fixture('tasks.d.ts'), 'utf8')).toBe(text);
});
