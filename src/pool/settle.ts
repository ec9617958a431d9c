/**
 * What one sending of a chunk means for its calls: tells the job of those that have ended and makes chunks of those that are
 * to be sent again. No I/O and no time.
 */
import { decode } from '../../agent/codec.ts';
import type { CallOutcome } from '../../agent/protocol.ts';
import { LambdaPoolError, isLambdaPoolError } from '../shared/errors.ts';
import type { TaskErrorFacts } from '../shared/errors.ts';
import type { InvokeResponse } from '../transport/transport.ts';
import { readFunctionError } from './function-error.ts';
import type { FunctionFault } from './function-error.ts';
import { Chunk } from './job.ts';
import { faultError, lostError, outcomeError, parseReply, unknownError } from './outcome.ts';
import { isRetirement } from './environment-rules.ts';
import { tellLogs } from './logs.ts';
import { part } from './request.ts';
import { MAX_FRUITLESS_SENDS, MAX_LOST_SENDS } from './retry.ts';

/** What became of a chunk. Each of its calls was either told to the job or is in one of the lists, exactly once. */
export interface Settlement {
  /** How many calls the job was told of. */
  readonly told: number;
  /** To be sent at the next opportunity: they were due before. */
  readonly atFront: readonly Chunk[];
  /** To be sent after all others. */
  readonly atBack: readonly Chunk[];
  /** To be sent after a pause: what was in their way must pass first. */
  readonly later: readonly Chunk[];
}

const NOTHING: Settlement = { told: 0, atFront: [], atBack: [], later: [] };

/** Whose answer it is. */
export interface AnswerOrigin {
  /** Name of the transport, for messages. */
  readonly transport: string;
  /** Told of the manifest that the calls ran on. */
  readonly onManifest?: ((hash: string) => void) | undefined;
}

/**
 * An answer came.
 * @throws {LambdaPoolError} FUNCTION_NOT_FOUND, TASKS_DIFFER: it was not our agent's. Nobody was told of anything.
 */
export function settleAnswer(
  chunk: Chunk,
  response: InvokeResponse,
  { transport, onManifest }: AnswerOrigin,
): Settlement {
  chunk.requestId = response.requestId;
  if (response.functionError !== undefined) {
    return isRetirement(response) ? sendElsewhere(chunk) : settleFault(chunk, response);
  }
  const { outcomes, timeoutMs, manifest } = parseReply(response.payload, chunk.place.size, transport);
  onManifest?.(manifest);
  const notStarted: number[] = [];
  const retried: number[] = [];
  for (let position = 0; position < outcomes.length; position += 1) {
    const outcome = outcomes[position] ?? {};
    if (outcome.logs !== undefined) tellLogs(chunk, position, outcome.logs);
    if (outcome.notStarted === true) notStarted.push(position);
    else if (outcome.error === undefined) fulfil(chunk, position, outcome);
    else if (mayRetry(chunk, outcome.error.code)) retried.push(position);
    else {
      const facts = { ...factsOf(chunk, position, response), ...logsOf(outcome) };
      fail(chunk, position, outcomeError(outcome.error, facts, chunk.job.policy.errors));
    }
  }
  if (notStarted.length === chunk.place.size) return startAgain(chunk, timeoutMs);
  const bytes = Math.max(chunk.payload.length, response.payload.length);
  const calls = outcomes.length - notStarted.length;
  chunk.job.measure?.({ calls, durationMs: chunk.durationMs, bytes, timeoutMs });
  const told = outcomes.length - notStarted.length - retried.length;
  if (told === chunk.place.size) return { ...NOTHING, told };
  return {
    ...NOTHING,
    told,
    atFront: notStarted.length === 0 ? [] : [part(chunk, notStarted, { losses: 0 })],
    atBack: retried.length === 0 ? [] : [afterFailure(chunk, retried)],
  };
}

/** The environment was at its `maxTasksPerEnvironment`: nothing has run. */
function sendElsewhere({ job, place, payload }: Chunk): Settlement {
  return { ...NOTHING, atFront: [new Chunk(job, place, payload)] };
}

/** The connection was lost, or something else happened of which nobody knows whether the calls ran. */
export function settleLost(chunk: Chunk, error: unknown): Settlement {
  const { job, place } = chunk;
  const losses = place.losses + 1;
  if (!job.policy.idempotent || losses >= MAX_LOST_SENDS) {
    return settleFailed(chunk, lostError(chunk, error));
  }
  // Whole: the calls are hardly to blame for the way.
  return { ...NOTHING, later: [part(chunk, positions(chunk), { attempt: place.attempt + 1, losses })] };
}

/** All calls of the chunk fail with the same error. */
export function settleFailed(chunk: Chunk, error: unknown): Settlement {
  for (let position = 0; position < chunk.place.size; position += 1) fail(chunk, position, error);
  return { ...NOTHING, told: chunk.place.size };
}

/** The call's own `timeoutMs` is over. */
export function settleExpired(chunk: Chunk, error: unknown): Settlement {
  if (!mayRetry(chunk, 'TASK_TIMEOUT')) return settleFailed(chunk, error);
  return { ...NOTHING, atBack: [afterFailure(chunk, positions(chunk))] };
}

function afterFailure(chunk: Chunk, failed: readonly number[]): Chunk {
  const { attempt, failures } = chunk.place;
  return part(chunk, failed, { attempt: attempt + 1, failures: failures + 1, losses: 0 });
}

function fail(chunk: Chunk, position: number, error: unknown): void {
  chunk.job.fail(chunk.indexAt(position), error, chunk);
}

function fulfil(chunk: Chunk, position: number, outcome: CallOutcome): void {
  const { job } = chunk;
  let value: unknown;
  try {
    value = outcome.ok === undefined ? undefined : decode(outcome.ok);
  } catch (cause) {
    const message = `The result of ${job.task} could not be read. Please report it.`;
    return fail(chunk, position, new LambdaPoolError('BUG', message, { cause }));
  }
  job.fulfil(chunk.indexAt(position), value, chunk);
}

/** The environment ended without an answer of the agent. */
function settleFault(chunk: Chunk, response: InvokeResponse): Settlement {
  const fault = readFunctionError(response);
  const { job, place } = chunk;
  // Only a call that was alone is known to be the one that did it.
  if (place.size === 1 && mayRetry(chunk, fault.code)) {
    return { ...NOTHING, atBack: [afterFailure(chunk, [0])] };
  }
  const isShared = place.size > 1 && !fault.beforeAnyCall;
  if (isShared && job.policy.idempotent) return { ...NOTHING, atBack: halves(chunk) };
  for (const position of positions(chunk)) {
    const facts = factsOf(chunk, position, response);
    fail(chunk, position, isShared ? sharedError(fault, place.size, facts) : faultError(fault, facts));
  }
  return { ...NOTHING, told: place.size };
}

function sharedError(fault: FunctionFault, size: number, facts: TaskErrorFacts): LambdaPoolError {
  // Too long an answer is an answer: all calls have run.
  return fault.code === 'PAYLOAD_TOO_LARGE' ? faultError(fault, facts) : unknownError(fault, size, facts);
}

/** The guilty call is in one of them, and after a few times alone. Too long an answer fits into two. */
function halves(chunk: Chunk): Chunk[] {
  const all = positions(chunk);
  const middle = Math.ceil(all.length / 2);
  const history = { attempt: chunk.place.attempt + 1, losses: 0 };
  return [part(chunk, all.slice(0, middle), history), part(chunk, all.slice(middle), history)];
}

/** The agent started nothing: the function's timeout leaves no time, or the invocation came late. */
function startAgain(chunk: Chunk, timeoutMs: number): Settlement {
  const fruitless = chunk.idleRuns + 1;
  if (fruitless >= MAX_FRUITLESS_SENDS) {
    const message =
      `The function's timeout of ${timeoutMs} ms left no time to start ${chunk.job.task}, ${fruitless} times in a row. ` +
      'Raise the timeout of the function.';
    return settleFailed(chunk, new LambdaPoolError('TASK_TIMEOUT', message, { details: { timeoutMs } }));
  }
  const next = part(chunk, positions(chunk), { losses: 0 });
  next.idleRuns = fruitless;
  return { ...NOTHING, atFront: [next] };
}

const TASK_FAILURES: ReadonlySet<string> = new Set(['TASK_THREW', 'TASK_TIMEOUT', 'TASK_EXITED', 'TASK_OUT_OF_MEMORY']);

function mayRetry(chunk: Chunk, code: string): boolean {
  return chunk.place.failures < chunk.job.policy.retries && TASK_FAILURES.has(code);
}

function positions(chunk: Chunk): number[] {
  return Array.from({ length: chunk.place.size }, (_, position) => position);
}

function logsOf({ logs }: CallOutcome): Pick<TaskErrorFacts, 'logs'> {
  return logs === undefined ? {} : { logs };
}

function factsOf(chunk: Chunk, position: number, response: InvokeResponse): TaskErrorFacts {
  return {
    task: chunk.job.task,
    index: chunk.indexAt(position),
    requestId: response.requestId,
    attempt: chunk.place.attempt,
    ...(response.functionError !== undefined && response.logTail !== undefined && { logTail: response.logTail }),
  };
}

/** Whether the transport could not tell if the calls ran. */
export function isLost(error: unknown): boolean {
  return !isLambdaPoolError(error) || error.code === 'OUTCOME_UNKNOWN';
}
