/** The log group of a function: made with its retention before the function is, so that the function may not make any. */
import type { LogGroup } from '@aws-sdk/client-cloudwatch-logs';
import { DEFAULT_LOG_RETENTION_DAYS } from '../../shared/function-defaults.ts';
import { isAlreadyThere, isNotThere } from '../errors.ts';
import { CREATOR, markTags } from '../function/marks.ts';
import { logGroupOf } from './role-policy.ts';
import type { Work } from '../work.ts';

export interface LogGroupWishes {
  /** Undefined: as it is, and `DEFAULT_LOG_RETENTION_DAYS` for a group that is ours and new. */
  readonly retentionDays: number | undefined;
  /** Of the user. */
  readonly tags: Readonly<Record<string, string>>;
}

export interface OwnLogGroup {
  readonly made: boolean;
  readonly changed: boolean;
}

export async function ensureLogGroup(work: Work, wishes: LogGroupWishes): Promise<OwnLogGroup> {
  const found = await findLogGroup(work);
  const made = found === undefined && (await createLogGroup(work, wishes.tags));
  const retentionInDays = wishes.retentionDays ?? (await defaultRetention(work, found));
  if (retentionInDays === undefined || found?.retentionInDays === retentionInDays) return { made, changed: made };
  const [{ PutRetentionPolicyCommand }, client] = await sdk(work);
  const command = new PutRetentionPolicyCommand({ logGroupName: logGroupOf(work.functionName), retentionInDays });
  await work.send('logs:PutRetentionPolicy', (options) => client.send(command, options));
  return { made, changed: true };
}

/** None for a group that others made: its logs would be deleted. One of ours without any is left from an interrupted run. */
async function defaultRetention(work: Work, found: LogGroup | undefined): Promise<number | undefined> {
  if (found === undefined) return DEFAULT_LOG_RETENTION_DAYS;
  if (found.retentionInDays !== undefined) return undefined;
  return (await isOurs(work, found)) ? DEFAULT_LOG_RETENTION_DAYS : undefined;
}

async function isOurs(work: Work, { arn = '' }: LogGroup): Promise<boolean> {
  const [{ ListTagsForResourceCommand }, client] = await sdk(work);
  const command = new ListTagsForResourceCommand({ resourceArn: arn.replace(/:\*$/, '') });
  const { tags } = await work.send('logs:ListTagsForResource', (options) => client.send(command, options));
  return tags?.['creator'] === CREATOR;
}

/**
 * Deletes the log group if we made it: another's may hold logs that somebody wants to keep.
 * @returns what became of it; undefined if there is none
 */
export async function deleteLogGroup(work: Work): Promise<'deleted' | 'not ours' | undefined> {
  const found = await findLogGroup(work);
  if (found === undefined) return undefined;
  if (!(await isOurs(work, found))) return 'not ours';
  const [{ DeleteLogGroupCommand }, client] = await sdk(work);
  const command = new DeleteLogGroupCommand({ logGroupName: logGroupOf(work.functionName) });
  try {
    await work.send('logs:DeleteLogGroup', (options) => client.send(command, options));
  } catch (error) {
    if (!isNotThere(error)) throw error;
  }
  return 'deleted';
}

async function findLogGroup(work: Work): Promise<LogGroup | undefined> {
  const [{ DescribeLogGroupsCommand }, client] = await sdk(work);
  const name = logGroupOf(work.functionName);
  // The name itself sorts before all that begin with it.
  const command = new DescribeLogGroupsCommand({ logGroupNamePrefix: name });
  const { logGroups = [] } = await work.send('logs:DescribeLogGroups', (options) => client.send(command, options));
  return logGroups.find(({ logGroupName }) => logGroupName === name);
}

/** False: another run has made it just now. */
async function createLogGroup(work: Work, tags: LogGroupWishes['tags']): Promise<boolean> {
  const [{ CreateLogGroupCommand }, client] = await sdk(work);
  const command = new CreateLogGroupCommand({
    logGroupName: logGroupOf(work.functionName),
    tags: { ...tags, ...markTags(work.functionName) },
  });
  try {
    await work.send('logs:CreateLogGroup', (options) => client.send(command, options));
    return true;
  } catch (error) {
    if (isAlreadyThere(error)) return false;
    throw error;
  }
}

async function sdk(work: Work) {
  return Promise.all([import('@aws-sdk/client-cloudwatch-logs'), work.target.logs()]);
}
