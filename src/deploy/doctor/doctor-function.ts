/** Checks a function: whether it is there and ours and runs, and whether it holds the tasks that are here. */
import type { Manifest } from '../../../agent/manifest.ts';
import { PROTOCOL_VERSION } from '../../../agent/protocol.ts';
import type { DescribeReply, DescribeRequest } from '../../../agent/protocol.ts';
import { isLambdaPoolError } from '../../shared/errors.ts';
import { zipTasks } from '../function/code.ts';
import type { DeployTasks } from '../function/code.ts';
import type { Finding } from './doctor-finding.ts';
import { notFound } from '../errors.ts';
import { isRegistered, lookAtFunction, refuseOthers, stackOf } from '../function/find-function.ts';
import type { FoundFunction } from '../function/find-function.ts';
import { invoke } from '../function/lambda-api.ts';
import { isOurs } from '../function/marks.ts';
import type { Architecture } from '../package/target-platform.ts';
import { packageVersion } from '../package-version.ts';
import { dayOf, runtimeNote } from '../runtimes.ts';
import type { Work } from '../work.ts';

export interface ExaminedFunction {
  readonly finding: Finding;
  /** Undefined where no function can be asked what it holds. */
  readonly answering: AnsweringFunction | undefined;
}

/** A function that can be asked. */
interface AnsweringFunction {
  readonly architecture: Architecture;
  readonly remedy: Remedy;
}

export async function checkFunction(work: Work): Promise<ExaminedFunction> {
  const { functionName, target } = work;
  const seen = await lookAtFunction(work);
  if (seen === undefined) return { finding: problem(notFound(functionName, target)), answering: undefined };
  const { found, marked } = seen;
  const stack = stackOf(marked.tags);
  const isServed = isRegistered(target, marked);
  // One that `lambdapool template` describes bears our marks, and belongs to its stack.
  if (!isServed && (stack === undefined || !isOurs(marked))) refuseOthers(work, marked);
  const remedy = isServed ? SERVE_AGAIN : remedyFor(functionName, stack);
  const version = await packageVersion();
  const finding = judgeFunction(found, { functionName, version, today: dayOf(new Date()), remedy });
  const { architecture } = found;
  if (isServed && finding.status === 'ok') {
    const message = `${finding.message}, served from a folder by the emulator's own program, such as \`lambdapool dev\``;
    return { finding: { ...finding, message }, answering: { architecture, remedy } };
  }
  return { finding, answering: finding.status === 'problem' ? undefined : { architecture, remedy } };
}

/** What changes a function: our command, or the stack that it belongs to. */
export interface Remedy {
  /** A sentence. */
  readonly create: string;
  readonly update: string;
}

export function remedyFor(functionName: string, stack?: string): Remedy {
  if (stack !== undefined) {
    const deploy = `Run \`lambdapool template\` and deploy again: it belongs to ${stack}.`;
    return { create: deploy, update: deploy };
  }
  return {
    create: `Run \`lambdapool create ${functionName}\` again.`,
    update: `Run \`lambdapool update ${functionName}\`.`,
  };
}

const SERVE_AGAIN: Remedy = {
  create: 'Start again what serves it.',
  update:
    'It is served from another folder, or was built otherwise: start `lambdapool dev` with the tasks that are here.',
};

interface Facts {
  readonly functionName: string;
  /** Ours. */
  readonly version: string;
  readonly today: string;
  readonly remedy: Remedy;
}

export function judgeFunction(found: FoundFunction, facts: Facts): Finding {
  const { functionName, version, today, remedy } = facts;
  const { create: again, update } = remedy;
  const { state, reason, unfinished, isBusy, lastChangeFailed, configuration } = found;
  if (state === 'Failed')
    return problem(`${functionName} could not be made (${reason ?? 'AWS gives no reason'}). ${again}`);
  if (unfinished) return problem(`The creation of ${functionName} was interrupted. ${again}`);
  if (lastChangeFailed) return problem(`The last change of ${functionName} failed. ${update}`);
  if (isBusy) return warning(`${functionName} is being changed just now. Wait a moment.`);
  const note = runtimeNote(configuration.runtime, today);
  if (note !== undefined) return warning(note);
  const { LAMBDAPOOL_VERSION: deployed } = configuration.env;
  if (deployed !== undefined && deployed !== version) {
    return warning(`${functionName} was deployed by lambdapool ${deployed}, and this is ${version}. ${update}`);
  }
  const { memoryMb, timeoutMs, runtime } = configuration;
  const size = [runtime, `${memoryMb} MB`, `${timeoutMs / 1000} s`, found.architecture].join(', ');
  return { status: 'ok', message: `${functionName}: ${state ?? 'there'}, ${size}` };
}

/** Bundles the tasks that are here and asks the function what it holds. */
export async function checkTasks(work: Work, tasks: DeployTasks, asked: AnsweringFunction): Promise<Finding> {
  const { architecture, remedy } = asked;
  const [here, there] = await Promise.all([manifestHere(work, tasks, architecture), manifestThere(work, remedy)]);
  if ('status' in here) return here;
  if ('status' in there) return there;
  return judgeTasks({ functionName: work.functionName, remedy }, here, there);
}

/** Names that a sentence can bear. */
const MAX_NAMES = 5;

export function judgeTasks(facts: Pick<Facts, 'functionName' | 'remedy'>, here: Manifest, there: Manifest): Finding {
  const { functionName, remedy } = facts;
  const count = Object.keys(here.tasks).length;
  if (here.hash === there.hash)
    return {
      status: 'ok',
      message: `${functionName} holds what is here (${count} ${count === 1 ? 'task' : 'tasks'}).`,
    };
  const names = (manifest: Manifest): string[] => Object.keys(manifest.tasks);
  const missing = names(here).filter((name) => !Object.hasOwn(there.tasks, name));
  const left = names(there).filter((name) => !Object.hasOwn(here.tasks, name));
  const changed = names(here).filter(
    (name) => there.tasks[name] !== undefined && there.tasks[name].hash !== here.tasks[name]?.hash,
  );
  const parts = [
    ...listed('it lacks', missing),
    ...listed('it has other code of', changed),
    ...listed('it still has', left),
  ];
  const what = parts.length === 0 ? 'its other code differs' : parts.join('; ');
  return warning(`${functionName} holds other tasks than are here: ${what}. ${remedy.update}`);
}

function listed(what: string, names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : '';
  return [`${what} ${names.slice(0, MAX_NAMES).join(', ')}${more}`];
}

async function manifestHere(work: Work, tasks: DeployTasks, architecture: Architecture): Promise<Manifest | Finding> {
  try {
    return (await zipTasks(work, tasks, architecture)).manifest;
  } catch (error) {
    // Whoever asks from elsewhere has no tasks to compare.
    if (isLambdaPoolError(error, 'OPTION_INVALID')) return { status: 'skipped', message: error.message };
    throw error;
  }
}

async function manifestThere(work: Work, remedy: Remedy): Promise<Manifest | Finding> {
  const request: DescribeRequest = { lambdapool: PROTOCOL_VERSION, describe: true };
  const { payload, functionError } = await invoke(work, JSON.stringify(request));
  if (functionError !== undefined) {
    return problem(
      `${work.functionName} does not start (${payload.slice(0, 200)}). Look at \`lambdapool logs ${work.functionName}\`.`,
    );
  }
  const reply: Partial<DescribeReply> | null = JSON.parse(payload);
  if (typeof reply?.manifest?.hash === 'string') return reply.manifest;
  return problem(`${work.functionName} does not answer as lambdapool's agent does. ${remedy.update}`);
}

function problem(message: string): Finding {
  return { status: 'problem', message };
}

function warning(message: string): Finding {
  return { status: 'warning', message };
}
