/** Invoke: POST /2015-03-31/functions/{FunctionName}/invocations. Reads, calls the core, answers. */
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Request, Response } from 'express';
import { MAX_SYNC_REQUEST_BYTES } from '../../limits.ts';
import { entityTooLarge } from '../../api-errors.ts';
import { sendError, sendResult } from '../answer.ts';
import { ClientGoneError, readBody } from '../body.ts';
import { callerOf } from '../caller.ts';
import { type FunctionRef, parseFunctionRef } from '../../control/function-name.ts';
import { newTraceId, REQUEST_HEADER } from '../headers.ts';
import { parseInvokeHeaders, parsePayload, parseRequestId, valueOf } from '../invoke-request.ts';
import type { EmulatorCore, Operation } from '../operation.ts';

export function invokeOperation(core: EmulatorCore): Operation {
  return {
    name: 'Invoke',
    method: 'POST',
    path: '/2015-03-31/functions/:FunctionName/invocations',
    handle: (request, response) => handle(core, request, response),
  };
}

async function handle(core: EmulatorCore, request: Request, response: Response): Promise<void> {
  // The id of an error answer, too: it is the one that the log of a failed call shows.
  let requestId: string = randomUUID();
  try {
    const body = await readBody(request, MAX_SYNC_REQUEST_BYTES);
    if (body === 'too-large') {
      throw entityTooLarge(
        `Request must be smaller than ${MAX_SYNC_REQUEST_BYTES} bytes for the InvokeFunction operation`,
      );
    }
    requestId = parseRequestId(request.headers) ?? requestId;
    const ref = functionRefOf(core, request);
    const headers = parseInvokeHeaders(request.headers);
    const payload = parsePayload(body, headers.invocationType);
    const traceId = valueOf(request.headers, REQUEST_HEADER.traceId) ?? newTraceId();
    // An Event that was accepted runs whether or not its sender is still there.
    const signal = headers.invocationType === 'RequestResponse' ? signalOf(request) : undefined;
    const result = await core.invoke({ ...ref, ...headers, payload, requestId, traceId, signal });
    sendResult(response, result, traceId);
  } catch (error) {
    if (!(error instanceof ClientGoneError)) sendError(response, error, requestId);
  }
}

function functionRefOf(core: EmulatorCore, request: Request): FunctionRef {
  const name = String(request.params['FunctionName']);
  const query = request.url.indexOf('?');
  const qualifier =
    query < 0 ? undefined : (new URLSearchParams(request.url.slice(query + 1)).get('Qualifier') ?? undefined);
  return parseFunctionRef(name, qualifier, () => callerOf(request.headers.authorization, core));
}

// One for each connection, which carries one request at a time: making one for each request costs more than the routing.
const signals = new WeakMap<Socket, AbortSignal>();

/** Aborts when the client goes away. An answer that it has got by then is not harmed. */
function signalOf({ socket }: Request): AbortSignal {
  const known = signals.get(socket);
  if (known !== undefined) return known;
  const controller = new AbortController();
  signals.set(socket, controller.signal);
  socket.once('close', () => controller.abort(new ClientGoneError('The client closed the connection.')));
  return controller.signal;
}
