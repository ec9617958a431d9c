/**
 * As much of S3 as presigned URLs need: PUT, GET, HEAD and DELETE of /{bucket}/{key}, in path style. Any signature is good
 * and every bucket is there, for the door is open to this machine only; never to a web page, which could show what it reads.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { ObjectFolder, StoredObject } from './object-folder.ts';

/** S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html, read 2026-11 */
const MAX_KEY_BYTES = 1_024;
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** The scope of a signature for S3, in the query of a presigned URL or in the header of a signed request. */
const SIGNED_FOR_S3 = /(?:%2F|\/)s3(?:%2F|\/)aws4_request/i;
/** What is stored here is nobody's page: a browser that gets to it all the same must not run it. */
const GUARD = {
  'Content-Disposition': 'attachment',
  'Content-Security-Policy': "default-src 'none'; sandbox",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
} as const;

interface Refusal {
  readonly status: number;
  /** As S3 names it. */
  readonly code: string;
  readonly message: string;
}

/** Whether a request says of itself that it is for S3: its signature does. */
export function isForObjects(request: IncomingMessage): boolean {
  const query = request.url?.split('?', 2)[1] ?? '';
  return SIGNED_FOR_S3.test(query) || SIGNED_FOR_S3.test(request.headers.authorization ?? '');
}

/** Answers one request. `path` is what comes before the query: `/{bucket}/{key}`, percent-encoded. Never rejects. */
export async function answerObjectRequest(
  folder: ObjectFolder,
  {
    request,
    response,
    path,
  }: { readonly request: IncomingMessage; readonly response: ServerResponse; readonly path: string },
): Promise<void> {
  try {
    const target =
      refusalOfPage(request) ?? targetOf(path) ?? refusal(400, 'InvalidURI', 'The path is no /{bucket}/{key}.');
    if ('status' in target) return sendRefusal(response, target);
    if (target.key === '') return answerBucket(request, response);
    await answerObject(folder, `${target.bucket}/${target.key}`, { request, response });
  } catch {
    // The client has gone, or the folder has.
    if (response.headersSent || response.destroyed) response.destroy();
    else sendRefusal(response, refusal(500, 'InternalError', 'The object could not be moved.'));
  }
}

/** Programs send neither header, browsers at least one of them with everything that a page asks for. */
function refusalOfPage({ headers }: IncomingMessage): Refusal | undefined {
  if (headers.origin === undefined && headers['sec-fetch-site'] === undefined) return undefined;
  return refusal(403, 'AccessDenied', 'Web pages may not touch the objects of this emulator.');
}

/** The key is a name and never a path: whatever it spells is only looked up. */
function targetOf(path: string): { readonly bucket: string; readonly key: string } | undefined {
  const match = /^\/([^/]+)\/?(.*)$/s.exec(path);
  if (match === null) return undefined;
  try {
    const bucket = decodeURIComponent(match[1] ?? '');
    const key = decodeURIComponent(match[2] ?? '');
    return BUCKET.test(bucket) && Buffer.byteLength(key) <= MAX_KEY_BYTES ? { bucket, key } : undefined;
  } catch {
    return undefined;
  }
}

function answerBucket(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  if (request.method === 'HEAD' || request.method === 'PUT') return send(response, 200);
  sendRefusal(response, notImplemented(`${request.method} of a bucket`));
}

async function answerObject(
  folder: ObjectFolder,
  name: string,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<void> {
  switch (request.method ?? '') {
    case 'PUT':
      return take(folder, name, { request, response });
    case 'GET':
    case 'HEAD':
      request.resume();
      return give(folder, name, { isWhole: request.method === 'GET', response });
    case 'DELETE':
      request.resume();
      await folder.delete(name);
      return send(response, 204);
    default:
      request.resume();
      return sendRefusal(response, notImplemented(`${request.method} of an object`));
  }
}

async function take(
  folder: ObjectFolder,
  name: string,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<void> {
  const { headers } = request;
  const isFramed = String(headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-');
  if (isFramed || headers['content-encoding'] !== undefined || headers['x-amz-copy-source'] !== undefined) {
    request.resume();
    return sendRefusal(response, notImplemented('PUT with an encoding of its own, or as a copy'));
  }
  const stored = await folder.put(name, request, headers['content-type'] ?? 'application/octet-stream');
  if (typeof stored !== 'string') return send(response, 200, { ETag: stored.etag });
  // The rest of the body is not waited for.
  response.setHeader('Connection', 'close');
  sendRefusal(
    response,
    stored === 'object-too-large'
      ? refusal(400, 'EntityTooLarge', 'The object is larger than this emulator takes.')
      : refusal(507, 'InsufficientStorage', 'The objects of this emulator have no more room.'),
  );
}

async function give(
  folder: ObjectFolder,
  name: string,
  { isWhole, response }: { readonly isWhole: boolean; readonly response: ServerResponse },
): Promise<void> {
  const object = folder.find(name);
  if (object === undefined) return sendRefusal(response, refusal(404, 'NoSuchKey', 'There is no object of that name.'));
  const content = isWhole ? folder.read(name) : undefined;
  response.writeHead(200, { ...GUARD, ...headersOf(object) });
  if (content === undefined) response.end();
  else await pipeline(content, response);
}

function headersOf({ bytes, contentType, etag }: StoredObject): Record<string, string | number> {
  return { 'Content-Type': contentType, 'Content-Length': bytes, ETag: etag };
}

function send(response: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { ...GUARD, ...(status !== 204 && { 'Content-Length': 0 }), ...headers });
  response.end();
}

function sendRefusal(response: ServerResponse, { status, code, message }: Refusal): void {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  const headers = { 'Content-Type': 'application/xml', 'Content-Length': Buffer.byteLength(body) };
  response.writeHead(status, { ...GUARD, ...headers });
  response.end(body);
}

function refusal(status: number, code: string, message: string): Refusal {
  return { status, code, message };
}

/** `what` goes into XML: methods are words, and Node takes no others. */
function notImplemented(what: string): Refusal {
  return refusal(501, 'NotImplemented', `This emulator has no ${what}.`);
}
