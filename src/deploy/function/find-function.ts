/** Looks up a function and refuses those that are not ours. */
import { LambdaPoolError } from '../../shared/errors.ts';
import { REGISTERED_TAG } from '../../shared/registered-tag.ts';
import { readPresent } from './configuration.ts';
import type { Present } from './configuration.ts';
import { deployFailed, notFound, placeOf } from '../errors.ts';
import { getFunction } from './lambda-api.ts';
import { isOurs, UNFINISHED_TAG } from './marks.ts';
import type { Target } from '../target/target.ts';
import type { Work } from '../work.ts';

/** A function of ours as it is deployed. */
export interface FoundFunction extends Present {
  /** Its creation was interrupted. */
  readonly unfinished: boolean;
  /** Its creation or a change is under way. */
  readonly isBusy: boolean;
  /** Nobody can tell how much of the last change is there. */
  readonly lastChangeFailed: boolean;
  /** Why it failed. */
  readonly reason: string | undefined;
}

/** A function as it is, whoever made it. */
export interface SeenFunction {
  readonly found: FoundFunction;
  readonly marked: Marked;
}

/** Undefined: there is none. */
export async function findFunction(work: Work, note: (detail: string) => void): Promise<FoundFunction | undefined> {
  const seen = await lookAtFunction(work);
  if (seen === undefined) {
    note('not there yet');
    return undefined;
  }
  refuseOthers(work, seen.marked);
  note(seen.found.state ?? 'found');
  return seen.found;
}

/** Undefined: there is none. */
export async function lookAtFunction(work: Work): Promise<SeenFunction | undefined> {
  const answer = await getFunction(work);
  const configuration = answer?.Configuration;
  if (answer === undefined || configuration === undefined) return undefined;
  const { Tags: tags } = answer;
  const { [UNFINISHED_TAG]: mark, ...present } = tags ?? {};
  const { State, LastUpdateStatus, StateReason } = configuration;
  const found = {
    ...readPresent(configuration, tags && present),
    unfinished: mark !== undefined,
    isBusy: State === 'Pending' || LastUpdateStatus === 'InProgress',
    lastChangeFailed: LastUpdateStatus === 'Failed',
    reason: StateReason,
  };
  return { found, marked: { tags, env: configuration.Environment?.Variables } };
}

export function refuseExisting({ functionName, target }: Work): LambdaPoolError {
  const message =
    `There is a function ${functionName} in ${placeOf(target)} already. ` +
    `Change it with \`lambdapool update ${functionName}\`, or choose another name.`;
  return deployFailed(message, { functionName });
}

export function refuseMissing({ functionName, target }: Work): LambdaPoolError {
  return new LambdaPoolError('FUNCTION_NOT_FOUND', notFound(functionName, target), { details: { functionName } });
}

/** By what is told who made a function. */
export interface Marked {
  readonly tags: Readonly<Record<string, string>> | undefined;
  readonly env: Readonly<Record<string, string>> | undefined;
}

/** @throws {LambdaPoolError} DEPLOY_FAILED for a function that somebody or something else has made */
export function refuseOthers({ functionName, target }: Work, marked: Marked): void {
  const stack = stackOf(marked.tags);
  if (stack !== undefined) {
    throw deployFailed(
      `The function ${functionName} in ${placeOf(target)} belongs to ${stack}: change or delete it there.`,
      { functionName, stack },
    );
  }
  if (isRegistered(target, marked)) {
    throw deployFailed(
      `The function ${functionName} in ${placeOf(target)} is served from a folder by the program that runs the emulator, such as ` +
        '`lambdapool dev`: it follows the files there, and ends with that program. Deploy under another name.',
      { functionName },
    );
  }
  if (isOurs(marked)) return;
  throw deployFailed(
    `The function ${functionName} in ${placeOf(target)} was not deployed by lambdapool (it has no tag creator=lambdapool), ` +
      'so it is left alone. Choose another name, or delete it with the tool that made it.',
    { functionName },
  );
}

/** Whether the emulator's own program made it, from a folder. Anywhere else, the tag is only a tag. */
export function isRegistered({ isEmulator }: Target, { tags }: Marked): boolean {
  return isEmulator && tags?.[REGISTERED_TAG] !== undefined;
}

/** What owns a function besides us. CloudFormation sets its tags on AWS alone; that of SAM is there in LocalStack, too. */
export function stackOf(tags: Marked['tags']): string | undefined {
  const name = tags?.['aws:cloudformation:stack-name'];
  if (name !== undefined) return `the CloudFormation stack ${name}`;
  return tags?.['lambda:createdBy'] === 'SAM' ? 'a CloudFormation stack (SAM made it)' : undefined;
}
