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
import type { Chunk } from './job.ts';
import { faultError, lostError, outcomeError, parseReply, unknownError } from './outcome.ts';
import { part } from './request.ts';
import { MAX_FRUITLESS_SENDS } from './retry.ts';

/** What became of a chunk. Each of its calls was either told to the job or is in one of the lists, exactly once. */
export interface Settlement {
  /** How many calls the job was told of. */
  readonly told: number;
  /** To be sent at the next opportunity: they were due before. */
  readonly atFront: readonly Chunk[];
  /** To be sent after all others. */
  readonly atBack: readonly Chunk[];
}

const NONE: readonly Chunk[] = [];

/**
 * An answer came.
 * @throws {LambdaPoolError} FUNCTION_NOT_FOUND, TASKS_DIFFER: it was not our agent's. Nobody was told of anything.
 */
export function settleAnswer(chunk: Chunk, response: InvokeResponse, transport: string): Settlement {
  chunk.requestId = response.requestId;
  if (response.functionError !== undefined) return settleFault(chunk, response);
  const { outcomes, timeoutMs } = parseReply(response.payload, chunk.place.size, transport);
  const notStarted: number[] = [];
  const retried: number[] = [];
  for (let position = 0; position < outcomes.length; position += 1) {
    const outcome = outcomes[position] ?? {};
    if (outcome.notStarted === true) notStarted.push(position);
    else if (outcome.error === undefined) fulfil(chunk, position, outcome);
    else if (mayRetry(chunk, outcome.error.code)) retried.push(position);
    else fail(chunk, position, outcomeError(outcome.error, factsOf(chunk, position, response)));
  }
  if (notStarted.length === chunk.place.size) return startAgain(chunk, timeoutMs);
  return {
    told: outcomes.length - notStarted.length - retried.length,
    atFront: notStarted.length === 0 ? NONE : [part(chunk, notStarted, chunk.place.attempt)],
    atBack: retried.length === 0 ? NONE : [part(chunk, retried, chunk.place.attempt + 1)],
  };
}

/** The connection was lost, or something else happened of which nobody knows whether the calls ran. */
export function settleLost(chunk: Chunk, error: unknown): Settlement {
  const { job, place } = chunk;
  if (job.policy.idempotent && place.size > 1) return oneByOne(chunk);
  if (job.policy.idempotent && place.attempt < MAX_FRUITLESS_SENDS) {
    return { told: 0, atFront: NONE, atBack: [part(chunk, positions(chunk), place.attempt + 1)] };
  }
  return settleFailed(chunk, lostError(job.task, place.size, error));
}

/** All calls of the chunk fail with the same error. */
export function settleFailed(chunk: Chunk, error: unknown): Settlement {
  for (let position = 0; position < chunk.place.size; position += 1) fail(chunk, position, error);
  return { told: chunk.place.size, atFront: NONE, atBack: NONE };
}

/** The call's own `timeoutMs` is over. */
export function settleExpired(chunk: Chunk, error: unknown): Settlement {
  if (!mayRetry(chunk, 'TASK_TIMEOUT')) return settleFailed(chunk, error);
  return { told: 0, atFront: NONE, atBack: [part(chunk, positions(chunk), chunk.place.attempt + 1)] };
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
    return { told: 0, atFront: NONE, atBack: [part(chunk, [0], place.attempt + 1)] };
  }
  const isShared = place.size > 1 && !fault.beforeAnyCall;
  if (isShared && job.policy.idempotent) return oneByOne(chunk);
  for (const position of positions(chunk)) {
    const facts = factsOf(chunk, position, response);
    fail(chunk, position, isShared ? sharedError(fault, place.size, facts) : faultError(fault, facts));
  }
  return { told: place.size, atFront: NONE, atBack: NONE };
}

function sharedError(fault: FunctionFault, size: number, facts: TaskErrorFacts): LambdaPoolError {
  // Too long an answer is an answer: all calls have run.
  return fault.code === 'PAYLOAD_TOO_LARGE' ? faultError(fault, facts) : unknownError(fault, size, facts);
}

function oneByOne(chunk: Chunk): Settlement {
  const attempt = chunk.place.attempt + 1;
  return { told: 0, atFront: NONE, atBack: positions(chunk).map((position) => part(chunk, [position], attempt)) };
}

/** The agent started nothing: the function's timeout leaves no time, or the invocation came late. */
function startAgain(chunk: Chunk, timeoutMs: number): Settlement {
  const fruitless = chunk.refusals + 1;
  if (fruitless >= MAX_FRUITLESS_SENDS) {
    const message =
      `The function's timeout of ${timeoutMs} ms left no time to start ${chunk.job.task}, ${fruitless} times in a row. ` +
      'Raise the timeout of the function.';
    return settleFailed(chunk, new LambdaPoolError('TASK_TIMEOUT', message, { details: { timeoutMs } }));
  }
  const next = part(chunk, positions(chunk), chunk.place.attempt);
  next.refusals = fruitless;
  return { told: 0, atFront: [next], atBack: NONE };
}

const TASK_FAILURES: ReadonlySet<string> = new Set(['TASK_THREW', 'TASK_TIMEOUT', 'TASK_EXITED', 'TASK_OUT_OF_MEMORY']);

function mayRetry(chunk: Chunk, code: string): boolean {
  return chunk.place.attempt <= chunk.job.policy.retries && TASK_FAILURES.has(code);
}

function positions(chunk: Chunk): number[] {
  return Array.from({ length: chunk.place.size }, (_, position) => position);
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
