/**
 * Long requests and replies may travel gzipped, in base64, for Lambda takes JSON only: `Packed` in protocol.ts. The client
 * decides; a reply is packed only if its request was. Loads node:zlib when it first needs it.
 */
import { promisify } from 'node:util';
import { agentError, show } from './errors.ts';
import { PROTOCOL_VERSION } from './protocol.ts';
import type { Packed } from './protocol.ts';
import { MAX_REPLY_BYTES } from './reply-size.ts';

/** Below this, hardly anything is gained on any link. */
const MIN_LENGTH = 64 * 1024;
/** The beginning that tells for little whether the rest is worth it. */
const PROBE_LENGTH = 16 * 1024;
/** What must be left, base64 included, to be worth the time of both sides. */
const MAX_SHARE = 0.7;
/** The higher levels cost several times as much for a few per cent. */
const LEVEL = 1;
/** Ten times what Lambda takes: more is no request, but an attempt to fill the memory. */
const MAX_UNPACKED_BYTES = 64 * 1024 * 1024;
/** Nearer to the deadline nothing is packed: 6 MiB take 20 ms, on the smallest functions (a fourteenth of a core) 300 ms. */
const MIN_REMAINING_MS = 1_000;

interface Context {
  getRemainingTimeInMillis(): number;
}

/**
 * `answer` for packed events, too; their replies are packed where that helps. For others it costs a look at one property.
 * Rejects packed events that cannot be unpacked with an error named EventInvalid.
 */
export function unpacking<C extends Context>(
  answer: (event: unknown, context: C) => Promise<unknown>,
): (event: unknown, context: C) => Promise<unknown> {
  const answerPacked = async (gzip: unknown, context: C): Promise<unknown> => {
    const reply = await answer(await unpackEvent(gzip), context);
    if (context.getRemainingTimeInMillis() < MIN_REMAINING_MS) return reply;
    const text: string | undefined = JSON.stringify(reply);
    return (text === undefined ? undefined : await pack(text)) ?? reply;
  };
  return (event, context) => (isPacked(event) ? answerPacked(event.gzip, context) : answer(event, context));
}

/**
 * The text, packed. Undefined where that is not worth it, or the text exceeds Lambda's limit: what is too large is so
 * however well it shrinks.
 */
export async function pack(text: string): Promise<Packed | undefined> {
  if (text.length < MIN_LENGTH || text.length > MAX_REPLY_BYTES) return undefined;
  const { gzip, gzipSync } = await import('node:zlib');
  const probe = Buffer.from(text.slice(0, PROBE_LENGTH));
  if (!isWorth(gzipSync(probe, { level: LEVEL }).length, probe.length)) return undefined;
  const bytes = Buffer.from(text);
  if (bytes.length > MAX_REPLY_BYTES) return undefined;
  const zipped = await promisify(gzip)(bytes, { level: LEVEL });
  if (!isWorth(zipped.length, bytes.length)) return undefined;
  return { lambdapool: PROTOCOL_VERSION, gzip: zipped.toString('base64') };
}

/** The text in a `Packed`. Rejects with zlib's errors. */
export async function unpack(gzip: string): Promise<string> {
  const { gunzip } = await import('node:zlib');
  const bytes = await promisify(gunzip)(Buffer.from(gzip, 'base64'), { maxOutputLength: MAX_UNPACKED_BYTES });
  return bytes.toString();
}

/** Another version, or another field, is for `parseEvent` to judge. */
function isPacked(event: unknown): event is { readonly gzip: unknown } {
  if (typeof event !== 'object' || event === null || !Object.hasOwn(event, 'gzip')) return false;
  return 'lambdapool' in event && event.lambdapool === PROTOCOL_VERSION;
}

async function unpackEvent(gzip: unknown): Promise<unknown> {
  if (typeof gzip !== 'string') throw unreadable(`be base64 of gzipped JSON, got ${show(gzip)}`);
  try {
    return JSON.parse(await unpack(gzip));
  } catch (error) {
    if (isTooLarge(error)) {
      const limit = MAX_UNPACKED_BYTES.toLocaleString('en');
      throw unreadable(`unpack to at most ${limit} bytes, got more in ${gzip.length.toLocaleString('en')} characters`);
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw unreadable(`be base64 of gzipped JSON, got ${show(gzip)}: ${reason}`);
  }
}

function unreadable(what: string): Error {
  return agentError('EventInvalid', `Expected \`gzip\` to ${what}.`);
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}

/** Base64 writes three bytes as four characters. */
function isWorth(zippedBytes: number, bytes: number): boolean {
  return (zippedBytes * 4) / 3 < MAX_SHARE * bytes;
}
