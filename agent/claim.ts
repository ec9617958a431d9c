/**
 * Requests and replies that are too large for Lambda travel through a bucket, and Lambda carries only where they are:
 * `Claimed` in protocol.ts. The client decides, owns the bucket, and lends one URL for each way; this needs no SDK and no
 * permission.
 */
import { MAX_OBJECT_BYTES, TransferError, download, upload } from './claim-transfer.ts';
import { isHostOfObjects } from './claim-hosts.ts';
import { agentError, show } from './errors.ts';
import { PROTOCOL_VERSION } from './protocol.ts';
import type { Claim, ClaimReply } from './protocol.ts';
import { MAX_REPLY_BYTES } from './reply-size.ts';

/** Kept of the function's time for telling that a transfer did not finish. */
const ANSWER_MARGIN_MS = 500;
// UTF-8 needs at most three bytes for a UTF-16 unit: shorter texts need no counting.
const SURELY_FITTING_LENGTH = MAX_REPLY_BYTES / 3;

interface Context {
  getRemainingTimeInMillis(): number;
}

type Answer<C> = (event: unknown, context: C, maxReplyBytes: number) => Promise<unknown>;

/**
 * `answer` for requests that say where they are, and where a reply may go that is too large. For others it costs a look at
 * one property. What goes wrong with an object is the reply, so that the client knows what has run.
 * @throws {Error} named EventInvalid for a claim that is none.
 */
export function claiming<C extends Context>(answer: Answer<C>): (event: unknown, context: C) => Promise<unknown> {
  const answerClaimed = async (event: { readonly claim: unknown }, context: C): Promise<unknown> => {
    const { get, put } = parseClaim(event.claim);
    let request: unknown = event;
    if (get !== undefined) {
      try {
        request = parseRequest(await download(get, { timeoutMs: timeLeft(context) }));
      } catch (error) {
        return failure('get', error);
      }
    }
    const reply = await answer(request, context, MAX_OBJECT_BYTES);
    const text = tooLargeText(reply);
    if (text === undefined) return reply;
    try {
      const bytes = Buffer.from(text);
      if (bytes.length > MAX_OBJECT_BYTES) throw replyTooLarge(bytes.length);
      await upload(put, bytes, { timeoutMs: timeLeft(context) });
      return { lambdapool: PROTOCOL_VERSION, claim: { bytes: bytes.length } } satisfies ClaimReply;
    } catch (error) {
      return failure('put', error);
    }
  };
  return (event, context) =>
    isClaimed(event) ? answerClaimed(event, context) : answer(event, context, MAX_REPLY_BYTES);
}

/** Another version is for `parseEvent` to judge. */
function isClaimed(event: unknown): event is { readonly claim: unknown } {
  if (typeof event !== 'object' || event === null || !Object.hasOwn(event, 'claim')) return false;
  return 'lambdapool' in event && event.lambdapool === PROTOCOL_VERSION;
}

/** The URLs as this process reaches them. Messages never show them: whoever has one has the object. */
function parseClaim(claim: unknown): { readonly get: URL | undefined; readonly put: URL } {
  if (typeof claim !== 'object' || claim === null) throw invalid('be an object with the URL `put`', show(claim));
  const { get, put, isLocal }: { readonly [Key in keyof Claim]?: unknown } = claim;
  const endpoint = isLocal === true ? undefined : process.env['AWS_ENDPOINT_URL'];
  return { get: get === undefined ? undefined : reach('get', get, endpoint), put: reach('put', put, endpoint) };
}

/** The client's URL. In a container of LocalStack the endpoint is not where the client finds it, and a variable says where. */
function reach(name: keyof Claim, text: unknown, endpoint: string | undefined): URL {
  const url = typeof text === 'string' ? URL.parse(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw invalid(`have an http: or https: URL as \`${name}\``, `a ${typeof text} that is none`);
  }
  const base = endpoint === undefined ? null : URL.parse(endpoint);
  if (base === null || !/^https?:$/.test(base.protocol)) return checkHost(name, url);
  url.protocol = base.protocol;
  url.hostname = base.hostname;
  url.port = base.port;
  return url;
}

function checkHost(name: keyof Claim, url: URL): URL {
  if (isHostOfObjects(url, process.env)) return url;
  throw invalid(
    `have \`${name}\` in S3 of AWS by https:, or where AWS_ENDPOINT_URL_S3 in the environment of the function says`,
    `one at ${url.origin}`,
  );
}

/** The parser's own message shows what it read, which may be nobody's to tell. */
function parseRequest(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new TransferError('what lies there is no JSON', { isTemporary: false });
  }
}

/** The text of a reply that Lambda would not carry. */
function tooLargeText(reply: unknown): string | undefined {
  let text: string | undefined;
  try {
    text = JSON.stringify(reply);
  } catch (error) {
    // All else in it has been through the codec.
    if (error instanceof RangeError) throw replyTooLarge(undefined);
    throw error;
  }
  if (text === undefined || text.length <= SURELY_FITTING_LENGTH) return undefined;
  return Buffer.byteLength(text) <= MAX_REPLY_BYTES ? undefined : text;
}

/** By Lambda's own name for it, which the pool understands. */
function replyTooLarge(bytes: number | undefined): Error {
  const size = bytes === undefined ? 'The results' : `The results of ${bytes.toLocaleString('en')} bytes`;
  const message = `${size} exceed the ${MAX_OBJECT_BYTES.toLocaleString('en')} bytes that travel through a bucket.`;
  return agentError('Function.ResponseSizeTooLarge', message);
}

function failure(failed: 'get' | 'put', error: unknown): ClaimReply {
  if (!(error instanceof TransferError)) throw error;
  const { message, status, awsCode, isTemporary } = error;
  const facts = { ...(status !== undefined && { status }), ...(awsCode !== undefined && { awsCode }) };
  return { lambdapool: PROTOCOL_VERSION, claim: { failed, message, isTemporary, ...facts } };
}

function timeLeft(context: Context): number {
  return Math.max(1, context.getRemainingTimeInMillis() - ANSWER_MARGIN_MS);
}

function invalid(expected: string, got: string): Error {
  return agentError('EventInvalid', `Expected \`claim\` to ${expected}, got ${got}.`);
}
