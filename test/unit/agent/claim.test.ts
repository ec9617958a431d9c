/** Requests and replies that travel by way of a bucket, as the agent sees them. */
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MAX_OBJECT_BYTES, TransferError, download } from '../../../agent/claim-transfer.ts';
import type { Handler } from '../../../agent/index.ts';
import type { Claim } from '../../../agent/protocol.ts';
import { ObjectHost, refuse } from '../../support/object-host.ts';
import { errorOf, fakeContext, handlerOf } from './harness.ts';

const MB = 1024 * 1024;
const handler = handlerOf({
  echo: (value: unknown) => value,
  long: (length: number) => 'x'.repeat(length),
  talk: (length: number) => {
    console.log('y'.repeat(2_000));
    return 'x'.repeat(length);
  },
});

let host: ObjectHost;
beforeEach(async () => {
  // The host is on this machine, which is no place for objects anywhere else.
  process.env['LAMBDAPOOL_EMULATOR'] = 'true';
  host = await ObjectHost.start();
});
afterEach(async () => {
  delete process.env['LAMBDAPOOL_EMULATOR'];
  await host[Symbol.asyncDispose]();
});

function claimOf(more: Partial<Claim> = {}): Claim {
  return { put: host.url('/bucket/reply'), isLocal: true, ...more };
}

/** Sends it as Lambda does: JSON there and back. */
async function send(event: object, context = fakeContext(), to: Handler = handler): Promise<Record<string, unknown>> {
  const sent: unknown = JSON.parse(JSON.stringify({ lambdapool: 1, ...event }));
  return JSON.parse(JSON.stringify(await to(sent, context)));
}

function storeRequest(request: object): string {
  host.objects.set('/bucket/request', JSON.stringify({ lambdapool: 1, ...request }));
  return host.url('/bucket/request');
}

describe('a request with a place for its reply', () => {
  test('is answered as ever if the reply is small, and nothing goes to the bucket', async () => {
    const reply = await send({ claim: claimOf(), task: 't.echo', calls: [['a'], ['b']] });
    expect(reply).toMatchObject({ lambdapool: 1, outcomes: [{ ok: 'a' }, { ok: 'b' }] });
    expect(host.seen).toEqual([]);
  });

  test('has a reply of more than 6 MiB put there, as JSON, and says how long it is', async () => {
    const reply = await send({ claim: claimOf(), task: 't.long', calls: [[4 * MB], [4 * MB]] });
    const stored = host.objects.get('/bucket/reply') ?? '';
    expect(reply).toEqual({ lambdapool: 1, claim: { bytes: stored.length } });
    expect(JSON.parse(stored)).toMatchObject({ outcomes: [{ ok: 'x'.repeat(4 * MB) }, { ok: 'x'.repeat(4 * MB) }] });
    expect(host.seen[0]?.headers).toMatchObject({ 'content-type': 'application/json' });
    expect(host.seen[0]?.headers['content-length']).toBe(String(stored.length));
  });

  test('keeps its logs, for which there would be no room without', async () => {
    await send({ claim: claimOf(), task: 't.talk', calls: [[6 * MB - 1_500]], maxLogBytes: 65_536 });
    const stored: { outcomes: { logs: { text: string }[] }[] } = JSON.parse(host.objects.get('/bucket/reply') ?? '');
    expect(stored.outcomes[0]?.logs.map(({ text }) => text)).toEqual(['y'.repeat(2_000)]);
  });

  test('has its reply put again when the bucket stumbles', async () => {
    host.next(refuse(503, 'SlowDown'), (response) => void response.destroy());
    expect(await send({ claim: claimOf(), task: 't.long', calls: [[7 * MB]] })).toMatchObject({
      claim: { bytes: expect.any(Number) },
    });
    expect(host.methods()).toBe('PUT PUT PUT');
  });

  test('says that the reply could not be put, and why, and shows nothing of the URL', async () => {
    host.next(refuse(403, 'AccessDenied'));
    const reply = await send({ claim: claimOf(), task: 't.long', calls: [[7 * MB]] });
    expect(reply['claim']).toEqual({
      failed: 'put',
      message: `${new URL(host.origin).host} answered 403 (AccessDenied)`,
      isTemporary: false,
      status: 403,
      awsCode: 'AccessDenied',
    });
    expect(host.methods()).toBe('PUT');
  });

  test('may come gzipped: the bucket is within, and what Lambda carries of the reply is gzipped', async () => {
    const gzip = (event: object): string => gzipSync(JSON.stringify({ lambdapool: 1, ...event })).toString('base64');
    const small = await send({ gzip: gzip({ claim: claimOf(), task: 't.long', calls: [[100_000]] }) });
    expect(Object.keys(small)).toEqual(['lambdapool', 'gzip']);
    const large = await send({ gzip: gzip({ claim: claimOf(), task: 't.long', calls: [[7 * MB]] }) });
    expect(large).toMatchObject({ claim: { bytes: expect.any(Number) } });
    expect(host.objects.get('/bucket/reply')).toContain('"outcomes":[{"ok":"xxx');
  });

  test('fails as any other whose task is not there', async () => {
    expect(await send({ claim: claimOf(), task: 't.none', calls: [[]] })).toMatchObject({
      outcomes: [{ error: { code: 'TASK_NOT_FOUND' } }],
    });
  });
});

describe('a request in the bucket', () => {
  test('is fetched and answered, inline if the reply is small', async () => {
    const get = storeRequest({ task: 't.echo', calls: [['a'], ['ü'.repeat(10)]] });
    expect(await send({ claim: claimOf({ get }) })).toMatchObject({ outcomes: [{ ok: 'a' }, { ok: 'ü'.repeat(10) }] });
    expect(host.methods()).toBe('GET');
  });

  test('and its reply may both be large', async () => {
    const get = storeRequest({ task: 't.echo', calls: [['x'.repeat(20 * MB)]] });
    const reply = await send({ claim: claimOf({ get }) });
    expect(reply).toMatchObject({ claim: { bytes: expect.any(Number) } });
    expect(JSON.parse(host.objects.get('/bucket/reply') ?? '')).toMatchObject({
      outcomes: [{ ok: 'x'.repeat(20 * MB) }],
    });
  });

  test.each([
    [403, 'AccessDenied', 1],
    [404, 'NoSuchKey', 1],
    [301, 'PermanentRedirect', 1],
    [500, 'InternalError', 4],
  ])('that is refused with %d %s is told, after so many requests: %d', async (status, code, requests) => {
    host.always(refuse(status, code));
    const reply = await send({ claim: claimOf({ get: host.url('/bucket/request') }) });
    expect(reply['claim']).toMatchObject({ failed: 'get', status, awsCode: code, isTemporary: status >= 500 });
    expect(JSON.stringify(reply)).toContain(`answered ${status} (${code})`);
    expect(JSON.stringify(reply)).not.toMatch(/secret|Signature|bucket\//);
    expect(host.seen).toHaveLength(requests);
  });

  test('is not looked for where a redirect points to', async () => {
    await using elsewhere = await ObjectHost.start();
    elsewhere.objects.set('/request', JSON.stringify({ lambdapool: 1, task: 't.echo', calls: [[1]] }));
    host.next((response) => void response.writeHead(307, { location: elsewhere.url('/request') }).end());
    const reply = await send({ claim: claimOf({ get: host.url('/bucket/request') }) });
    expect(reply['claim']).toMatchObject({ failed: 'get', message: expect.stringContaining('307, a redirect') });
    expect(elsewhere.seen).toEqual([]);
  });

  test('that is no JSON is told without a word of what it is', async () => {
    host.objects.set('/bucket/request', 'root:x:0:0');
    const reply = await send({ claim: claimOf({ get: host.url('/bucket/request') }) });
    expect(reply['claim']).toEqual({ failed: 'get', message: 'what lies there is no JSON', isTemporary: false });
  });

  test('that does not come in time is told before the function ends', async () => {
    host.always((response) => {
      response.writeHead(200);
      response.write('{');
    });
    const reply = await send({ claim: claimOf({ get: host.url('/bucket/request') }) }, fakeContext(700));
    expect(reply['claim']).toMatchObject({
      failed: 'get',
      message: expect.stringContaining('did not finish within 200 ms'),
    });
  });

  test('that nobody has is told by the word of the system', async () => {
    const gone = await ObjectHost.start();
    const get = gone.url('/bucket/request');
    await gone[Symbol.asyncDispose]();
    const reply = await send({ claim: claimOf({ get }) });
    expect(reply['claim']).toMatchObject({ failed: 'get', isTemporary: true });
    expect(JSON.stringify(reply)).toContain('could not be reached (ECONNREFUSED)');
    expect(JSON.stringify(reply)).not.toContain('secret');
  });

  test('that is an invalid request fails as if it had come with the event', async () => {
    const error = await errorOf(send({ claim: claimOf({ get: storeRequest({ task: 't.echo', calls: 7 }) }) }));
    expect(error).toMatchObject({ name: 'EventInvalid', message: expect.stringContaining('`calls`') });
  });
});

describe('a claim', () => {
  test.each([
    ['null', null, 'null'],
    ['without a place for the reply', {}, 'URL as `put`'],
    ['with a file', { put: 'file:///etc/passwd' }, 'URL as `put`'],
    ['with a place that is no text', { put: 'http://localhost/', get: 7 }, 'URL as `get`'],
    ['with code', { put: 'data:text/plain,x' }, 'URL as `put`'],
  ])('%s is refused before anything runs', async (_, claim, said) => {
    const error = await errorOf(send({ claim, task: 't.echo', calls: [[1]] }));
    expect(error).toMatchObject({ name: 'EventInvalid', message: expect.stringContaining(said) });
    expect(error.message).not.toMatch(/passwd|plain/);
  });

  test('of another version is told as any request of it', async () => {
    const error = await errorOf(send({ lambdapool: 2, claim: claimOf() }));
    expect(error.name).toBe('ProtocolMismatch');
  });
});

describe('outside of the emulator', () => {
  beforeEach(() => {
    delete process.env['LAMBDAPOOL_EMULATOR'];
  });
  afterEach(() => {
    delete process.env['AWS_ENDPOINT_URL_S3'];
    delete process.env['AWS_ENDPOINT_URL'];
  });

  test.each(['get', 'put'])(
    'nothing is fetched from or sent to a host that is not S3 (`%s`), and nothing runs',
    async (name) => {
      const s3 = 'https://bucket.s3.eu-central-1.amazonaws.com/key';
      process.env['AWS_ENDPOINT_URL'] = 'https://never.reached.example';
      const claim = { get: s3, put: s3, isLocal: true, [name]: host.url('/2018-06-01/runtime/invocation/next') };
      const error = await errorOf(send({ claim }));
      expect(error).toMatchObject({ name: 'EventInvalid' });
      expect(error.message).toContain(`have \`${name}\` in S3 of AWS`);
      expect(error.message).toContain(host.origin);
      expect(error.message).not.toMatch(/Signature|invocation/);
      expect(host.seen).toEqual([]);
    },
  );

  test('a host that AWS_ENDPOINT_URL_S3 names has the objects', async () => {
    process.env['AWS_ENDPOINT_URL_S3'] = `${host.origin}/some/path`;
    const get = storeRequest({ task: 't.echo', calls: [['a']] });
    expect(await send({ claim: { get, put: host.url('/bucket/reply') } })).toMatchObject({ outcomes: [{ ok: 'a' }] });
  });
});

describe('where AWS_ENDPOINT_URL is set', () => {
  const request = { task: 't.long', calls: [[7 * MB]] };

  beforeEach(() => {
    process.env['AWS_ENDPOINT_URL'] = `${host.origin}/`;
  });
  afterEach(() => {
    delete process.env['AWS_ENDPOINT_URL'];
  });

  test('the bucket is there, whatever host the client has seen it at; path and query stay', async () => {
    const { isLocal: _, ...claim } = claimOf({
      put: 'https://localhost.localstack.cloud:4566/bucket/reply?X-Amz-Signature=1',
    });
    expect(await send({ claim, ...request })).toMatchObject({ claim: { bytes: expect.any(Number) } });
    expect(host.seen.map(({ url }) => url)).toEqual(['/bucket/reply?X-Amz-Signature=1']);
  });

  test('URLs of this very machine stay as they are', async () => {
    await using here = await ObjectHost.start();
    const reply = await send({ claim: { put: here.url('/bucket/reply'), isLocal: true }, ...request });
    expect(reply).toMatchObject({ claim: { bytes: expect.any(Number) } });
    expect(host.seen).toEqual([]);
    expect(here.methods()).toBe('PUT');
  });
});

describe('a download', () => {
  const limits = { timeoutMs: 5_000 };

  test.each([
    ['that says its length', { 'content-length': '11' }],
    ['that does not', {}],
  ])('%s is not read beyond its bound', async (_, headers) => {
    host.always((response) => void response.writeHead(200, headers).end('x'.repeat(11)));
    const url = new URL(host.url('/bucket/key'));
    const error = await errorOf(download(url, limits, 10));
    expect(error).toBeInstanceOf(TransferError);
    expect(error.message).toContain('more than the 10 bytes');
    expect(host.seen).toHaveLength(1);
    expect(await download(url, limits, 11)).toBe('x'.repeat(11));
  });

  test('ends with the reason of its signal', async () => {
    const controller = new AbortController();
    host.always(() => controller.abort(new RangeError('enough')));
    const error = await errorOf(download(new URL(host.url('/bucket/key')), { ...limits, signal: controller.signal }));
    expect(error.message).toBe('enough');
  });

  test('may have 256 MiB', () => {
    expect(MAX_OBJECT_BYTES).toBe(268_435_456);
  });
});
