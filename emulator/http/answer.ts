/** Writes answers: the result of an invocation, or an error in the form of Lambda's API. Each in one writeHead. */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { isLambdaPoolError } from '../../src/shared/errors.ts';
import type { InvocationResult } from '../invocation.ts';
import { ServiceError } from '../service-error.ts';
import { ANSWER_HEADER, EMULATOR_HEADER, headerText } from './headers.ts';
import { PACKAGE_VERSION } from './package-version.ts';

type Headers = Record<string, string | number>;

export function sendResult(response: ServerResponse, result: InvocationResult, traceId: string): void {
  if (response.destroyed) return;
  const headers: Headers = { [ANSWER_HEADER.requestId]: result.requestId, [EMULATOR_HEADER]: PACKAGE_VERSION };
  // A 204 has no body to describe.
  if (result.statusCode !== 204) {
    headers['Content-Type'] = 'application/json';
    headers['Content-Length'] = Buffer.byteLength(result.payload);
    headers[ANSWER_HEADER.remappedContentLength] = 0;
  }
  if (result.executedVersion !== undefined) headers[ANSWER_HEADER.executedVersion] = result.executedVersion;
  if (result.functionError !== undefined) headers[ANSWER_HEADER.functionError] = result.functionError;
  if (result.logTail !== undefined) headers[ANSWER_HEADER.logResult] = Buffer.from(result.logTail).toString('base64');
  if (result.buildError !== undefined) headers[ANSWER_HEADER.buildError] = headerText(result.buildError);
  headers[ANSWER_HEADER.traceId] = traceId;
  response.writeHead(result.statusCode, headers);
  response.end(result.payload);
}

/** Answers an operation of the control plane; without `body` with 204. */
export function sendJson(response: ServerResponse, status: number, body?: object): void {
  if (response.destroyed) return;
  const headers: Headers = { [ANSWER_HEADER.requestId]: randomUUID(), [EMULATOR_HEADER]: PACKAGE_VERSION };
  const text = body === undefined ? '' : JSON.stringify(body);
  if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
    headers['Content-Length'] = Buffer.byteLength(text);
  }
  response.writeHead(status, headers);
  response.end(text);
}

/** Answers `error`; what Lambda's API has no word for is told in the nearest one. */
export function sendError(response: ServerResponse, error: unknown, requestId: string = randomUUID()): void {
  if (response.destroyed || response.headersSent) return;
  const known = error instanceof ServiceError ? error : asServiceError(error);
  const body = JSON.stringify({ ...known.extra, [known.messageKey]: known.message });
  response.writeHead(known.status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    [ANSWER_HEADER.requestId]: requestId,
    [ANSWER_HEADER.errorType]: known.name,
    [EMULATOR_HEADER]: PACKAGE_VERSION,
  });
  response.end(body);
}

function asServiceError(error: unknown): ServiceError {
  const message = error instanceof Error ? error.message : String(error);
  // Ours: AWS never has code that cannot be built. The status says that nothing ran and that trying again is of no use.
  if (isLambdaPoolError(error, 'BUILD_FAILED')) {
    return new ServiceError('BuildFailedException', message, { status: 400, extra: { Type: 'User' } });
  }
  // The emulator is closing and has not run it: one of the answers after which callers try again.
  if (isLambdaPoolError(error, 'UNREACHABLE')) {
    return new ServiceError('ResourceNotReadyException', message, { status: 502, extra: { Type: 'Service' } });
  }
  return new ServiceError('ServiceException', message, {
    status: 500,
    messageKey: 'Message',
    extra: { Type: 'Service' },
  });
}
