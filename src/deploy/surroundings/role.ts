/** The execution role that we make for a function: made, reused, repaired and deleted, and never another's touched. */
import { createHash } from 'node:crypto';
import type { Role } from '@aws-sdk/client-iam';
import { deployFailed, isAlreadyThere, isNotThere } from '../errors.ts';
import { CREATOR, markTags } from '../function/marks.ts';
import { ROLE_PATH, ROLE_POLICY, roleNameOf, rolePolicy, TRUST_POLICY } from './role-policy.ts';
import { retryWhileMissing } from '../function/ready.ts';
import type { Work } from '../work.ts';

export interface OwnRole {
  readonly arn: string;
  /** Whether this run has made it. */
  readonly made: boolean;
  /** Whether its policy or tags were changed, or it was made. */
  readonly changed: boolean;
}

interface RoleWishes {
  readonly inVpc: boolean;
  /** Of the user. */
  readonly tags: Readonly<Record<string, string>>;
}

/** What is sent when a target has no IAM. */
export const FIXED_ROLE = 'arn:aws:iam::000000000000:role/lambdapool';

export function ownRoleName(functionName: string): string {
  return roleNameOf(functionName, (text) => createHash('sha256').update(text).digest('hex'));
}

/** Whether a function's role is the one that we make for it. */
export function isOwnRole(arn: string, functionName: string): boolean {
  return arn.endsWith(`:role${ROLE_PATH}${ownRoleName(functionName)}`);
}

/**
 * Sees to it that the role is there and may do what it must. Roles are of all regions: a tag says in which of them a
 * function of that name uses it.
 * @throws {LambdaPoolError} DEPLOY_FAILED if a role of that name is not ours.
 */
export async function ensureRole(work: Work, wishes: RoleWishes): Promise<OwnRole> {
  const found = await findRole(work);
  const role = found ?? (await createRole(work, wishes));
  const made = found === undefined && role.made;
  const arn = role.role.Arn ?? '';
  const changedPolicy = await ensurePolicy(work, arn, wishes.inVpc);
  const changedTags = made ? false : await ensureRegionTag(work, role.role);
  return { arn, made, changed: made || changedPolicy || changedTags };
}

/**
 * Deletes the role unless it is used in another region.
 * @returns what became of it; undefined if there is none
 */
export async function deleteRole(work: Work): Promise<'deleted' | 'kept' | 'not ours' | undefined> {
  const found = await getRole(work);
  if (found === undefined) return undefined;
  if (!isOurs(found)) return 'not ours';
  const others = regionsOf(found).filter((region) => region !== work.target.region);
  if (others.length > 0) {
    await untagRegion(work);
    return 'kept';
  }
  await emptyRole(work);
  const { DeleteRoleCommand } = await import('@aws-sdk/client-iam');
  const client = await work.target.iam();
  const command = new DeleteRoleCommand({ RoleName: ownRoleName(work.functionName) });
  await unlessMissing(work.send('iam:DeleteRole', (options) => client.send(command, options)));
  return 'deleted';
}

interface FoundRole {
  readonly role: Role;
  readonly made: boolean;
}

async function findRole(work: Work): Promise<FoundRole | undefined> {
  const role = await getRole(work);
  if (role === undefined) return undefined;
  if (isOurs(role)) return { role, made: false };
  throw deployFailed(
    `There is a role ${role.RoleName} already, and lambdapool has not made it. Delete it, choose another name for the ` +
      'function, or give a role of your own with `roleArn`.',
    { role: role.Arn },
  );
}

async function getRole(work: Work): Promise<Role | undefined> {
  const [{ GetRoleCommand }, client] = await sdk(work);
  const command = new GetRoleCommand({ RoleName: ownRoleName(work.functionName) });
  const answer = await unlessMissing(work.send('iam:GetRole', (options) => client.send(command, options)));
  return answer?.Role;
}

function isOurs({ Path, Tags }: Role): boolean {
  return Path === ROLE_PATH && tagsOf(Tags)['creator'] === CREATOR;
}

async function createRole(work: Work, { tags }: RoleWishes): Promise<FoundRole> {
  const [{ CreateRoleCommand }, client] = await sdk(work);
  const all = { ...tags, ...markTags(work.functionName), [regionTag(work)]: 'used' };
  const command = new CreateRoleCommand({
    RoleName: ownRoleName(work.functionName),
    Path: ROLE_PATH,
    Description: `What the function ${work.functionName} may do. Made by lambdapool.`,
    AssumeRolePolicyDocument: JSON.stringify(TRUST_POLICY),
    Tags: Object.entries(all).map(([Key, Value]) => ({ Key, Value })),
  });
  try {
    const { Role: role } = await work.send('iam:CreateRole', (options) => client.send(command, options));
    if (role === undefined) throw deployFailed('iam:CreateRole answered without a role.');
    return { role, made: true };
  } catch (error) {
    // Another run made it just now.
    const found = isAlreadyThere(error) ? await findRole(work) : undefined;
    if (found === undefined) throw error;
    return found;
  }
}

async function ensurePolicy(work: Work, roleArn: string, inVpc: boolean): Promise<boolean> {
  const [{ GetRolePolicyCommand, PutRolePolicyCommand }, client] = await sdk(work);
  const [, partition = 'aws', , , accountId = ''] = roleArn.split(':');
  const name = { RoleName: ownRoleName(work.functionName), PolicyName: ROLE_POLICY };
  const get = new GetRolePolicyCommand(name);
  const present = await unlessMissing(work.send('iam:GetRolePolicy', (options) => client.send(get, options)));
  const before = present && decodeURIComponent(present.PolicyDocument ?? '');
  // Kept once there: Lambda takes interfaces away some time after a function has left its VPC, and a function of this name in
  // another region may be in one.
  const network = inVpc || before?.includes('"ec2:') === true;
  const policy = JSON.stringify(rolePolicy({ functionName: work.functionName, partition, accountId, inVpc: network }));
  if (before === policy) return false;
  const put = new PutRolePolicyCommand({ ...name, PolicyDocument: policy });
  await retryWhileMissing(work, () => work.send('iam:PutRolePolicy', (options) => client.send(put, options)));
  return true;
}

async function ensureRegionTag(work: Work, role: Role): Promise<boolean> {
  if (regionsOf(role).includes(work.target.region)) return false;
  const [{ TagRoleCommand }, client] = await sdk(work);
  const Tags = [{ Key: regionTag(work), Value: 'used' }];
  const command = new TagRoleCommand({ RoleName: ownRoleName(work.functionName), Tags });
  await work.send('iam:TagRole', (options) => client.send(command, options));
  return true;
}

async function untagRegion(work: Work): Promise<void> {
  const [{ UntagRoleCommand }, client] = await sdk(work);
  const command = new UntagRoleCommand({ RoleName: ownRoleName(work.functionName), TagKeys: [regionTag(work)] });
  await work.send('iam:UntagRole', (options) => client.send(command, options));
}

/** IAM deletes only roles without policies, whoever has put them there. */
async function emptyRole(work: Work): Promise<void> {
  const [iam, client] = await sdk(work);
  const RoleName = ownRoleName(work.functionName);
  const inline = new iam.ListRolePoliciesCommand({ RoleName });
  const { PolicyNames = [] } =
    (await unlessMissing(work.send('iam:ListRolePolicies', (options) => client.send(inline, options)))) ?? {};
  for (const PolicyName of PolicyNames) {
    const command = new iam.DeleteRolePolicyCommand({ RoleName, PolicyName });
    await unlessMissing(work.send('iam:DeleteRolePolicy', (options) => client.send(command, options)));
  }
  const managed = new iam.ListAttachedRolePoliciesCommand({ RoleName });
  const { AttachedPolicies = [] } =
    (await unlessMissing(work.send('iam:ListAttachedRolePolicies', (options) => client.send(managed, options)))) ?? {};
  for (const { PolicyArn } of AttachedPolicies) {
    const command = new iam.DetachRolePolicyCommand({ RoleName, PolicyArn });
    await unlessMissing(work.send('iam:DetachRolePolicy', (options) => client.send(command, options)));
  }
}

function regionTag({ target }: Work): string {
  return `region:${target.region}`;
}

function regionsOf({ Tags }: Role): string[] {
  return Object.keys(tagsOf(Tags)).flatMap((key) => /^region:(.+)$/.exec(key)?.[1] ?? []);
}

function tagsOf(tags: Role['Tags']): Readonly<Record<string, string>> {
  return Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));
}

async function unlessMissing<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (isNotThere(error)) return undefined;
    throw error;
  }
}

async function sdk(work: Work) {
  return Promise.all([import('@aws-sdk/client-iam'), work.target.iam()]);
}
