/** Asks a function what it holds, over any transport, and reads every way in which that can go wrong. */
import type { Manifest } from '../../agent/manifest.ts';
import { PROTOCOL_VERSION } from '../../agent/protocol.ts';
import type { DescribeReply, DescribeRequest } from '../../agent/protocol.ts';
import { LambdaPoolError, isLambdaPoolError } from '../shared/errors.ts';
import type { InvokeResponse, Transport } from '../transport/transport.ts';
import { updateCommand } from './compare-tasks.ts';
import type { Whereabouts } from './compare-tasks.ts';
import { readFunctionError } from './function-error.ts';
import type { FunctionFault } from './function-error.ts';
import { BEGINNING } from './outcome.ts';
import { versionSkew } from './version-skew.ts';

const REQUEST: DescribeRequest = { lambdapool: PROTOCOL_VERSION, describe: true };
const PAYLOAD = JSON.stringify(REQUEST);

/** Environments die now and then; one that always dies at its start is not asked for ever. */
const MAX_ATTEMPTS = 3;

export interface Question {
  readonly transport: Transport;
  readonly where: Whereabouts;
  readonly signal: AbortSignal;
  /** Told of the answer, whatever it is: it costs what an invocation costs. */
  readonly onAnswer: (response: InvokeResponse) => void;
}

/**
 * What the function holds. Whoever waits for it has sent no call.
 * @throws {LambdaPoolError} TASKS_DIFFER if its agent is of another version; FUNCTION_NOT_FOUND if it has none; INIT_FAILED if
 * its environment does not start; UNREACHABLE, to be tried again, if the answer was lost; what the transport throws.
 */
export async function askForTasks({ transport, where, signal, onAnswer }: Question): Promise<Manifest> {
  for (let attempt = 1; ; attempt += 1) {
    let response: InvokeResponse;
    try {
      response = await transport.invoke({ payload: PAYLOAD, logs: true }, { signal });
    } catch (error) {
      throw lostAnswer(error, where, signal);
    }
    onAnswer(response);
    if (response.functionError === undefined) return readReply(response, where);
    const fault = readFunctionError(response);
    if (fault.errorType !== 'Runtime.ExitError' || attempt === MAX_ATTEMPTS) throw refused(fault, where);
  }
}

function readReply(response: InvokeResponse, where: Whereabouts): Manifest {
  const reply = parse(response.payload);
  if (reply === undefined && BEGINNING.test(response.payload)) throw truncated(where);
  if (!isDescribed(reply)) throw noAgent(response.payload, where);
  if (reply.lambdapool !== PROTOCOL_VERSION) throw versionSkew(reply.lambdapool, where);
  if (!isReply(reply)) throw noAgent(response.payload, where);
  return reply.manifest;
}

/** A lost answer to a call leaves open whether it ran; to this question it does not matter. */
function lostAnswer(error: unknown, { transport }: Whereabouts, signal: AbortSignal): unknown {
  if (signal.aborted) return error;
  if (isLambdaPoolError(error) && error.code !== 'OUTCOME_UNKNOWN') return error;
  const said = error instanceof Error ? error.message : String(error);
  const message = `The function that the transport \`${transport}\` reaches was asked for its tasks, and the answer was lost (${said}).`;
  return new LambdaPoolError('UNREACHABLE', message, { cause: error, retryable: true });
}

function truncated({ transport }: Whereabouts): LambdaPoolError {
  const message = `The function that the transport \`${transport}\` reaches was asked for its tasks, and its answer is no whole JSON.`;
  return new LambdaPoolError('UNREACHABLE', message, { retryable: true });
}

function parse(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}

function isDescribed(reply: unknown): reply is { readonly lambdapool: unknown } {
  return typeof reply === 'object' && reply !== null && 'lambdapool' in reply;
}

function isReply(reply: object): reply is DescribeReply {
  if (!('manifest' in reply) || typeof reply.manifest !== 'object' || reply.manifest === null) return false;
  const { manifest } = reply;
  if (!('hash' in manifest) || typeof manifest.hash !== 'string') return false;
  return 'tasks' in manifest && typeof manifest.tasks === 'object' && manifest.tasks !== null;
}

function refused(fault: FunctionFault, where: Whereabouts): LambdaPoolError {
  const said = fault.errorType === '' ? fault.message : `${fault.errorType}: ${fault.message}`;
  if (fault.errorType === 'ProtocolMismatch') return versionSkew(fault.message, where);
  if (fault.errorType === 'EventInvalid') {
    return new LambdaPoolError(
      'TASKS_DIFFER',
      `The function that the transport \`${where.transport}\` reaches was built by an older lambdapool, which cannot tell what ` +
        `tasks it has (${said}). Deploy it again with this version: ${updateCommand(where)}. The call was not sent.`,
    );
  }
  // Lambda's own accounts of a function that did not start or ended; all else was thrown by a handler that is not ours.
  if (/^(?:Runtime|Sandbox|Extension|Function)\./.test(fault.errorType) || fault.code !== 'TASK_EXITED') {
    return new LambdaPoolError(
      'INIT_FAILED',
      `The function that the transport \`${where.transport}\` reaches ended before it could tell what tasks it has (${said}). ` +
        `Look at its log, and deploy it again: ${updateCommand(where)}. The call was not sent.`,
      { details: { errorType: fault.errorType } },
    );
  }
  return noAgent(said, where);
}

function noAgent(answer: string, { transport }: Whereabouts): LambdaPoolError {
  const shown = answer.length > 100 ? `${answer.slice(0, 100)}...` : answer;
  return new LambdaPoolError(
    'FUNCTION_NOT_FOUND',
    `The function that the transport \`${transport}\` reaches does not hold a lambdapool agent: asked for its tasks, it answered ${shown}. ` +
      'Check its name (`lambdaEntrypoint`), and that what is deployed there was built by lambdapool. The call was not sent.',
    { details: { answer: shown } },
  );
}
