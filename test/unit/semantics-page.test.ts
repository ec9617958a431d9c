/** The committed page shows these very rows, all of which pass, and no test of Python's is forgotten. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { PAGE, renderPage } from '../semantics/page.ts';
import { PLACES } from '../semantics/places.ts';
import { EXECUTOR_TESTS, POOL_TESTS } from '../semantics/python-tests.ts';
import { EXECUTOR_ROWS, POOL_ROWS } from '../semantics/rows.ts';
import { titleOf } from '../semantics/row.ts';
import type { Row } from '../semantics/row.ts';

const namesOf = (rows: readonly Row[]): string[] => rows.flatMap(({ test }) => test.split(', '));

test('docs/python-semantics.md is what a run in which all rows pass writes; if not: npm run docs:semantics', async () => {
  const expected = await renderPage(PLACES.map(({ column }) => ({ place: column, resultOf: () => 'passes' })));
  expect(await readFile(PAGE, 'utf8')).toBe(expected);
});

test('each test of Python’s has a row, and each row a title of its own', () => {
  expect(namesOf(POOL_ROWS).sort()).toEqual([...POOL_TESTS].sort());
  expect(namesOf(EXECUTOR_ROWS).sort()).toEqual([...EXECUTOR_TESTS].sort());
  const titles = [...POOL_ROWS, ...EXECUTOR_ROWS].map(titleOf);
  expect(new Set(titles).size).toBe(titles.length);
});

test('a row either runs or says why it does not apply', () => {
  for (const { run, reason } of [...POOL_ROWS, ...EXECUTOR_ROWS]) expect(run === undefined).toBe(reason !== undefined);
});
