/** The committed page shows the very behaviours and deviations of the contract, all of which hold. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { BEHAVIOURS } from '../contract/behaviours.ts';
import { COLUMNS } from '../contract/columns.ts';
import { checkDeviations } from '../contract/deviations.ts';
import { PAGE, renderPage } from '../contract/page.ts';
import { titleOf } from '../contract/place.ts';

/** As if a run had passed everywhere but where it may be missing. */
const passing = COLUMNS.map((column) => ({
  column,
  stateOf: () => (column.mayBeMissing === undefined ? 'passed' : undefined),
}));

test('docs/fidelity.md is what a run writes that passes; if not: npm run docs:fidelity', async () => {
  expect(await readFile(PAGE, 'utf8')).toBe(await renderPage(passing));
});

test('each behaviour has a title of its own', () => {
  const titles = BEHAVIOURS.map(titleOf);
  expect(new Set(titles).size).toBe(titles.length);
});

test.each(COLUMNS.map(({ place }) => [place.name, place] as const))('the deviations of %s are in order', (_, place) => {
  expect(() => checkDeviations(place, BEHAVIOURS)).not.toThrow();
});

describe('the page', () => {
  const [column] = COLUMNS;
  if (column === undefined) throw new Error('There are no columns.');
  const page = (state: string | undefined): Promise<string> => renderPage([{ column, stateOf: () => state }]);

  test('does not hide a failure, nor what was not run', async () => {
    expect(await page('failed')).toContain('**fails**');
    expect(await page('failed')).not.toContain(' yes ');
    expect(await page(undefined)).toContain('was not run');
    expect(await page('skipped')).toContain('was not run');
  });

  test('says why a place differs, and why one was not run', async () => {
    expect(await page('passed')).toMatch(/differs\[\^1\].*\[\^1\]: The transport holds its own function/s);
    const text = await renderPage([{ column: { ...column, mayBeMissing: 'not here' }, stateOf: () => undefined }]);
    expect(text).toMatch(/not run\[\^1\].*\[\^1\]: not here\./s);
  });
});
