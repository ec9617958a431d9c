/** Calls -> the text that is sent. Everything that a caller can do wrong with arguments is found here, before sending. */
import { CodecError, encode } from '../../agent/codec.ts';
import { PROTOCOL_VERSION } from '../../agent/protocol.ts';
import type { CallRequest, ChunkRequest } from '../../agent/protocol.ts';
import { LambdaPoolError } from '../shared/errors.ts';
import { Chunk } from './job.ts';
import { logRequest } from './logs.ts';
import type { ChunkPlace, Job } from './job.ts';

/** AWS: invocation payload, request: 6 MB, https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, read 2026-11 */
const MAX_PAYLOAD_BYTES = 6_291_456;
// UTF-8 needs at most three bytes for a UTF-16 unit: shorter texts need no counting.
const SURELY_FITTING_LENGTH = MAX_PAYLOAD_BYTES / 3;

const ARGS = { root: 'args' } as const;
const KWDS = { root: 'kwds' } as const;

/**
 * Encodes the arguments of one call.
 * @param where Which call, for the message: `item 3`. Undefined where there is only one.
 * @throws {LambdaPoolError} NOT_SERIALIZABLE with the path of what cannot be sent.
 */
export function encodeArgs(args: readonly unknown[], where: number | undefined): CallRequest {
  try {
    return encode(args, ARGS);
  } catch (error) {
    throw notSerializable(error, where);
  }
}

/** The same for a call with arguments by name. */
export function encodeKwds(args: readonly unknown[], kwds: Readonly<Record<string, unknown>>): CallRequest {
  const encoded = encodeArgs(args, undefined);
  try {
    return { args: encoded, kwds: encode(kwds, KWDS) };
  } catch (error) {
    throw notSerializable(error, undefined);
  }
}

function notSerializable(error: unknown, where: number | undefined): unknown {
  if (!(error instanceof CodecError)) return error;
  const { path, reason } = error;
  const item = where === undefined ? '' : `item ${where}: `;
  return new LambdaPoolError('NOT_SERIALIZABLE', `Cannot send ${item}${path}: ${reason}. Nothing was sent.`, {
    details: { path, reason, ...(where !== undefined && { index: where }) },
    cause: error,
  });
}

/** What happened to the calls of a chunk before. */
type History = Pick<ChunkPlace, 'attempt' | 'failures' | 'losses'>;

/** Consecutive calls of a job, encoded. */
export interface EncodedCalls {
  readonly calls: readonly CallRequest[];
  /** Index within the job of the first. */
  readonly first: number;
  /** Index of each, where they do not follow one another. */
  readonly indexes?: readonly number[] | undefined;
  readonly attempt: number;
}

/**
 * One chunk of these calls, or several if they are too large for one invocation. What exceeds Lambda's limit travels alone,
 * where the transport has another way for it.
 * @throws {LambdaPoolError} PAYLOAD_TOO_LARGE if a single call is too large for that, too.
 */
export function pack(job: Job, encoded: EncodedCalls): Chunk[] {
  const { calls, first, indexes, attempt } = encoded;
  const size = calls.length;
  const payload = writeIfPossible(job, calls, attempt);
  const bytes = payload === undefined ? Infinity : bytesOf(payload);
  const { maxPayloadBytes = MAX_PAYLOAD_BYTES } = job.policy;
  if (payload !== undefined && bytes <= (size === 1 ? maxPayloadBytes : MAX_PAYLOAD_BYTES))
    return [new Chunk(job, { first, indexes, size, attempt, failures: 0, losses: 0 }, payload)];
  if (size === 1) throw payloadTooLarge(job, indexes?.[0] ?? first, bytes);
  return cut(calls).flatMap(([start, end]) =>
    pack(job, {
      calls: calls.slice(start, end),
      first: first + start,
      indexes: indexes?.slice(start, end),
      attempt,
    }),
  );
}

/** Where to cut calls that are too large together: around each that is large by itself; in the middle if none is. */
function cut(calls: readonly CallRequest[]): (readonly [start: number, end: number])[] {
  const parts: [number, number][] = [];
  let start = 0;
  for (const [at, call] of calls.entries()) {
    if (!isLarge(call)) continue;
    if (start < at) parts.push([start, at]);
    parts.push([at, at + 1]);
    start = at + 1;
  }
  if (start > 0) return start === calls.length ? parts : [...parts, [start, calls.length]];
  const middle = Math.ceil(calls.length / 2);
  return [
    [0, middle],
    [middle, calls.length],
  ];
}

/** More than half of what Lambda carries. */
function isLarge(call: CallRequest): boolean {
  try {
    return JSON.stringify(call).length * 2 > MAX_PAYLOAD_BYTES;
  } catch (error) {
    // Longer than a string can be.
    if (error instanceof RangeError) return true;
    throw error;
  }
}

function bytesOf(payload: string): number {
  return payload.length <= SURELY_FITTING_LENGTH ? payload.length : Buffer.byteLength(payload);
}

/** Undefined if it would be longer than a string can be. */
function writeIfPossible(job: Job, calls: readonly CallRequest[], attempt: number): string | undefined {
  try {
    return write(job, calls, attempt);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The calls of `chunk` at these positions, as a chunk of their own. What `history` does not say is as it was. */
export function part(chunk: Chunk, positions: readonly number[], history: Partial<History> = {}): Chunk {
  const { job } = chunk;
  const request: ChunkRequest = JSON.parse(chunk.payload);
  const calls = positions.map((position) => request.calls[position] ?? null);
  const indexes = positions.map((position) => chunk.indexAt(position));
  const { attempt, failures, losses } = { ...chunk.place, ...history };
  const place = { first: indexes[0] ?? 0, indexes, size: positions.length, attempt, failures, losses };
  return new Chunk(job, place, write(job, calls, attempt));
}

function write({ task, policy }: Job, calls: readonly CallRequest[], attempt: number): string {
  const request: ChunkRequest = {
    lambdapool: PROTOCOL_VERSION,
    task,
    calls,
    ...logRequest(policy),
    ...policy.environment,
  };
  if (attempt === 1) return JSON.stringify(request);
  return JSON.stringify({ ...request, attempts: calls.map(() => attempt) });
}

function payloadTooLarge({ task, policy }: Job, index: number, bytes: number): LambdaPoolError {
  const { maxPayloadBytes: maxBytes = MAX_PAYLOAD_BYTES } = policy;
  const size = bytes === Infinity ? 'more bytes than a string can have' : `${bytes.toLocaleString('en')} bytes`;
  const limit =
    policy.maxPayloadBytes === undefined
      ? `Lambda takes at most ${maxBytes.toLocaleString('en')} in one invocation. Give the pool a \`payloadBucket\`, through which ` +
        'larger ones travel, or send less'
      : `at most ${maxBytes.toLocaleString('en')} travel through the \`payloadBucket\`. Send less`;
  return new LambdaPoolError(
    'PAYLOAD_TOO_LARGE',
    `The arguments of call ${index} of ${task} make a payload of ${size}; ${limit}, for example the name of a file or ` +
      'an object in S3 that the task reads. Nothing was sent.',
    { details: { task, index, bytes, maxBytes } },
  );
}
