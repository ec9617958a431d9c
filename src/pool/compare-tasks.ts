/** The tasks that a pool expects against those that a function holds, and the sentence about it. Pure. */
import type { Manifest, TaskEntry } from '../../agent/manifest.ts';
import { LambdaPoolError } from '../shared/errors.ts';
import type { ExpectedTasks } from './expected-tasks.ts';

/** Names of tasks, by what is different. At least one list is not empty. */
export interface TaskDifferences {
  /** The function has no task of that name. */
  readonly missing: readonly string[];
  /** It has one that takes other parameters. */
  readonly parameters: readonly string[];
  /** It has one with the same parameters that was built from other code. */
  readonly code: readonly string[];
}

/** Undefined where the function holds all that is expected; what it holds beyond that does not matter. */
export function compareTasks(expected: ExpectedTasks, { tasks }: Manifest): TaskDifferences | undefined {
  const missing: string[] = [];
  const parameters: string[] = [];
  const code: string[] = [];
  for (const [name, task] of expected) {
    const there = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
    if (there === undefined) missing.push(name);
    else if (task === undefined) continue;
    else if (shownParameters(task.params) !== shownParameters(there.params)) parameters.push(name);
    else if (task.hash !== there.hash) code.push(name);
  }
  return missing.length + parameters.length + code.length === 0 ? undefined : { missing, parameters, code };
}

/** Where the function is that was asked, as far as the pool knows. */
export interface Whereabouts {
  /** Name of the transport. */
  readonly transport: string;
  /** As the pool was given it: a name or an ARN. */
  readonly functionName?: string | undefined;
  /** As the pool was given it. */
  readonly tasksRoot?: string | undefined;
}

export interface Comparison {
  readonly expected: ExpectedTasks;
  readonly found: Manifest;
  readonly differences: TaskDifferences;
  /** Whether what is expected was read from a manifest, which may be what is out of date. */
  readonly hasManifest: boolean;
}

/** The error of calls that are not sent because of these differences. */
export function tasksDiffer(comparison: Comparison, where: Whereabouts): LambdaPoolError {
  const { missing, parameters, code } = comparison.differences;
  const parts = [
    ...(missing.length > 0 ? [`${listed(missing)} ${missing.length === 1 ? 'is' : 'are'} missing there`] : []),
    ...(parameters.length > 0 ? [otherParameters(parameters, comparison)] : []),
    ...(code.length > 0 ? [`the code of ${listed(code)} has changed`] : []),
  ];
  const message =
    `The function that the transport \`${where.transport}\` reaches has other tasks than this pool expects: ${parts.join('; ')}. ` +
    `${remedy(where)}${comparison.hasManifest ? manifestRemedy(where) : ''} The call was not sent.`;
  const details = { missing, parameters, code, manifest: comparison.found.hash };
  return new LambdaPoolError('TASKS_DIFFER', message, { details });
}

/** What deploys the tasks again, for messages. */
export function updateCommand({ functionName, tasksRoot = './tasks' }: Partial<Whereabouts>): string {
  return `\`lambdapool update ${bareName(functionName)} ${tasksRoot}\``;
}

function remedy(where: Whereabouts): string {
  const root = where.tasksRoot ?? './tasks';
  if (where.transport === 'emulator') {
    return `The emulator runs what is in \`tasksRoot\`, which is ${root}: point it to the folder of these tasks, or restart the program if it loaded them before they changed.`;
  }
  if (where.transport === 'localstack') {
    return `What was deployed into LocalStack is what is in \`tasksRoot\`, which is ${root}: point it to the folder of these tasks, or run ${updateCommand(where)}.`;
  }
  return (
    `Deploy these tasks again: ${updateCommand(where)}; if \`lambdapool dev\` is what answers, ` +
    `restart it with the folder of these tasks: \`lambdapool dev ${root}\`.`
  );
}

function manifestRemedy({ tasksRoot = './tasks' }: Whereabouts): string {
  return ` If the function is right, write the manifest again: \`lambdapool tasks ${tasksRoot} --json\`.`;
}

const SHOWN = 3;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).map((name) => `\`${name}\``);
  const more = names.length - shown.length;
  if (more > 0) return `${shown.join(', ')} and ${more} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

function otherParameters(names: readonly string[], { expected, found }: Comparison): string {
  const [first = ''] = names;
  const here = shownParameters(expected.get(first)?.params ?? null);
  const there = shownParameters(found.tasks[first]?.params ?? null);
  if (names.length === 1) return `\`${first}\` takes ${there} there, not ${here}`;
  return `${listed(names)} take other parameters (\`${first}\`: ${there} there, not ${here})`;
}

/** `(n, exponent?, ...rest)`. */
function shownParameters(params: TaskEntry['params']): string {
  if (params === null) return 'arguments by position only';
  const shown = params.map(({ name, required, rest }) => (rest === true ? `...${name}` : required ? name : `${name}?`));
  return `(${shown.join(', ')})`;
}

/** `math-helpers` of `math-helpers:live` and of its ARN. */
function bareName(functionName = 'NAME'): string {
  return /(?:^|:function:)([\w-]+)(?::[\w$-]+)?$/.exec(functionName)?.[1] ?? functionName;
}
