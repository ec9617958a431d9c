/** Checks what does not depend on a function: who asks, and how much room the account has. */
import type { AccountLimit, AccountUsage } from '@aws-sdk/client-lambda';
import type { Finding } from './doctor-finding.ts';
import type { Work } from '../work.ts';

/** Whom the target takes us for. */
export async function checkCredentials(work: Work): Promise<Finding> {
  const { target } = work;
  if (target.lambdaOnly) {
    return { status: 'skipped', message: `Only Lambda is at ${target.endpoint}: there is no STS that could tell.` };
  }
  const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  const client = await target.sts();
  const command = new GetCallerIdentityCommand({});
  const { Account, Arn } = await work.send('sts:GetCallerIdentity', (options) => client.send(command, options));
  return { status: 'ok', message: `${Arn}, account ${Account}` };
}

/** As many as AWS gives new accounts; a pool of more workers is throttled. */
const FEW_EXECUTIONS = 10;
/** Part of the room for code that is full enough to be told. */
const NEARLY_FULL = 0.9;

/** What the account may run at once, and how much code it may hold. */
export async function checkQuotas(work: Work): Promise<Finding> {
  const { GetAccountSettingsCommand } = await import('@aws-sdk/client-lambda');
  const client = await work.target.lambda();
  const command = new GetAccountSettingsCommand({});
  const answer = await work.send('lambda:GetAccountSettings', (options) => client.send(command, options));
  const { AccountLimit: limit = {}, AccountUsage: usage = {} } = answer;
  // They are this machine's, and nobody has to ask AWS for more.
  return work.target.isEmulator ? { status: 'ok', message: factsOf(limit, usage) } : judgeQuotas(limit, usage);
}

export function judgeQuotas(limit: AccountLimit, usage: AccountUsage): Finding {
  const { UnreservedConcurrentExecutions: free = limit.ConcurrentExecutions, TotalCodeSize: room = 0 } = limit;
  const facts = factsOf(limit, usage);
  if (free === 0) {
    const next = 'Functions without a reserved share cannot run: reserve fewer, or ask AWS for a higher quota.';
    return { status: 'problem', message: `${facts}. ${next}` };
  }
  if (free !== undefined && free <= FEW_EXECUTIONS) {
    const next = `A pool of more than ${free} workers would wait: ask AWS for a higher quota of concurrent executions.`;
    return { status: 'warning', message: `${facts}. ${next}` };
  }
  if (room > 0 && (usage.TotalCodeSize ?? 0) > room * NEARLY_FULL) {
    const next = 'Delete functions or old versions, or ask AWS for more room for code.';
    return { status: 'warning', message: `${facts}. ${next}` };
  }
  return { status: 'ok', message: facts };
}

function factsOf(limit: AccountLimit, { TotalCodeSize: used = 0 }: AccountUsage): string {
  const { ConcurrentExecutions: all, UnreservedConcurrentExecutions: free = all, TotalCodeSize: room } = limit;
  const facts = [
    ...(all === undefined ? [] : [`${all} calls at once${free === all ? '' : `, ${free} of them unreserved`}`]),
    ...(room === undefined ? [] : [`${gigabytes(used)} of ${gigabytes(room)} GB of code`]),
  ];
  return facts.length === 0 ? 'The target tells of no quotas.' : facts.join('; ');
}

function gigabytes(bytes: number): string {
  return (bytes / 1024 ** 3).toFixed(1);
}
