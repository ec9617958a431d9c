/** The page docs/python-semantics.md: rows and results -> text. */
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { titleOf } from './row.ts';
import type { Row, Subject } from './row.ts';
import { EXECUTOR_ROWS, POOL_ROWS } from './rows.ts';

export const PAGE = fileURLToPath(new URL('../../docs/python-semantics.md', import.meta.url));

/** Result of a row by its title, for one place. */
export interface PlaceResults {
  readonly place: string;
  resultOf(title: string): string;
}

const HEADINGS: Readonly<Record<Subject, string>> = {
  Pool: '`multiprocessing.Pool`: `LambdaPool`',
  Executor: '`concurrent.futures.Executor`: `LambdaExecutor`',
  Future: '`concurrent.futures.Future`: `Future`',
  asCompleted: '`concurrent.futures.as_completed`: `asCompleted`',
  wait: '`concurrent.futures.wait`: `wait`',
};

export async function renderPage(results: readonly PlaceResults[]): Promise<string> {
  const rows = [...POOL_ROWS, ...EXECUTOR_ROWS];
  const subjects = Object.keys(HEADINGS) as Subject[];
  const sections = subjects.map((subject) =>
    section(
      subject,
      rows.filter((row) => row.subject === subject),
      results,
    ),
  );
  const counts = `${rows.length} rows, of which ${rows.filter(({ run }) => run === undefined).length} do not apply.`;
  return format([introduction(counts), ...sections].join('\n\n'), { parser: 'markdown', printWidth: 120 });
}

function introduction(counts: string): string {
  return `<!-- Written by \`npm run docs:semantics\` from a run of test/semantics. Do not edit. -->

# Python's semantics, test by test

\`LambdaPool\` and \`LambdaExecutor\` promise the behaviour of Python's \`multiprocessing.Pool\` and \`concurrent.futures\`.
Each row is one test of Python's own suites (\`Lib/test/_test_multiprocessing.py\`, \`Lib/test/test_concurrent_futures\`), what
holds here, and what came of it on each transport: with the emulator in the same process, and over HTTP with the AWS SDK.
${counts} Where Python and JavaScript habits differ, [pool.md](pool.md) and [executor.md](executor.md) say why.`;
}

function section(subject: Subject, rows: readonly Row[], results: readonly PlaceResults[]): string {
  const table = [
    ['test', 'behaviour', ...results.map(({ place }) => place)],
    ['---', '---', ...results.map(() => '---')],
    ...rows.filter(({ run }) => run !== undefined).map((row) => cells(row, results)),
  ].map((line) => `| ${line.join(' | ')} |`);
  const others = rows
    .filter(({ run }) => run === undefined)
    .map(({ test, reason = '' }) => `- \`${test}\` does not apply. ${reason}`);
  return [`## ${HEADINGS[subject]}`, table.join('\n'), others.join('\n')].join('\n\n');
}

function cells(row: Row, results: readonly PlaceResults[]): string[] {
  const { test, behaviour } = row;
  return [`\`${test}\``, behaviour.replaceAll('|', '\\|'), ...results.map((each) => each.resultOf(titleOf(row)))];
}
