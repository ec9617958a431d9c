/** What a function needs around it: a role and a log group. Where the target has Lambda alone, neither. */
import type { Configuration } from '../function/configuration.ts';
import type { FunctionSettings } from '../settings.ts';
import { isFinal } from '../errors.ts';
import { deleteLogGroup, ensureLogGroup } from './log-group.ts';
import { deleteRole, ensureRole, FIXED_ROLE, isOwnRole } from './role.ts';
import { logGroupOf } from './role-policy.ts';
import type { Work } from '../work.ts';

export interface Surroundings {
  /** To be set on the function. */
  readonly roleArn: string;
  /** To be shown: an ARN or `not used`. */
  readonly role: string;
  /** To be shown: a name or `not used`. */
  readonly logGroup: string;
  readonly changed: boolean;
  /** Deletes what was made, and nothing that was there before. */
  undo(): Promise<void>;
}

const NOT_USED = 'not used';

interface Wishes {
  readonly settings: FunctionSettings;
  /** The function as it is. */
  readonly present: Pick<Configuration, 'roleArn' | 'subnetIds'> | undefined;
}

export async function ensureSurroundings(work: Work, wishes: Wishes): Promise<Surroundings> {
  if (work.target.lambdaOnly) {
    return { roleArn: FIXED_ROLE, role: NOT_USED, logGroup: NOT_USED, changed: false, undo: () => Promise.resolve() };
  }
  const made: (() => Promise<unknown>)[] = [];
  const undo = async (): Promise<void> => {
    if (made.length === 0) return;
    await work.step('clean up', async (note) => {
      // What cannot be deleted now is found again by the next run.
      await Promise.allSettled(made.map((each) => each()));
      note('what this run had made');
    });
  };
  try {
    const logGroup = await logGroupFor(work, wishes);
    if (logGroup.made) made.push(() => deleteLogGroup(work));
    const role = await roleFor(work, wishes);
    if (role.made) made.push(() => deleteRole(work));
    const changed = logGroup.changed || role.changed;
    return { roleArn: role.arn, role: role.arn, logGroup: logGroupOf(work.functionName), changed, undo };
  } catch (error) {
    if (work.signal?.aborted !== true && isFinal(error)) await undo();
    throw error;
  }
}

async function logGroupFor(
  work: Work,
  { settings }: Wishes,
): Promise<{ readonly made: boolean; readonly changed: boolean }> {
  return work.step('log group', async (note) => {
    const { logRetentionDays: retentionDays, tags = {} } = settings;
    const group = await ensureLogGroup(work, { retentionDays, tags });
    note(told(group));
    return group;
  });
}

interface UsedRole {
  readonly arn: string;
  readonly made: boolean;
  readonly changed: boolean;
}

async function roleFor(work: Work, { settings, present }: Wishes): Promise<UsedRole> {
  const others = settings.roleArn ?? othersRole(work, present?.roleArn);
  if (others !== undefined) return { arn: others, made: false, changed: false };
  return work.step('role', async (note) => {
    const subnetIds = settings.subnetIds ?? present?.subnetIds ?? [];
    const role = await ensureRole(work, { inVpc: subnetIds.length > 0, tags: settings.tags ?? {} });
    note(told(role));
    return role;
  });
}

function othersRole({ functionName }: Work, roleArn: string | undefined): string | undefined {
  return roleArn === undefined || isOwnRole(roleArn, functionName) ? undefined : roleArn;
}

function told({ made, changed }: { readonly made: boolean; readonly changed: boolean }): string {
  if (made) return 'made';
  return changed ? 'changed' : 'as it was';
}
