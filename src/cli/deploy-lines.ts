/** What the deploying commands print: text from results, no I/O. */
import type { Deleted } from '../deploy/delete-function.ts';
import type { Deployed } from '../deploy/deploy-function.ts';
import type { CheckStatus } from '../deploy/doctor/doctor-finding.ts';
import type { Check } from '../deploy/doctor/doctor.ts';
import type { FunctionSummary } from '../deploy/list-functions.ts';
import { showBytes, showWhen } from './human.ts';
import type { Output } from './io.ts';

type Style = Pick<Output, 'colors'>;

/** What became of `create` or `update`. */
export function deployedText(deployed: Deployed, { colors }: Style): string {
  const { functionName, tasks, zipBytes, memoryMb, timeoutMs, runtime, architecture, notes } = deployed;
  const count = `${tasks.length} task${tasks.length === 1 ? '' : 's'}`;
  const facts = [count, showBytes(zipBytes), `${memoryMb} MB`, `${timeoutMs / 1000} s`, runtime, architecture].join(
    ', ',
  );
  return [
    `${whatBecame(deployed, colors.bold(functionName))}: ${facts}`,
    `  arn        ${deployed.arn}`,
    `  role       ${deployed.role}`,
    `  log group  ${deployed.logGroup}`,
    ...notes.map((note) => colors.yellow(`  note: ${note}`)),
    '',
  ].join('\n');
}

function whatBecame({ created, changed }: Deployed, name: string): string {
  if (created) return `Created ${name}`;
  return changed.length === 0 ? `${name} is up to date` : `Updated ${name} (${changed.join(' and ')})`;
}

/** What `delete` took away. */
export function deletedText({ functionName, deleted, notes }: Deleted, { colors }: Style): string {
  const head = `Deleted ${colors.bold(functionName)}: ${deleted.join(', ')}`;
  return [head, ...notes.map((note) => colors.yellow(`  note: ${note}`)), ''].join('\n');
}

const HEADER = ['FUNCTION NAME', 'SIZE', 'WHEN', 'RUNTIME MEMORY (MB)', 'TIMEOUT (SEC)', 'LAYERS', 'VERSION'];

/** A table; only its header where there is nothing to list. */
export function listText(functions: readonly FunctionSummary[], now: Date): string {
  const rows = functions.map((each) => [
    each.functionName,
    showBytes(each.sizeBytes),
    showWhen(each.lastModified, now),
    String(each.memoryMb),
    String(each.timeoutMs / 1000),
    each.layers.map(layerName).join(', ') || '-',
    each.version ?? '-',
  ]);
  const table = [HEADER, ...rows];
  const widths = HEADER.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table
    .map(
      (row) =>
        `${row
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** `pandas:3` of a layer version's ARN. */
function layerName(arn: string): string {
  return /:layer:(.+)$/.exec(arn)?.[1] ?? arn;
}

const MARKS: Readonly<Record<CheckStatus, string>> = { ok: '✓', warning: '!', problem: '✗', skipped: '-' };
const CHECK_WIDTH = 'configuration'.length;

/** One check of the doctor. */
export function checkLine({ name, status, message }: Check, { colors }: Style): string {
  const paint = { ok: colors.green, warning: colors.yellow, problem: colors.red, skipped: colors.dim }[status];
  return `${paint(MARKS[status])} ${name.padEnd(CHECK_WIDTH)}  ${message}\n`;
}

/** All of them, in a sentence. */
export function doctorSummary(checks: readonly Check[]): string {
  const count = (status: CheckStatus): number => checks.filter((check) => check.status === status).length;
  const problems = count('problem');
  const warnings = count('warning');
  if (problems + warnings === 0) return 'All is well.\n';
  const told = [...plural(problems, 'problem'), ...plural(warnings, 'warning')];
  return `${told.join(', ')}.\n`;
}

function plural(count: number, noun: string): readonly string[] {
  return count === 0 ? [] : [`${count} ${noun}${count === 1 ? '' : 's'}`];
}
