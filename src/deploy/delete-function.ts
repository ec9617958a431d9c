/** Takes away a function of ours and what was made for it, and goes on where an earlier run stopped. */
import { isNotThere } from './errors.ts';
import { refuseMissing, refuseOthers } from './function/find-function.ts';
import { deleteFunctionItself, getFunction } from './function/lambda-api.ts';
import { deleteLogGroup } from './surroundings/log-group.ts';
import { retryOnConflict } from './function/ready.ts';
import { deleteRole, ownRoleName } from './surroundings/role.ts';
import { logGroupOf } from './surroundings/role-policy.ts';
import { checkFunctionName } from './settings.ts';
import type { Target } from './target/target.ts';
import { Work } from './work.ts';
import type { WorkOptions } from './work.ts';

/** What `deleteFunction` has deleted. */
export interface Deleted {
  readonly functionName: string;
  /** In the order in which they went. An earlier run may have deleted others. */
  readonly deleted: readonly ('function' | 'role' | 'log group')[];
  /** What is left and why, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Deletes a function with all its versions, its role and its log group, if lambdapool has made them.
 * @throws {LambdaPoolError} FUNCTION_NOT_FOUND if nothing of it is there; DEPLOY_FAILED if it is not ours; ACCESS_DENIED,
 * UNREACHABLE, THROTTLED
 */
export async function deleteFunction(
  target: Target,
  functionName: string,
  options: WorkOptions = {},
): Promise<Deleted> {
  const work = new Work(target, checkFunctionName(functionName), options);
  const deleted: Deleted['deleted'][number][] = [];
  const notes: string[] = [];
  const isThere = await work.step('find', async (note) => {
    const isThere = await findOurs(work);
    if (!isThere) note('not there');
    return isThere;
  });
  if (isThere) {
    await work.step('delete function', () => deleteIt(work));
    deleted.push('function');
  }
  if (!target.lambdaOnly) await deleteSurroundings(work, { deleted, notes });
  if (deleted.length === 0) throw refuseMissing(work);
  return { functionName, deleted, notes };
}

/**
 * Whether the function is there: what to ask before it is deleted. Its role and its log group may be left without it.
 * @throws {LambdaPoolError} FUNCTION_NOT_FOUND where nothing else can be; else as `deleteFunction`
 */
export async function checkDeletable(
  target: Target,
  functionName: string,
  options: WorkOptions = {},
): Promise<boolean> {
  const work = new Work(target, checkFunctionName(functionName), options);
  const isThere = await findOurs(work);
  if (!isThere && target.lambdaOnly) throw refuseMissing(work);
  return isThere;
}

async function findOurs(work: Work): Promise<boolean> {
  const found = await getFunction(work);
  if (found === undefined) return false;
  refuseOthers(work, { tags: found.Tags, env: found.Configuration?.Environment?.Variables });
  return true;
}

async function deleteIt(work: Work): Promise<void> {
  try {
    await retryOnConflict(work, () => deleteFunctionItself(work));
  } catch (error) {
    // Somebody else was faster.
    if (!isNotThere(error)) throw error;
  }
}

interface Tally {
  readonly deleted: Deleted['deleted'][number][];
  readonly notes: string[];
}

async function deleteSurroundings(work: Work, { deleted, notes }: Tally): Promise<void> {
  await work.step('delete role', async (note) => {
    const fate = await deleteRole(work);
    const name = ownRoleName(work.functionName);
    if (fate === 'deleted') deleted.push('role');
    if (fate === 'kept') notes.push(`The role ${name} stays: a function of this name uses it in another region.`);
    if (fate === 'not ours') notes.push(`The role ${name} stays: lambdapool has not made it.`);
    note(fate ?? 'not there');
  });
  await work.step('delete log group', async (note) => {
    const fate = await deleteLogGroup(work);
    if (fate === 'deleted') deleted.push('log group');
    if (fate === 'not ours') {
      notes.push(`The log group ${logGroupOf(work.functionName)} stays: lambdapool has not made it.`);
    }
    note(fate ?? 'not there');
  });
}
