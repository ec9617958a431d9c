/** What the operations of the control plane have in common: reads a bounded JSON request, calls, answers JSON. */
import type { Request, Response } from 'express';
import type { Caller } from '../control/function-name.ts';
import { type Fields, isFields } from '../control/fields.ts';
import { accessDenied, entityTooLarge } from '../api-errors.ts';
import { MAX_CODE_REQUEST_BYTES } from '../limits.ts';
import { ServiceError } from '../service-error.ts';
import { refusalOfOtherPage } from './access.ts';
import { sendError, sendJson } from './answer.ts';
import { ClientGoneError, readBody } from './body.ts';
import { callerOf } from './caller.ts';
import type { EmulatorCore, Operation } from './operation.ts';

interface ControlRequest<R extends Fields> {
  /** The members of the body, the path and the query in one, as the SDKs have them. */
  readonly fields: R;
  readonly caller: Caller;
  /** Where the client finds this server: `http://127.0.0.1:3001`. */
  readonly origin: string;
}

export interface ControlOperation<R extends Fields> extends Pick<Operation, 'name' | 'method' | 'path'> {
  /** Status of a good answer. */
  readonly status: 200 | 201 | 204;
  /** Members that stand in the query, and how to read them. */
  readonly query?: Readonly<Record<string, (values: readonly string[]) => unknown>>;
  /** Makes the answer; nothing for a 204. What it throws is answered as an error. */
  readonly call: (request: ControlRequest<R>) => object | void | Promise<object | void>;
}

/** Readers of query members. */
export const text = ([value]: readonly string[]): unknown => value;
export const integer = ([value]: readonly string[]): unknown => (/^-?\d+$/.test(value ?? '') ? Number(value) : value);
export const list = (values: readonly string[]): unknown => values;

export function controlOperation<R extends Fields>(core: EmulatorCore, operation: ControlOperation<R>): Operation {
  const { name, method, path } = operation;
  return { name, method, path, handle: (request, response) => handle(core, operation, { request, response }) };
}

async function handle<R extends Fields>(
  core: EmulatorCore,
  operation: ControlOperation<R>,
  { request, response }: { readonly request: Request; readonly response: Response },
): Promise<void> {
  try {
    const refusal = refusalOfOtherPage(request.headers);
    if (refusal !== undefined) throw accessDenied(refusal);
    const body = await readFields(request, operation.name);
    // The control plane checks each member that it reads: what came may be called a request.
    const fields = { ...body, ...readQuery(request, operation.query), ...request.params } as Fields as R;
    const caller = callerOf(request.headers.authorization, core);
    const answer = await operation.call({ fields, caller, origin: `http://${request.headers.host ?? ''}` });
    sendJson(response, operation.status, answer ?? undefined);
  } catch (error) {
    if (!(error instanceof ClientGoneError)) sendError(response, error);
  }
}

async function readFields(request: Request, operation: string): Promise<Fields> {
  const body = await readBody(request, MAX_CODE_REQUEST_BYTES);
  if (body === 'too-large') {
    throw entityTooLarge(`Request must be smaller than ${MAX_CODE_REQUEST_BYTES} bytes for the ${operation} operation`);
  }
  if (body.length === 0) return {};
  const parsed = parse(body.toString('utf8'));
  if (isFields(parsed)) return parsed;
  throw new ServiceError('SerializationException', 'The request is no JSON object.', { status: 400 });
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function readQuery({ url }: Request, query: ControlOperation<Fields>['query'] = {}): Fields {
  const start = url.indexOf('?');
  const given = new URLSearchParams(start < 0 ? '' : url.slice(start + 1));
  return Object.fromEntries(
    Object.entries(query)
      .filter(([name]) => given.has(name))
      .map(([name, read]) => [fieldName(name), read(given.getAll(name))]),
  );
}

/** `tagKeys` in the query is TagKeys in the SDKs. */
function fieldName(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** `fields` with the bytes of its ZipFile, which travels as base64. @throws {ServiceError} if it is not base64. */
export function withZip<T extends Fields>(fields: T): T {
  const { ZipFile: base64 } = fields;
  if (typeof base64 !== 'string') return fields;
  if (!isBase64(base64)) {
    throw new ServiceError('SerializationException', 'ZipFile is not base64.', { status: 400 });
  }
  return { ...fields, ZipFile: Buffer.from(base64, 'base64') };
}

/** In two parts, of which no text is both: time grows with the length only. */
function isBase64(text: string): boolean {
  const padding = text.indexOf('=');
  const end = padding === -1 ? text.length : padding;
  return /^[A-Za-z0-9+/\s]*$/.test(text.slice(0, end)) && /^(?:=\s*){0,2}$/.test(text.slice(end));
}
