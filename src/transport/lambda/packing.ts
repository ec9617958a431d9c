/** Payloads on their way to Lambda and back: packed where that makes them much shorter. Pure, but for the thread of zlib. */
import { pack, unpack } from '../../../agent/packing.ts';
import { LambdaPoolError } from '../../shared/errors.ts';
import { isLoopback } from '../../shared/loopback.ts';

/** How the requests of a pool begin. Whatever else is sent, the receiver may not know how to unpack. */
const REQUEST = '{"lambdapool":';
/** How a packed reply begins, also where something on the way has written the JSON anew. */
const PACKED_REPLY = /^\s*\{\s*"lambdapool"\s*:\s*\d+\s*,\s*"gzip"\s*:/;

/** The payload as it is best sent, packed. Undefined: send it as it is. */
export async function packPayload(payload: string): Promise<string | undefined> {
  if (!payload.startsWith(REQUEST)) return undefined;
  const packed = await pack(payload);
  return packed && JSON.stringify(packed);
}

/**
 * The payload that the agent wrote. One that is not packed, or has lost its end, is handed on as it came.
 * @throws {LambdaPoolError} OUTCOME_UNKNOWN if it does not unpack.
 */
export async function unpackPayload(payload: string): Promise<string> {
  const gzip = PACKED_REPLY.test(payload) ? gzipOf(payload) : undefined;
  if (gzip === undefined) return payload;
  try {
    return await unpack(gzip);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `The gzipped answer of the function does not unpack (${reason}): the tasks ran, but nobody can read their results.`;
    throw new LambdaPoolError('OUTCOME_UNKNOWN', message, { cause, details: { length: payload.length } });
  }
}

/** Whether payloads to this endpoint are worth packing: not if they stay on this machine. */
export function isRemote(endpoint: string | undefined): boolean {
  const hostname = endpoint === undefined ? undefined : URL.parse(endpoint)?.hostname;
  return hostname === undefined || !isLoopback(hostname);
}

function gzipOf(payload: string): string | undefined {
  try {
    const packed: { readonly gzip?: unknown } = JSON.parse(payload);
    return typeof packed.gzip === 'string' ? packed.gzip : undefined;
  } catch {
    return undefined;
  }
}
