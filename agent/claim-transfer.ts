/**
 * Moves one object by a presigned URL, with fetch alone: the agent and the client's side do it in the same way. Whoever has
 * such a URL has the object, so no message ever shows more of it than the host.
 */

/**
 * Most bytes of one object, on the way to the function or back, after unpacking. A string of JavaScript ends at twice of
 * this, and what is made of it takes several times its size in memory.
 */
export const MAX_OBJECT_BYTES: number = 256 * 1024 * 1024;
/** The type of all objects; a part of the signature of a PUT. */
export const OBJECT_TYPE = 'application/json';

/** A transfer is tried so often, if what failed may pass. */
const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 100;
/** Of an answer that says no. More is no error of S3. */
const MAX_ERROR_BYTES = 4_096;

/** How long a transfer may take, all attempts together, and who may end it. */
export interface TransferLimits {
  readonly timeoutMs: number;
  /** Ends it with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

/** What is known of a transfer that failed. */
interface Facts {
  /** Of the answer; undefined: there was none. */
  readonly status?: number | undefined;
  /** S3's name for it: `AccessDenied`. */
  readonly awsCode?: string | undefined;
  /** Where the bucket is, if that is what is wrong. */
  readonly bucketRegion?: string | undefined;
  /** The same may succeed a little later. */
  readonly isTemporary: boolean;
}

/** An object that did not come or go. The message is a sentence without its subject: `s3.example answered 404 (NoSuchKey)`. */
export class TransferError extends Error implements Facts {
  readonly status: number | undefined;
  readonly awsCode: string | undefined;
  readonly bucketRegion: string | undefined;
  readonly isTemporary: boolean;

  static {
    Object.defineProperty(this.prototype, 'name', { value: 'TransferError', writable: true, configurable: true });
  }

  // Never with a cause: fetch's own errors may show the URL.
  constructor(message: string, facts: Facts) {
    super(message);
    this.status = facts.status;
    this.awsCode = facts.awsCode;
    this.bucketRegion = facts.bucketRegion;
    this.isTemporary = facts.isTemporary;
  }
}

/**
 * The text of an object.
 * @throws {TransferError} also for more than `maxBytes`.
 * @throws `limits.signal.reason`
 */
export function download(url: URL, limits: TransferLimits, maxBytes: number = MAX_OBJECT_BYTES): Promise<string> {
  return transfer(url, limits, async (signal) => {
    const response = await send(url, { method: 'GET', signal });
    return readText(response, url, maxBytes);
  });
}

/** @throws {TransferError} @throws `limits.signal.reason` */
export function upload(url: URL, bytes: Uint8Array<ArrayBuffer>, limits: TransferLimits): Promise<void> {
  return transfer(url, limits, async (signal) => {
    const headers = { 'content-type': OBJECT_TYPE };
    await drain(await send(url, { method: 'PUT', body: bytes, headers, signal }));
  });
}

/**
 * An object that is not there is removed, too.
 * @throws {TransferError}
 * @throws `limits.signal.reason`
 */
export function remove(url: URL, limits: TransferLimits): Promise<void> {
  return transfer(url, limits, async (signal) => {
    try {
      await drain(await send(url, { method: 'DELETE', signal }));
    } catch (error) {
      if (!(error instanceof TransferError && error.awsCode === 'NoSuchKey')) throw error;
    }
  });
}

/** Runs `once` until it succeeds, what fails is for good, or the time is up. */
async function transfer<T>(
  url: URL,
  { timeoutMs, signal }: TransferLimits,
  once: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const onAbort = (): void => controller.abort();
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted === true) onAbort();
  const timer = setTimeout(onAbort, timeoutMs);
  try {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await once(controller.signal);
      } catch (error) {
        if (controller.signal.aborted) throw signal?.aborted === true ? signal.reason : tooSlow(url, timeoutMs);
        if (!isTemporary(error) || attempt === ATTEMPTS) throw asTransferError(error, url);
        await pause(FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random()), controller.signal);
      }
    }
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

/** One request. Redirects are not followed: they would hand the bytes to a place that nobody has chosen. */
async function send(url: URL, init: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...init, redirect: 'manual' });
  if (response.ok) return response;
  const { status } = response;
  const { code, region } = await readRefusal(response);
  const bucketRegion = response.headers.get('x-amz-bucket-region') ?? region;
  const name = code === undefined ? '' : ` (${code})`;
  const redirect = status >= 300 && status < 400 ? ', a redirect, which is not followed' : '';
  throw new TransferError(`${url.host} answered ${status}${name}${redirect}`, {
    status,
    awsCode: code,
    bucketRegion: bucketRegion !== undefined && /^[a-z0-9-]{3,40}$/.test(bucketRegion) ? bucketRegion : undefined,
    isTemporary: status === 429 || status >= 500 || code === 'RequestTimeout',
  });
}

/** Single words only: what else stands there may be nobody's to tell. */
async function readRefusal(response: Response): Promise<{ readonly code?: string; readonly region?: string }> {
  try {
    const text = (await readBytes(response, MAX_ERROR_BYTES))?.toString() ?? '';
    const code = /<Code>([A-Za-z0-9]{1,64})<\/Code>/.exec(text)?.[1];
    const region = /<Region>([a-z0-9-]{3,40})<\/Region>/.exec(text)?.[1];
    return { ...(code !== undefined && { code }), ...(region !== undefined && { region }) };
  } catch {
    return {};
  }
}

async function readText(response: Response, url: URL, maxBytes: number): Promise<string> {
  const bytes = await readBytes(response, maxBytes);
  if (bytes !== undefined) return bytes.toString();
  const limit = maxBytes.toLocaleString('en');
  throw new TransferError(`${url.host} sent more than the ${limit} bytes that one object may have`, {
    isTemporary: false,
  });
}

/** Undefined if there are more; the rest is not read. */
async function readBytes(response: Response, maxBytes: number): Promise<Buffer | undefined> {
  const { body } = response;
  if (body === null) return Buffer.alloc(0);
  const isPlain = !response.headers.has('content-encoding');
  if (isPlain && Number(response.headers.get('content-length') ?? 0) > maxBytes) {
    await body.cancel();
    return undefined;
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop cancels the body.
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

/** Lets the connection be used again. */
async function drain(response: Response): Promise<void> {
  await readBytes(response, MAX_ERROR_BYTES);
}

function isTemporary(error: unknown): boolean {
  return error instanceof TransferError ? error.isTemporary : true;
}

/** No answer: fetch says why in its cause, by the system's word. */
function asTransferError(error: unknown, url: URL): TransferError {
  if (error instanceof TransferError) return error;
  const reason = reasonOf(error instanceof Error ? (error.cause ?? error) : error);
  return new TransferError(`${url.host} could not be reached (${reason})`, { isTemporary: true });
}

function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return reasonOf(cause.errors[0]);
  if (!(cause instanceof Error)) return 'no reason given';
  const code: unknown = 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : cause.name;
}

function tooSlow(url: URL, timeoutMs: number): TransferError {
  return new TransferError(`${url.host} did not finish within ${Math.round(timeoutMs)} ms`, { isTemporary: true });
}

/** Ends early, without an error, when the signal fires. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
