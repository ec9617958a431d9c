/** The first call of a deployed function: it must start, and hold exactly the tasks that were sent. */
import type { Manifest } from '../../../agent/manifest.ts';
import type { DescribeReply, DescribeRequest } from '../../../agent/protocol.ts';
import { PROTOCOL_VERSION } from '../../../agent/protocol.ts';
import { isLambdaPoolError } from '../../shared/errors.ts';
import { awsCodeOf, deployFailed } from '../errors.ts';
import { invoke } from './lambda-api.ts';
import type { Answer } from './lambda-api.ts';
import type { Work } from '../work.ts';

/** A function that was just made or changed may refuse calls for a moment. */
const TRIES = 5;
const TRY_AGAIN_MS = 1000;

/**
 * Asks the function what it holds.
 * @returns false if these credentials may not call it
 * @throws {LambdaPoolError} DEPLOY_FAILED if it does not start or holds other tasks
 */
export async function probe(work: Work, manifest: Manifest): Promise<boolean> {
  const request: DescribeRequest = { lambdapool: PROTOCOL_VERSION, describe: true };
  let answer: Answer;
  try {
    answer = await retryWhileBusy(work, () => invoke(work, JSON.stringify(request)));
  } catch (error) {
    if (isLambdaPoolError(error, 'ACCESS_DENIED')) return false;
    throw error;
  }
  if (answer.functionError !== undefined) throw doesNotStart(work.functionName, answer);
  const held = manifestOf(answer.payload);
  if (held === undefined) {
    throw deployFailed(
      `${work.functionName} was deployed, but does not answer as lambdapool's agent does: ${answer.payload.slice(0, 200)}`,
    );
  }
  if (held.hash !== manifest.hash) {
    throw deployFailed(
      `${work.functionName} holds other tasks (${held.hash}) than were just deployed (${manifest.hash}): ` +
        'somebody else deployed it at the same time. Deploy it from one place at a time.',
      { expected: manifest.hash, got: held.hash },
    );
  }
  return true;
}

async function retryWhileBusy<T>(work: Work, request: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await request();
    } catch (error) {
      if (attempt === TRIES || !isPassing(error)) throw error;
    }
    await work.sleep(TRY_AGAIN_MS);
  }
}

/** Pending, being woken, no environment free. */
function isPassing(error: unknown): boolean {
  return /^(ResourceConflict|ResourceNotReady|TooManyRequests|CodeArtifact)/.test(awsCodeOf(error) ?? '');
}

function doesNotStart(functionName: string, { payload, logTail }: Answer): Error {
  const log = logTail.trim();
  const end = log === '' ? '' : `\nThe end of its log:\n${log}`;
  return deployFailed(
    `${functionName} was deployed, but its first call failed: ${messageOf(payload)}. Mend that and deploy it again.${end}`,
    { payload, logTail },
  );
}

function messageOf(payload: string): string {
  const parsed = parse(payload);
  const { errorType, errorMessage } = Object(parsed);
  const parts = [errorType, errorMessage].filter((part) => typeof part === 'string' && part !== '');
  return parts.length > 0 ? parts.join(': ') : payload.slice(0, 200);
}

function manifestOf(payload: string): Manifest | undefined {
  const reply: Partial<DescribeReply> | undefined = parse(payload);
  return typeof reply?.manifest?.hash === 'string' ? reply.manifest : undefined;
}

function parse(text: string): Partial<DescribeReply> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}
