/** The objects of the emulator: what S3's presigned URLs do, and what nobody else may. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startServer } from '../../../emulator/http/server.ts';
import type { Server } from '../../../emulator/http/server.ts';
import { ObjectFolder } from '../../../emulator/objects/object-folder.ts';
import { startObjectServer } from '../../../emulator/objects/object-server.ts';
import { fakeCore } from './http-fake-core.ts';

const SIGNED = '?X-Amz-Credential=key%2F20261123%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Signature=any';

/** Sends the path as it is: fetch would tidy it up. */
function send(
  origin: string,
  what: {
    readonly path: string;
    readonly method?: string;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  },
): Promise<{ readonly status: number; readonly headers: Record<string, unknown>; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const url = new URL(origin);
    const { path: target, method = 'GET', headers = {}, body } = what;
    const request = httpRequest({ host: url.hostname, port: url.port, path: target, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    request.once('error', reject);
    request.end(body);
  });
}

function foldersOfObjects(): readonly string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('lambdapool-objects-'));
}

describe("the objects beside Lambda's API", () => {
  let server: Server;
  beforeEach(async () => {
    server = await startServer({ emulator: fakeCore().core });
  });
  afterEach(() => server.close());
  const at = (key: string): string => `/payloads/${key}${SIGNED}`;

  test('are put, told, given and deleted, by any signature', async () => {
    const { url } = server;
    const headers = { 'content-type': 'application/json' };
    expect(await send(url, { path: at('a/b'), method: 'PUT', headers, body: '{"ü":1}' })).toMatchObject({
      status: 200,
    });
    const given = await send(url, { path: at('a/b') });
    expect(given).toMatchObject({ status: 200, text: '{"ü":1}', headers: { 'content-length': '8', ...headers } });
    expect(await send(url, { path: at('a/b'), method: 'HEAD' })).toMatchObject({
      status: 200,
      text: '',
      headers: { 'content-length': '8' },
    });
    expect(await send(url, { path: at('a%2Fb') })).toMatchObject({ status: 200, text: '{"ü":1}' });
    expect(await send(url, { path: at('a/b'), method: 'DELETE' })).toMatchObject({ status: 204 });
    expect(await send(url, { path: at('a/b') })).toMatchObject({
      status: 404,
      text: expect.stringContaining('<Code>NoSuchKey</Code>'),
    });
    expect(await send(url, { path: at('a/b'), method: 'DELETE' })).toMatchObject({ status: 204 });
  });

  test("are what Amazon's own client sees", async () => {
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    const client = new S3Client({ endpoint: server.url, region: 'us-east-1', credentials, forcePathStyle: true });
    const object = { Bucket: 'payloads', Key: 'ein Schlüssel+&.json' };
    await client.send(new PutObjectCommand({ ...object, Body: 'content', ContentType: 'text/x' }));
    expect(await client.send(new HeadObjectCommand(object))).toMatchObject({ ContentLength: 7, ContentType: 'text/x' });
    expect(await (await client.send(new GetObjectCommand(object))).Body?.transformToString()).toBe('content');
    await client.send(new DeleteObjectCommand(object));
    await expect(client.send(new GetObjectCommand(object))).rejects.toMatchObject({ name: 'NoSuchKey' });
    client.destroy();
  });

  test('take a new content in the place of an old one', async () => {
    await send(server.url, { path: at('k'), method: 'PUT', body: 'old' });
    await send(server.url, { path: at('k'), method: 'PUT', body: 'new' });
    expect((await send(server.url, { path: at('k') })).text).toBe('new');
  });

  test.each([
    '/payloads/../../../../etc/passwd',
    '/payloads/..%2F..%2F..%2Fetc%2Fpasswd',
    '/payloads//etc/passwd',
    '/payloads/%00',
    '/../payloads/key',
    '/payloads/C:%5CWindows%5Cwin.ini',
  ])('have names and no paths: %s', async (name) => {
    const before = new Set(readdirSync(tmpdir()));
    const put = await send(server.url, { path: `${name}${SIGNED}`, method: 'PUT', body: 'mine' });
    const got = await send(server.url, { path: `${name}${SIGNED}` });
    if (put.status === 200) expect(got.text).toBe('mine');
    else expect([put.status, got.status]).toEqual([400, 400]);
    const made = readdirSync(tmpdir()).filter((each) => !before.has(each) && !each.startsWith('lambdapool-objects-'));
    expect(made.filter((each) => /passwd|win\.ini|key/.test(each))).toEqual([]);
  });

  test.each(['/UPPER/key', '/a/key', '/%E0%A4%A/key', `/payloads/${'k'.repeat(1_025)}`, '/2015_03/key'])(
    'refuse %.20s',
    async (name) => {
      expect(await send(server.url, { path: `${name}${SIGNED}`, method: 'PUT', body: '' })).toMatchObject({
        status: 400,
      });
    },
  );

  test.each<[string, Record<string, string>]>([
    ['a foreign page', { origin: 'http://evil.example' }],
    ['a page of this machine', { origin: 'http://localhost:3000' }],
    ['a frame', { origin: 'null' }],
    ['an image', { 'sec-fetch-site': 'cross-site' }],
    ['a typed address', { 'sec-fetch-site': 'none' }],
    ['a name that resolves to this machine', { host: 'evil.example' }],
  ])('are not there for %s', async (_, headers) => {
    await send(server.url, { path: at('k'), method: 'PUT', body: 'secret' });
    const got = await send(server.url, { path: at('k'), headers });
    expect(got).toMatchObject({ status: 403 });
    expect(got.text).not.toContain('secret');
    expect(got.headers['access-control-allow-origin']).toBeUndefined();
    const put = { path: at('k'), method: 'PUT', headers, body: 'theirs' };
    expect(await send(server.url, put)).toMatchObject({ status: 403 });
    expect(await send(server.url, { path: at('k'), method: 'DELETE', headers })).toMatchObject({ status: 403 });
    expect((await send(server.url, { path: at('k') })).text).toBe('secret');
  });

  test('would not run in a browser that gets to them all the same', async () => {
    await send(server.url, {
      path: at('k'),
      method: 'PUT',
      body: '<script>',
      headers: { 'content-type': 'text/html' },
    });
    expect((await send(server.url, { path: at('k') })).headers).toMatchObject({
      'content-disposition': 'attachment',
      'content-security-policy': expect.stringContaining('sandbox'),
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    });
  });

  test("leave what is not signed for S3 to Lambda's API", async () => {
    const unknown = await send(server.url, { path: '/payloads/key', method: 'PUT', body: '' });
    expect(unknown).toMatchObject({ status: 404, text: expect.stringContaining('no operation for PUT /payloads/key') });
    const ofLambda = { authorization: 'AWS4-HMAC-SHA256 Credential=a/20261123/us-east-1/lambda/aws4_request' };
    expect((await send(server.url, { path: '/payloads/key', headers: ofLambda })).text).toContain('no operation');
  });

  test('say that it is the emulator who has them, and that any bucket is there', async () => {
    const answer = await send(server.url, { path: `/payloads${SIGNED}`, method: 'HEAD' });
    expect(answer).toMatchObject({ status: 200, headers: { 'x-lambdapool-emulator': expect.any(String) } });
    expect(await send(server.url, { path: `/payloads${SIGNED}` })).toMatchObject({ status: 501 });
    expect(await send(server.url, { path: at('k'), method: 'POST' })).toMatchObject({ status: 501 });
  });

  test('are not taken in pieces with signatures between them', async () => {
    const headers = { 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' };
    expect(await send(server.url, { path: at('k'), method: 'PUT', headers, body: '1;x' })).toMatchObject({
      status: 501,
    });
  });

  test('are gone with the server', async () => {
    const before = foldersOfObjects();
    await send(server.url, { path: at('k'), method: 'PUT', body: 'x' });
    const made = foldersOfObjects().find((name) => !before.includes(name));
    expect(made).toBeDefined();
    await server.close();
    expect(existsSync(path.join(tmpdir(), made ?? ''))).toBe(false);
  });
});

describe('a folder of objects', () => {
  const limits = { maxObjectBytes: 10, maxTotalBytes: 15, maxObjects: 2 };

  test('refuses an object that is too large, and one for which it has no room, and has the room of those that went', async () => {
    await using folder = new ObjectFolder(limits);
    expect(await folder.put('a', Readable.from([Buffer.alloc(11)]), '')).toBe('object-too-large');
    expect(await folder.put('a', Readable.from([Buffer.alloc(10)]), '')).toMatchObject({ bytes: 10 });
    expect(await folder.put('b', Readable.from([Buffer.alloc(6)]), '')).toBe('folder-full');
    expect(folder.find('b')).toBeUndefined();
    await folder.delete('a');
    expect(await folder.put('b', Readable.from([Buffer.alloc(6)]), '')).toMatchObject({ bytes: 6 });
    expect(folder.size).toBe(1);
  });

  test('takes so many objects and no more, however small; a new content for one of them is none more', async () => {
    await using folder = new ObjectFolder(limits);
    const empty = (): Readable => Readable.from([]);
    const put = (name: string): Promise<unknown> => folder.put(name, empty(), '');
    const three = await Promise.all([put('a'), put('b'), put('c')]);
    expect(three).toEqual([
      expect.objectContaining({ bytes: 0 }),
      expect.objectContaining({ bytes: 0 }),
      'folder-full',
    ]);
    expect(await put('a')).toMatchObject({ bytes: 0 });
    await folder.delete('b');
    expect(await put('c')).toMatchObject({ bytes: 0 });
  });

  test('is for this user only', async () => {
    const before = foldersOfObjects();
    await using folder = new ObjectFolder(limits);
    await folder.put('a', Readable.from([Buffer.from('secret')]), '');
    const made = foldersOfObjects().find((name) => !before.includes(name)) ?? '';
    expect(statSync(path.join(tmpdir(), made)).mode & 0o077).toBe(0);
  });

  test('keeps what it had when a new content does not come to its end', async () => {
    await using folder = new ObjectFolder(limits);
    await folder.put('a', Readable.from([Buffer.from('old')]), '');
    const broken = new Readable({ read: () => undefined });
    broken.push('ne');
    const put = folder.put('a', broken, '');
    broken.destroy(new Error('gone'));
    await expect(put).rejects.toThrow('gone');
    expect(folder.find('a')).toMatchObject({ bytes: 3 });
  });
});

describe('the door of one process', () => {
  test('opens below a path that nobody can guess, and nowhere else', async () => {
    await using server = await startObjectServer();
    const { origin, pathname } = new URL(server.url);
    expect(pathname).toMatch(/^\/[\da-f]{32}$/);
    expect(await send(origin, { path: `${pathname}/payloads/k`, method: 'PUT', body: 'x' })).toMatchObject({
      status: 200,
    });
    expect((await send(origin, { path: `${pathname}/payloads/k` })).text).toBe('x');
    for (const wrong of ['/payloads/k', `/${'0'.repeat(32)}/payloads/k`, pathname, '/']) {
      expect(await send(origin, { path: wrong })).toMatchObject({ status: 404, text: '' });
    }
    const rebound = { path: `${pathname}/payloads/k`, headers: { host: 'evil.example' } };
    expect(await send(origin, rebound)).toMatchObject({ status: 404, text: '' });
  });
});
