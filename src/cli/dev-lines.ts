/** What `lambdapool dev` prints: text from events, no I/O. */
import type { Manifest } from '../../agent/manifest.ts';
import type { EmulatorEvents, InvocationReport } from '../../emulator/invocation.ts';
import { clientVariables, invokeLine, posixLine, powershellLine } from './client-lines.ts';
import { taskTable } from './signature.ts';
import type { Colors, Output } from './io.ts';
import { ownFrames } from './stack.ts';

export interface Started {
  readonly url: string;
  readonly functionName: string;
  readonly tasksRoot: string;
  readonly manifest: Manifest;
  /** What deserves mention and is no error. */
  readonly notes: readonly string[];
  readonly durationMs: number;
}

/** The address, the tasks, and how to call them from elsewhere. */
export function startedText(started: Started, { colors, columns }: Pick<Output, 'colors' | 'columns'>): string {
  const { url, functionName, tasksRoot, manifest, notes } = started;
  const variables = clientVariables(url);
  const tasks = taskTable(manifest, { colors, columns: columns - 2 });
  const count = `${tasks.length} task${tasks.length === 1 ? '' : 's'}`;
  return [
    `${colors.bold('lambdapool dev')}  ${colors.cyan(url)}  function ${colors.bold(functionName)}, ready in ${duration(started.durationMs)}`,
    '',
    `${count} in ${tasksRoot}, reloaded as you save:`,
    ...tasks.map((line) => `  ${line}`),
    ...notes.map((note) => colors.yellow(`  note: ${note}`)),
    '',
    'From another terminal:',
    `  ${posixLine(variables)}`,
    `  ${invokeLine(functionName, manifest)}`,
    'PowerShell:',
    `  ${powershellLine(variables)}`,
    'A pool of your own:',
    `  export LAMBDAPOOL_TRANSPORT=${url}`,
    '',
    colors.dim('Ctrl-C stops it.'),
    '',
  ].join('\n');
}

/** `f`, or `f:1` of a version; undefined for the function that `dev` itself serves, whose lines need no name. */
export function nameOfOther({ functionName, version }: FunctionVersion, own: string): string | undefined {
  if (functionName === own) return undefined;
  return version === '$LATEST' ? functionName : `${functionName}:${version}`;
}

type FunctionVersion = Pick<InvocationReport, 'functionName' | 'version'>;

/** One line for the invocation, above it what the function wrote. `other` names a function besides the one of `dev`. */
export function invocationText(report: InvocationReport, colors: Colors, other?: string): string {
  const { at, requestId, durationMs, maxMemoryMb, initMs, status, errorType, errorMessage } = report;
  const facts = [
    timeOf(at, colors),
    colors.dim(requestId.slice(0, 8)),
    (status === 'success' ? colors.green : colors.red)(status.padEnd(7)),
    duration(durationMs).padStart(9),
    `${maxMemoryMb} MB`.padStart(7),
    ...(other === undefined ? [] : [colors.bold(other)]),
    ...(initMs === undefined ? [] : [colors.yellow(`cold start ${duration(initMs)}`)]),
    ...(errorType === undefined ? [] : [colors.red(errorLine(errorType, errorMessage))]),
  ];
  return `${[...ownLines(report.log).map((line) => colors.dim(`  | ${line}`)), facts.join('  ')].join('\n')}\n`;
}

function errorLine(type: string, message: string | undefined): string {
  return [type, message?.split('\n')[0]].filter((part) => part !== undefined && part !== '').join(': ');
}

/** Lines of the platform, which the line of the invocation says in short. */
const PLATFORM = /^(START|END|REPORT) RequestId: |^INIT_START Runtime|^INIT_REPORT Init|^XRAY TraceId/;

/** The function's own output: without the platform's lines, and without the columns that repeat on each record. */
function ownLines(log: string): string[] {
  return log
    .split('\n')
    .filter((line) => line !== '' && !PLATFORM.test(line))
    .map((line) => line.replace(/^\d{4}-\d\d-\d\dT[\d:.]+Z\t[^\t]*\t/, '').replace('\t', ' '))
    .flatMap(invokeErrorLines);
}

/** The runtime logs an error that the function threw as JSON. What it is stands in the invocation's line: the place is left. */
function invokeErrorLines(line: string): readonly string[] {
  const [, json] = /^ERROR Invoke Error\s+(\{.*\})\s*$/.exec(line) ?? [];
  if (json === undefined) return [line];
  try {
    const { stack }: { stack?: unknown } = JSON.parse(json);
    return Array.isArray(stack) ? ownFrames(stack.map(String)) : [line];
  } catch {
    return [line];
  }
}

/** One line for a reload, with the tasks that came and went. */
export function reloadText(
  event: EmulatorEvents['generation.started'] & {
    readonly added: readonly string[];
    readonly removed: readonly string[];
  },
  colors: Colors,
): string {
  const { at, generation, buildMs, files, added, removed } = event;
  const facts = [
    timeOf(at, colors),
    colors.cyan(`reloaded  generation ${generation}`),
    duration(buildMs),
    files.slice(0, 3).join(', ') + (files.length > 3 ? ` and ${files.length - 3} more` : ''),
    ...added.map((name) => colors.green(`+ ${name}`)),
    ...removed.map((name) => colors.red(`- ${name}`)),
  ];
  return `${facts.filter((fact) => fact !== '').join('  ')}\n`;
}

/** One line for new code of a function that was deployed to `dev`. */
export function deployedText(event: EmulatorEvents['generation.started'], colors: Colors, other: string): string {
  const { at, generation } = event;
  const what = `${generation === 1 ? 'loaded' : 'reloaded'}  ${other}  generation ${generation}`;
  return `${timeOf(at, colors)}  ${colors.cyan(what)}\n`;
}

/** The message with its code frame, and what goes on meanwhile. */
export function buildFailedText(
  event: EmulatorEvents['build.failed'] & { readonly isFirst: boolean },
  colors: Colors,
): string {
  const meanwhile = event.isFirst ? 'waiting for a repair' : 'the last good generation goes on';
  const head = `${timeOf(event.at, colors)}  ${colors.red('build failed')}  ${meanwhile}`;
  return `${head}\n${event.error.message.replaceAll(/^/gm, '  ')}\n`;
}

/** An event as one line of JSON, for programs. */
export function jsonEvent(event: string, facts: object): string {
  return `${JSON.stringify({ event, ...facts }, (_, value: unknown) => (value instanceof Error ? errorFacts(value) : value))}\n`;
}

function errorFacts(error: Error): object {
  return { name: error.name, message: error.message, ...('code' in error && { code: error.code }) };
}

function duration(ms: number): string {
  if (ms < 10) return `${ms.toFixed(2)} ms`;
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function timeOf(at: number, colors: Colors): string {
  const date = new Date(at);
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()];
  return colors.dim(parts.map((part) => String(part).padStart(2, '0')).join(':'));
}
