/** Tells the kinds of event apart and checks their shape, before anything is run. */
import { agentError, show } from './errors.ts';
import { PROTOCOL_VERSION } from './protocol.ts';
import type { ChunkRequest, DescribeRequest, InitializerRequest, Json, PlainRequest } from './protocol.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The request that an event stands for.
 * @throws {Error} named EventInvalid (names the field and what it got) or ProtocolMismatch.
 */
export function parseEvent(event: unknown): ChunkRequest | DescribeRequest | PlainRequest {
  if (!isObject(event)) throw invalid('the event', 'an object such as {"task":"math.fibonacci","args":[10]}', event);
  if (!Object.hasOwn(event, 'lambdapool')) return parsePlain(event);
  const version = event['lambdapool'];
  if (version !== PROTOCOL_VERSION) throw mismatch(version);
  return own(event, 'describe') === true ? { lambdapool: PROTOCOL_VERSION, describe: true } : parseChunk(event);
}

/** Whether the request is a chunk of a pool's calls. */
export function isChunkRequest(request: ChunkRequest | DescribeRequest | PlainRequest): request is ChunkRequest {
  return 'calls' in request;
}

/** Whether `value` is an object of names: neither null, nor an array, nor an instance of a class. */
export function isKeywords(value: unknown): value is Fields {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** An error for the field of an event that is not what it must be. */
function invalid(field: string, expected: string, got: unknown): Error {
  return agentError('EventInvalid', `Expected ${field} to be ${expected}, got ${show(got)}.`);
}

function parseChunk(event: Fields): ChunkRequest {
  const calls = own(event, 'calls');
  const attempts = own(event, 'attempts') ?? [];
  const maxLogBytes = own(event, 'maxLogBytes') ?? 0;
  if (!isJsonArray(calls)) throw invalid('`calls`', 'an array of calls', calls);
  if (!isNumbers(attempts)) throw invalid('`attempts`', 'an array of numbers from 1', attempts);
  if (typeof maxLogBytes !== 'number') throw invalid('`maxLogBytes`', 'a number of bytes', maxLogBytes);
  const chunk = { lambdapool: PROTOCOL_VERSION, task: parseTask(event), calls, attempts, maxLogBytes } as const;
  const logsOf = own(event, 'logsOf') === 'failures' ? ({ logsOf: 'failures' } as const) : {};
  return { ...chunk, ...logsOf, ...parseEnvironmentRules(event) };
}

function parseEnvironmentRules(event: Fields): Pick<ChunkRequest, 'initializer' | 'maxTasksPerEnvironment'> {
  const initializer = own(event, 'initializer');
  const maxTasksPerEnvironment = own(event, 'maxTasksPerEnvironment');
  if (initializer !== undefined && !isInitializer(initializer)) {
    throw invalid('`initializer`', 'an object with the name of a `task` and its `args`', initializer);
  }
  if (maxTasksPerEnvironment !== undefined && !isCount(maxTasksPerEnvironment)) {
    throw invalid('`maxTasksPerEnvironment`', 'a number from 1', maxTasksPerEnvironment);
  }
  return {
    ...(initializer !== undefined && { initializer }),
    ...(maxTasksPerEnvironment !== undefined && { maxTasksPerEnvironment }),
  };
}

function parsePlain(event: Fields): PlainRequest {
  const args = own(event, 'args') ?? [];
  const kwds = own(event, 'kwds') ?? {};
  const task = parseTask(event);
  if (!Array.isArray(args)) throw invalid('`args`', 'an array of positional arguments', args);
  if (!isKeywords(kwds)) throw invalid('`kwds`', 'an object of keyword arguments', kwds);
  return { task, args, kwds };
}

function parseTask(event: Fields): string {
  const task = own(event, 'task');
  if (typeof task === 'string') return task;
  throw invalid('`task`', 'the name of a task, such as "math.fibonacci"', task);
}

function mismatch(version: unknown): Error {
  const isClientOlder = typeof version === 'number' && version < PROTOCOL_VERSION;
  const remedy = isClientOlder
    ? "Update the client's lambdapool: `npm install lambdapool@latest`."
    : "Run `lambdapool update` with the client's version of lambdapool: it deploys the tasks again, with the agent that fits.";
  const message = `The client speaks version ${show(version)} of lambdapool's protocol, this function version ${PROTOCOL_VERSION}. ${remedy}`;
  return agentError('ProtocolMismatch', message, { clientVersion: version, functionVersion: PROTOCOL_VERSION });
}

function own(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// Events have gone through JSON.parse: what is in an array is JSON.
function isJsonArray(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(isCount);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1;
}

function isInitializer(value: unknown): value is InitializerRequest {
  return isObject(value) && typeof own(value, 'task') === 'string' && own(value, 'args') !== undefined;
}
