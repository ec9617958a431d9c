/** The page docs/fidelity.md: behaviours and results -> text. */
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { BEHAVIOURS } from './behaviours.ts';
import type { Column } from './columns.ts';
import { titleOf } from './place.ts';
import type { Behaviour } from './place.ts';

export const PAGE: string = fileURLToPath(new URL('../../docs/fidelity.md', import.meta.url));

/** What became of the behaviours on one place. */
export interface ColumnResults {
  readonly column: Column;
  /** State of the test; undefined if it was not run. */
  readonly stateOf: (behaviour: Behaviour) => string | undefined;
}

export async function renderPage(results: readonly ColumnResults[]): Promise<string> {
  const notes = new Notes();
  const groups = [...Map.groupBy(BEHAVIOURS, (behaviour) => behaviour.group)];
  const sections = groups.map(([name, behaviours]) => section(name, behaviours, { results, notes }));
  const text = [introduction(results), ...sections, notes.text].join('\n\n');
  return format(text, { parser: 'markdown', printWidth: 120 });
}

/** Footnotes by their text: equal ones share a number. */
class Notes {
  readonly #texts: string[] = [];

  mark(text: string): string {
    if (!this.#texts.includes(text)) this.#texts.push(text);
    return `[^${this.#texts.indexOf(text) + 1}]`;
  }

  get text(): string {
    return this.#texts.map((text, index) => `[^${index + 1}]: ${text}`).join('\n\n');
  }
}

function introduction(results: readonly ColumnResults[]): string {
  const deviations = results.map(({ column }) => `${column.title}: ${column.place.deviations.length}`);
  return `<!-- Written by \`npm run docs:fidelity\` from a run of test/contract. Do not edit. -->

# Fidelity

One suite says what a pool promises, and the same tests run in every place: on the emulator in the same process, on the
emulator over HTTP with the AWS SDK, on LocalStack in a container, deployed there by lambdapool's own deployer, and on AWS Lambda.
Each row is one of its ${BEHAVIOURS.length} tests, in [test/contract](../test/contract).

"yes": the test passes there. A footnote: the place is known to differ, and why. Such a test is run all the same, and has to fail in the
way that is known: one that passes fails the run, until its deviation is removed. Deviations: ${deviations.join('; ')}.`;
}

interface Table {
  readonly results: readonly ColumnResults[];
  readonly notes: Notes;
}

function section(name: string, behaviours: readonly Behaviour[], table: Table): string {
  const titles = table.results.map(({ column }) => column.title);
  const lines = [
    ['behaviour', ...titles],
    ['---', ...titles.map(() => '---')],
    ...behaviours.map((behaviour) => [
      behaviour.title.replaceAll('|', String.raw`\|`),
      ...table.results.map((each) => cell(behaviour, each, table.notes)),
    ]),
  ];
  return [`## ${capitalized(name)}`, lines.map((line) => `| ${line.join(' | ')} |`).join('\n')].join('\n\n');
}

function cell(behaviour: Behaviour, { column, stateOf }: ColumnResults, notes: Notes): string {
  const state = stateOf(behaviour);
  if (state === undefined || state === 'skipped' || state === 'pending') {
    return column.mayBeMissing === undefined ? 'was not run' : `not run${notes.mark(`${column.mayBeMissing}.`)}`;
  }
  if (state !== 'passed') return '**fails**';
  const deviation = column.place.deviations.find(({ test }) => test === titleOf(behaviour));
  return deviation === undefined ? 'yes' : `differs${notes.mark(deviation.reason)}`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
