/** Waiting for a function to be ready, and trying again what Lambda refuses only for a while. All waits have an end. */
import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import { isLambdaPoolError, LambdaPoolError } from '../../shared/errors.ts';
import { awsCodeOf, deployFailed, isNotThere, notFound, RUN_AGAIN } from '../errors.ts';
import { getConfiguration } from './lambda-api.ts';
import type { Work } from '../work.ts';

/** A function in a VPC takes up to some minutes, others seconds. */
export const READY_WITHIN_MS = 300_000;
/** AWS: a new role can be taken after about ten seconds, seldom later. */
const ROLE_WITHIN_MS = 60_000;
/** How long another's change may keep us from making ours. */
const CONFLICT_WITHIN_MS = 60_000;

/** What was just made is known everywhere soon. */
const FOUND_WITHIN_MS = 15_000;

/** Short at first: the emulator and LocalStack are ready within a second or two. */
const POLLS_MS = [100, 200, 300, 500, 500, 1000, 1000, 2000];
const ROLE_RETRIES_MS = [1000, 1000, 2000, 3000, 5000];

/**
 * Resolves when nothing is under way with the function anymore.
 * @throws {LambdaPoolError} DEPLOY_FAILED if its creation or its last change failed, with state and reason, or after
 * `READY_WITHIN_MS`; FUNCTION_NOT_FOUND
 */
export async function waitUntilReady(work: Work): Promise<FunctionConfiguration> {
  const startedAt = work.timing.now();
  for (let poll = 0; ; poll += 1) {
    const configuration = await getConfiguration(work);
    const waitedMs = work.timing.now() - startedAt;
    // One that was just made may not be shown yet.
    if (configuration === undefined && waitedMs > FOUND_WITHIN_MS)
      throw new LambdaPoolError('FUNCTION_NOT_FOUND', notFound(work.functionName, work.target));
    if (configuration !== undefined) {
      if (isReady(work.functionName, configuration)) return configuration;
      if (waitedMs > READY_WITHIN_MS) throw notReady(work.functionName, configuration);
    }
    await work.sleep(delayOf(POLLS_MS, poll));
  }
}

function isReady(functionName: string, configuration: FunctionConfiguration): boolean {
  const { State, StateReason, StateReasonCode } = configuration;
  if (State === 'Failed') throw failed(`${functionName} could not be made`, { State, StateReason, StateReasonCode });
  const { LastUpdateStatus, LastUpdateStatusReason, LastUpdateStatusReasonCode } = configuration;
  if (LastUpdateStatus === 'Failed') {
    throw failed(`The change of ${functionName} failed, and what was there before runs on`, {
      State,
      StateReason: LastUpdateStatusReason,
      StateReasonCode: LastUpdateStatusReasonCode,
    });
  }
  // Inactive: not called for weeks; the next call wakes it.
  return State !== 'Pending' && LastUpdateStatus !== 'InProgress';
}

type Reason = Pick<FunctionConfiguration, 'State' | 'StateReason' | 'StateReasonCode'>;

function failed(what: string, { State, StateReason, StateReasonCode }: Reason): LambdaPoolError {
  const reason = [StateReasonCode, StateReason].filter((text) => text !== undefined && text !== '').join(': ');
  return deployFailed(`${what}: it is ${State} (${reason || 'AWS gives no reason'}). Mend that and deploy it again.`, {
    state: State,
    reason: StateReason,
    reasonCode: StateReasonCode,
  });
}

function notReady(
  functionName: string,
  { State, StateReason, LastUpdateStatus }: FunctionConfiguration,
): LambdaPoolError {
  const message =
    `${functionName} was not ready within ${READY_WITHIN_MS / 1000} s: State ${State}, LastUpdateStatus ` +
    `${LastUpdateStatus ?? 'unknown'}${StateReason === undefined ? '' : ` (${StateReason})`}. ${RUN_AGAIN}`;
  return deployFailed(message, { state: State, lastUpdateStatus: LastUpdateStatus });
}

/**
 * Makes a request again while its role is too new to be taken. What else Lambda refuses fails at once: such a message
 * about a layer or a subnet would never pass.
 */
export async function retryForRole<T>(work: Work, request: () => Promise<T>): Promise<T> {
  const startedAt = work.timing.now();
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await request();
    } catch (error) {
      if (!isRoleTooNew(error)) throw error;
      if (work.timing.now() - startedAt > ROLE_WITHIN_MS) throw roleNeverTaken(work.functionName, error);
    }
    await work.sleep(delayOf(ROLE_RETRIES_MS, attempt));
  }
}

/**
 * AWS: `The role defined for the function cannot be assumed by Lambda.`, and of its policy, which is as new:
 * `The provided execution role does not have permissions to call CreateNetworkInterface on EC2`.
 */
function isRoleTooNew(error: unknown): error is LambdaPoolError {
  return (
    error instanceof LambdaPoolError &&
    awsCodeOf(error) === 'InvalidParameterValueException' &&
    /role.*(cannot be assumed|does not have permissions)/i.test(String(error.details['awsMessage']))
  );
}

function roleNeverTaken(functionName: string, error: LambdaPoolError): LambdaPoolError {
  const message =
    `Lambda could not take the role of ${functionName} for ${ROLE_WITHIN_MS / 1000} s (${String(error.details['awsMessage'])}). ` +
    'A role of your own (`roleArn`) must trust lambda.amazonaws.com and allow what Lambda asks for; otherwise run it again.';
  return deployFailed(message, error.details, error);
}

/** Makes a change as soon as no other is under way, if that is within a bound. */
export async function retryOnConflict<T>(work: Work, request: () => Promise<T>): Promise<T> {
  const startedAt = work.timing.now();
  for (;;) {
    try {
      return await request();
    } catch (error) {
      if (awsCodeOf(error) !== 'ResourceConflictException') throw error;
      if (work.timing.now() - startedAt > CONFLICT_WITHIN_MS) {
        const message = `Somebody else keeps changing ${work.functionName}: deploy it from one place at a time. ${RUN_AGAIN}`;
        throw deployFailed(message, {}, error);
      }
    }
    await work.sleep(POLLS_MS[0] ?? 0);
    await waitUntilReady(work);
  }
}

/** Makes a request about something that was just made, which not all of a service may know of yet: IAM takes seconds. */
export async function retryWhileMissing<T>(work: Work, request: () => Promise<T>): Promise<T> {
  const startedAt = work.timing.now();
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await request();
    } catch (error) {
      if (!isNotThere(error) || work.timing.now() - startedAt > FOUND_WITHIN_MS) throw error;
    }
    await work.sleep(delayOf(POLLS_MS, attempt));
  }
}

/** Looks again for what must be there, as a name can be taken some moments before what has it is shown. */
export async function retryUntilFound<T>(work: Work, find: () => Promise<T | undefined>): Promise<T | undefined> {
  const startedAt = work.timing.now();
  for (let attempt = 0; ; attempt += 1) {
    const found = await find().catch((error: unknown) => {
      if (isLambdaPoolError(error, 'FUNCTION_NOT_FOUND')) return undefined;
      throw error;
    });
    if (found !== undefined || work.timing.now() - startedAt > FOUND_WITHIN_MS) return found;
    await work.sleep(delayOf(POLLS_MS, attempt));
  }
}

function delayOf(delaysMs: readonly number[], attempt: number): number {
  return delaysMs[Math.min(attempt, delaysMs.length - 1)] ?? 0;
}
