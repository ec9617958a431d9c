/** From the headers and the body of an HTTP request to an InvocationRequest, or Lambda's error about them. Pure. */
import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import type { InvocationRequest } from '../invocation.ts';
import { MAX_EVENT_REQUEST_BYTES } from '../limits.ts';
import { entityTooLarge, invalidParameter, invalidRequestContent, validationError, violation } from '../api-errors.ts';
import { REQUEST_HEADER } from './headers.ts';
import { describeJsonError } from './json-syntax.ts';
import { MAX_CLIENT_CONTEXT_BYTES } from './limits.ts';

/** The part of an InvocationRequest that stands in headers. */
export type InvokeHeaders = Required<Pick<InvocationRequest, 'invocationType' | 'logType'>> &
  Pick<InvocationRequest, 'clientContext'>;

const INVOCATION_TYPES = ['Event', 'RequestResponse', 'DryRun'] as const;
const LOG_TYPES = ['None', 'Tail'] as const;
const UUID = /^[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}$/i;

/** @throws {ServiceError} ValidationException, InvalidRequestContentException, InvalidParameterValueException. */
export function parseInvokeHeaders(headers: IncomingHttpHeaders): InvokeHeaders {
  refuseUnsupported(headers);
  const invocationType = oneOf(
    'invocationType',
    valueOf(headers, REQUEST_HEADER.invocationType) ?? 'RequestResponse',
    INVOCATION_TYPES,
  );
  const logType = oneOf('logType', valueOf(headers, REQUEST_HEADER.logType) ?? 'None', LOG_TYPES);
  const context = valueOf(headers, REQUEST_HEADER.clientContext);
  // AWS: a client context is passed on in synchronous calls only.
  if (context === undefined || invocationType === 'Event') return { invocationType, logType };
  return { invocationType, logType, clientContext: parseClientContext(context) };
}

/** The request id that the caller wishes for. */
export function parseRequestId(headers: IncomingHttpHeaders): string | undefined {
  const id = valueOf(headers, REQUEST_HEADER.requestId);
  if (id !== undefined && !UUID.test(id)) {
    throw invalidRequestContent(`The value of the x-amzn-RequestId header is not a valid UUID: ${id.slice(0, 100)}`);
  }
  return id?.toLowerCase();
}

/** The event as JSON text; an empty body is `{}`. @throws {ServiceError} if it is not JSON, or too large for its type. */
export function parsePayload(body: Buffer, invocationType: InvocationRequest['invocationType']): string {
  if (invocationType === 'Event' && body.length > MAX_EVENT_REQUEST_BYTES) {
    throw entityTooLarge(
      `${body.length} byte payload is too large for the Event invocation type (limit ${MAX_EVENT_REQUEST_BYTES} bytes)`,
    );
  }
  if (body.length === 0) return '{}';
  const text = body.toString('utf8');
  if (!isUtf8(body) || !isJson(text)) {
    throw invalidRequestContent(
      `Could not parse request body into json: Could not parse payload into json: ${describeJsonError(body)}`,
    );
  }
  return text;
}

/** One value of a header; Node joins repeated ones with commas, which no value of ours survives. */
export function valueOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

function oneOf<const T extends string>(member: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value);
  if (found !== undefined) return found;
  throw validationError([violation(value, member, `satisfy enum value set: [${allowed.join(', ')}]`)]);
}

function parseClientContext(base64: string): string {
  if (base64.length > MAX_CLIENT_CONTEXT_BYTES) {
    throw invalidRequestContent(
      `Client context must be at most ${MAX_CLIENT_CONTEXT_BYTES} bytes of Base64, got ${base64.length}.`,
    );
  }
  const bytes = Buffer.from(base64, 'base64');
  const text = bytes.toString('utf8');
  // Buffer.from skips what is not base64 instead of refusing it.
  const isBase64 = /^[A-Za-z0-9+/_-]*={0,2}$/.test(base64);
  if (!isBase64 || !isUtf8(bytes) || !isJson(text) || !text.trimStart().startsWith('{')) {
    throw invalidRequestContent('Client context must be a valid Base64-encoded JSON object.');
  }
  return text;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Silence would be worse: a tenant's call would share an environment with others, a durable one would not be durable. */
function refuseUnsupported(headers: IncomingHttpHeaders): void {
  if (headers[REQUEST_HEADER.tenantId] !== undefined) {
    throw invalidParameter('This emulator does not isolate tenants. Leave out the tenant id (X-Amz-Tenant-Id).');
  }
  if (headers[REQUEST_HEADER.durableExecutionName] !== undefined) {
    throw invalidParameter(
      'This emulator has no durable executions. Leave out the name (X-Amz-Durable-Execution-Name).',
    );
  }
}
