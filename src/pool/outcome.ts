/** The answer to a chunk -> outcomes, and outcomes -> the errors that users catch. Pure. */
import { decode } from '../../agent/codec.ts';
import { PROTOCOL_VERSION } from '../../agent/protocol.ts';
import type { CallOutcome, ChunkReply } from '../../agent/protocol.ts';
import { LambdaPoolError, TaskError } from '../shared/errors.ts';
import type { TaskErrorFacts } from '../shared/errors.ts';
import { show } from '../shared/options.ts';
import { withClasses } from './error-classes.ts';
import type { ErrorClasses } from './error-classes.ts';
import type { FaultCode, FunctionFault } from './function-error.ts';
import type { Chunk } from './job.ts';
import type { Refusal } from './retry.ts';
import { versionIn, versionSkew, whoUpdates } from './version-skew.ts';

type FailedOutcome = NonNullable<CallOutcome['error']>;

/**
 * Reads the reply of an agent to a chunk of `size` calls.
 * @throws {LambdaPoolError} FUNCTION_NOT_FOUND if something else answered, TASKS_DIFFER if the agent is of another version,
 * OUTCOME_UNKNOWN if the end of the reply is missing.
 */
export function parseReply(payload: string, size: number, transport: string): ChunkReply {
  const reply = parseJson(payload);
  if (reply === undefined && BEGINNING.test(payload)) throw truncated(payload, transport);
  if (!isReply(reply)) throw notAnAgent(payload, transport);
  if (reply.lambdapool !== PROTOCOL_VERSION) throw versionSkew(reply.lambdapool, { transport });
  if (reply.outcomes.length !== size) throw notAnAgent(payload, transport);
  return reply;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isReply(value: unknown): value is ChunkReply {
  if (typeof value !== 'object' || value === null || !('lambdapool' in value)) return false;
  return value.lambdapool !== PROTOCOL_VERSION || ('outcomes' in value && Array.isArray(value.outcomes));
}

/** How every reply of an agent begins. */
export const BEGINNING: RegExp = /^\{"lambdapool":/;

function truncated(payload: string, transport: string): LambdaPoolError {
  return new LambdaPoolError(
    'OUTCOME_UNKNOWN',
    `The answer that came by the transport \`${transport}\` ends after ${payload.length.toLocaleString('en')} characters, in the ` +
      'middle: the tasks ran, but nobody can read all of their results.',
    { details: { length: payload.length } },
  );
}

function notAnAgent(payload: string, transport: string): LambdaPoolError {
  const answer = payload.length > 100 ? `${payload.slice(0, 100)}...` : payload;
  return new LambdaPoolError(
    'FUNCTION_NOT_FOUND',
    `The function that the transport \`${transport}\` reaches does not hold a lambdapool agent: it answered ${answer}. ` +
      'Check its name (`lambdaEntrypoint`), and that what is deployed there was built by lambdapool.',
    { details: { answer } },
  );
}

/** The error of a call that failed inside the agent: TASK_THREW and its kin. `cause` is what was thrown. */
export function outcomeError(failed: FailedOutcome, facts: TaskErrorFacts, classes?: ErrorClasses): TaskError {
  const cause = withClasses(decodeThrown(failed), classes);
  const message =
    failed.code === 'TASK_THREW' ? `${facts.task} failed: ${describe(cause)}` : messageOf(cause, failed.code);
  return new TaskError(failed.code, message, { cause, facts });
}

function decodeThrown({ thrown }: FailedOutcome): unknown {
  try {
    return decode(thrown);
  } catch (unreadable) {
    return unreadable;
  }
}

/** The error of a call that ended with its environment. */
export function faultError(fault: FunctionFault, facts: TaskErrorFacts): TaskError {
  const message = `${facts.task} ${whatHappened(fault)}`;
  return new TaskError(fault.code, message, { facts, details: { errorType: fault.errorType } });
}

/** The error of a call that was in a chunk with others when the environment ended. */
export function unknownError(fault: FunctionFault, size: number, facts: TaskErrorFacts): TaskError {
  const cause = faultError(fault, facts);
  const message =
    `Nobody can tell whether this call of ${facts.task} ran: it travelled with ${size - 1} others in one invocation, which ended ` +
    `without an answer (${bare(fault.message)}). Mark the task \`idempotent\`, and its calls are sent again in halves until the guilty one is alone; ` +
    'or use `chunksize: 1`, so that a call cannot lose its neighbours.';
  return new TaskError('OUTCOME_UNKNOWN', message, { cause, facts });
}

/** The error of calls whose answer was lost. */
export function lostError({ job, place }: Chunk, cause: unknown): LambdaPoolError {
  const said = cause instanceof Error ? cause.message : String(cause);
  const remedy = job.policy.idempotent
    ? `It was sent ${place.losses + 1} times, and no answer came.`
    : 'Mark the task `idempotent` if running it twice does no harm, and such calls are sent again' +
      (place.size > 1 ? '; `chunksize: 1` keeps a lost connection from taking several calls with it.' : '.');
  return new LambdaPoolError('OUTCOME_UNKNOWN', `The outcome of ${job.task} is unknown. ${said} ${remedy}`, {
    cause,
    details: { task: job.task },
  });
}

/** The error of a call whose function could not be reached for as long as it was tried. */
export function unreachableError(refusal: Refusal, triedMs: number): LambdaPoolError {
  const message = `${refusal.message} Tried again for ${(triedMs / 1000).toFixed(1)} s.`;
  return new LambdaPoolError(refusal.code, message, { cause: refusal, details: refusal.details, retryable: true });
}

/** The error of calls whose `timeoutMs` is over. */
export function expiredError(chunk: Chunk, limitMs: number): LambdaPoolError {
  const { job, place, refusal, backoff } = chunk;
  const calls = place.size === 1 ? '' : ` (${job.policy.timeoutMs} ms for each of its ${place.size} calls)`;
  if ((chunk.queued || backoff !== undefined) && refusal !== undefined) {
    const message = `${refusal.message} The call's \`timeoutMs\` of ${limitMs} ms${calls} is over.`;
    return new LambdaPoolError(refusal.code, message, { cause: refusal, details: refusal.details, retryable: true });
  }
  const message =
    `${job.task} did not finish within its \`timeoutMs\` of ${limitMs} ms${calls}. ` +
    'The function was not told; it may run on, up to its own timeout.';
  return new LambdaPoolError('TASK_TIMEOUT', message, { details: { task: job.task, timeoutMs: limitMs } });
}

/** What a call did, by how its environment ended. `said` is Lambda's account of it. */
const ENDED: Readonly<Record<FaultCode, (said: string) => string>> = {
  TASK_TIMEOUT: (said) =>
    `did not finish within the function's timeout (${said}). Raise the timeout of the function or give the call less to do.`,
  TASK_OUT_OF_MEMORY: (said) =>
    `needed more memory than the function has (${said}). Raise its \`memoryMb\` or give the call less to do.`,
  PAYLOAD_TOO_LARGE: (said) =>
    `ran, but its answer is more than Lambda carries (${said}). Give the pool a \`payloadBucket\`, return less, or write it to S3 and return the key; ` +
    'where several calls share a chunk, a smaller `chunksize` helps.',
  INIT_FAILED: (said) => `did not run: the function could not start (${said}).`,
  TASKS_DIFFER: (said) =>
    `did not run: the agent did not understand the request (${said}). ${whoUpdates(versionIn(said))}`,
  TASK_EXITED: (said) => `ended its environment without an answer (${said}).`,
};

function whatHappened({ code, message, errorType }: FunctionFault): string {
  const said = bare(message);
  return ENDED[code](errorType === '' ? said : `${errorType}: ${said}`);
}

/** Without the full stop that some of Lambda's accounts end with: ours follows. */
function bare(message: string): string {
  return message.replace(/\.$/, '');
}

function describe(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `it threw ${show(thrown)}`;
  return thrown.message === '' ? thrown.name : `${thrown.name}: ${thrown.message}`;
}

function messageOf(thrown: unknown, code: string): string {
  return thrown instanceof Error && thrown.message !== '' ? thrown.message : `${code}: ${show(thrown)}`;
}
