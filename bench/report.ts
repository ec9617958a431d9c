/** Shows results: as a table in the terminal, and as Markdown for the documentation. */
import { cpus, loadavg } from 'node:os';
import { styleText } from 'node:util';
import type { Result, Row, Target } from './harness.ts';

const HEAD = ['', 'median', 'spread', 'ratio', 'target', ''];

/** Three significant digits, grouped: 1,230,000 or 45.6 or 0.123. */
function figure(value: number): string {
  const rounded = Number(value.toPrecision(3));
  return Math.abs(rounded) >= 100 ? rounded.toLocaleString('en-US') : String(rounded);
}

function bound({ min, max }: Target): string {
  return [min !== undefined && `>= ${min}`, max !== undefined && `<= ${max}`].filter(Boolean).join(', ');
}

function verdict(row: Row): string {
  return row.kept === undefined ? '' : row.kept ? 'pass' : 'FAIL';
}

function cells(row: Row): string[] {
  const spread =
    row.rounds.length < 2 ? '' : `${figure(Math.min(...row.rounds))} to ${figure(Math.max(...row.rounds))}`;
  return [
    row.name,
    `${figure(row.value)} ${row.unit}`,
    spread,
    row.ratio === undefined ? '' : figure(row.ratio),
    row.target === undefined ? '' : bound(row.target),
    verdict(row),
  ];
}

/** Lines of one result, for a terminal. */
export function terminalTable(result: Result): string[] {
  const rows = [HEAD, ...result.rows.map(cells)];
  const widths = HEAD.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const lines = rows.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
  );
  const colored = lines.map((line, i) => {
    if (i === 0) return styleText('dim', line);
    const kept = result.rows[i - 1]?.kept;
    return kept === undefined ? line : styleText(kept ? 'green' : 'red', line);
  });
  const base = result.baseline === undefined ? '' : styleText('dim', ` (ratio to ${result.baseline})`);
  return [styleText('bold', result.title) + base, ...colored, ...(result.note === undefined ? [] : [result.note]), ''];
}

/** Lines of one result, as Markdown. */
export function markdownTable(result: Result): string[] {
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  return [
    `## ${result.title}`,
    '',
    ...(result.baseline === undefined ? [] : [`Ratios to ${result.baseline}.`, '']),
    line(HEAD),
    line(HEAD.map((_, i) => (i === 0 ? '---' : '--:'))),
    ...result.rows.map((row) => line(cells(row))),
    '',
    ...(result.note === undefined ? [] : [result.note, '']),
  ];
}

/** What the figures were measured on, and how busy that was: beyond the number of cores, the figures are noise. */
export function machine(): string {
  const all = cpus();
  return `${all.length} cores (${all[0]?.model.trim() ?? 'unknown'}), ${process.platform} ${process.arch}, Node ${process.versions.node}, load average ${loadavg()[0]?.toFixed(1)}`;
}
