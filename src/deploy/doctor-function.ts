/** Checks a function: whether it is there and ours and runs, and whether it holds the tasks that are here. */
import type { Manifest } from '../../agent/manifest.ts';
import { PROTOCOL_VERSION } from '../../agent/protocol.ts';
import type { DescribeReply, DescribeRequest } from '../../agent/protocol.ts';
import { isLambdaPoolError } from '../shared/errors.ts';
import { zipTasks } from './code.ts';
import type { DeployTasks } from './code.ts';
import type { Finding } from './doctor-finding.ts';
import { notFound } from './errors.ts';
import { findFunction } from './find-function.ts';
import type { FoundFunction } from './find-function.ts';
import { invoke } from './lambda-api.ts';
import type { Architecture } from './package/target-platform.ts';
import { packageVersion } from './package-version.ts';
import { dayOf, runtimeNote } from './runtimes.ts';
import type { Work } from './work.ts';

export interface ExaminedFunction {
  readonly finding: Finding;
  /** Undefined where no function can be asked what it holds. */
  readonly architecture: Architecture | undefined;
}

export async function checkFunction(work: Work): Promise<ExaminedFunction> {
  const found = await findFunction(work, () => {});
  if (found === undefined) {
    return {
      finding: { status: 'problem', message: notFound(work.functionName, work.target) },
      architecture: undefined,
    };
  }
  const finding = judgeFunction(found, {
    functionName: work.functionName,
    version: await packageVersion(),
    today: dayOf(new Date()),
  });
  return { finding, architecture: finding.status === 'problem' ? undefined : found.architecture };
}

interface Facts {
  readonly functionName: string;
  /** Ours. */
  readonly version: string;
  readonly today: string;
}

export function judgeFunction(found: FoundFunction, { functionName, version, today }: Facts): Finding {
  const { state, reason, unfinished, isBusy, lastChangeFailed, configuration } = found;
  const again = `Run \`lambdapool create ${functionName}\` again.`;
  if (state === 'Failed')
    return problem(`${functionName} could not be made (${reason ?? 'AWS gives no reason'}). ${again}`);
  if (unfinished) return problem(`The creation of ${functionName} was interrupted. ${again}`);
  const update = `Run \`lambdapool update ${functionName}\`.`;
  if (lastChangeFailed) return problem(`The last change of ${functionName} failed. ${update}`);
  if (isBusy) return warning(`${functionName} is being changed just now. Wait a moment.`);
  const note = runtimeNote(configuration.runtime, today);
  if (note !== undefined) return warning(note);
  const { LAMBDAPOOL_VERSION: deployed } = configuration.env;
  if (deployed !== undefined && deployed !== version) {
    return warning(`${functionName} was deployed by lambdapool ${deployed}, and this is ${version}. ${update}`);
  }
  const { memoryMb, timeoutMs, runtime } = configuration;
  const facts = [runtime, `${memoryMb} MB`, `${timeoutMs / 1000} s`, found.architecture].join(', ');
  return { status: 'ok', message: `${functionName}: ${state ?? 'there'}, ${facts}` };
}

/** Bundles the tasks that are here and asks the function what it holds. */
export async function checkTasks(work: Work, tasks: DeployTasks, architecture: Architecture): Promise<Finding> {
  const [here, there] = await Promise.all([manifestHere(work, tasks, architecture), manifestThere(work)]);
  if ('status' in here) return here;
  if ('status' in there) return there;
  return judgeTasks(work.functionName, here, there);
}

/** Names that a sentence can bear. */
const MAX_NAMES = 5;

export function judgeTasks(functionName: string, here: Manifest, there: Manifest): Finding {
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
  return warning(
    `${functionName} holds other tasks than are here: ${what}. Run \`lambdapool update ${functionName}\`.`,
  );
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

async function manifestThere(work: Work): Promise<Manifest | Finding> {
  const request: DescribeRequest = { lambdapool: PROTOCOL_VERSION, describe: true };
  const { payload, functionError } = await invoke(work, JSON.stringify(request));
  if (functionError !== undefined) {
    return problem(
      `${work.functionName} does not start (${payload.slice(0, 200)}). Look at \`lambdapool logs ${work.functionName}\`.`,
    );
  }
  const reply: Partial<DescribeReply> | null = JSON.parse(payload);
  if (typeof reply?.manifest?.hash === 'string') return reply.manifest;
  return problem(
    `${work.functionName} does not answer as lambdapool's agent does. Run \`lambdapool update ${work.functionName}\`.`,
  );
}

function problem(message: string): Finding {
  return { status: 'problem', message };
}

function warning(message: string): Finding {
  return { status: 'warning', message };
}
