import { describe, expect, test } from 'vitest';
import { LambdaHttpHandler, RequestFailure } from '../../../../src/transport/lambda/http-handler.ts';
import { startTcp } from './stub.ts';

const patient = { connectTimeoutMs: 5_000, requestTimeoutMs: 5_000, onHeaders: () => undefined };

function request(port: number, protocol = 'http:'): Parameters<LambdaHttpHandler['handle']>[0] {
  const headers = { 'content-length': '2', host: `127.0.0.1:${port}` };
  return { protocol, hostname: '127.0.0.1', port, method: 'POST', path: '/x', query: {}, headers, body: '{}' };
}

async function failureOf(promise: Promise<unknown>): Promise<RequestFailure> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof RequestFailure) return error;
  throw new Error('Expected a RequestFailure.', { cause: error });
}

describe('LambdaHttpHandler', () => {
  test('gives up on a connection that is not ready in time, before anything was sent', async () => {
    // Accepts TCP and never says a word of TLS.
    await using server = await startTcp(() => undefined);
    const handler = new LambdaHttpHandler({ ...patient, connectTimeoutMs: 50 });
    const error = await failureOf(handler.handle(request(server.port, 'https:')));
    expect(error).toMatchObject({ sent: false, origin: `https://127.0.0.1:${server.port}` });
    expect(error.message).toBe(`no connection to https://127.0.0.1:${server.port} within 50 ms`);
  });

  test('gives up on an answer that does not come, after the request was sent', async () => {
    await using server = await startTcp(() => undefined);
    const handler = new LambdaHttpHandler({ ...patient, requestTimeoutMs: 50 });
    const error = await failureOf(handler.handle(request(server.port)));
    expect(error).toMatchObject({ sent: true });
    expect(error.message).toBe(`http://127.0.0.1:${server.port} did not answer within 50 ms`);
  });

  test('gives up on an answer that does not end', async () => {
    await using server = await startTcp((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf'));
    const handler = new LambdaHttpHandler({ ...patient, requestTimeoutMs: 50 });
    expect(await failureOf(handler.handle(request(server.port)))).toMatchObject({ sent: true });
  });

  test('spells queries as signatures do', async () => {
    const lines: string[] = [];
    await using server = await startTcp((socket) => {
      socket.once('data', (data) => {
        lines.push(data.toString().split('\r\n')[0] ?? '');
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
      });
    });
    const handler = new LambdaHttpHandler(patient);
    const query = { Qualifier: "it's $LATEST", List: ['a', 'b'], Flag: null };
    await handler.handle({ ...request(server.port), query });
    expect(lines).toEqual(['POST /x?Qualifier=it%27s%20%24LATEST&List=a&List=b&Flag= HTTP/1.1']);
  });

  test('joins headers that come more than once, and tells of them', async () => {
    const told: unknown[] = [];
    await using server = await startTcp((socket) => {
      socket.once('data', () => {
        socket.end('HTTP/1.1 200 OK\r\nset-cookie: a\r\nset-cookie: b\r\ncontent-length: 2\r\n\r\nhi');
      });
    });
    const handler = new LambdaHttpHandler({ ...patient, onHeaders: (headers) => void told.push(headers) });
    const { response } = await handler.handle(request(server.port));
    expect(told).toEqual([{ 'set-cookie': 'a,b', 'content-length': '2' }]);
    expect(response).toMatchObject({ statusCode: 200 });
    expect(Buffer.from(response.body).toString()).toBe('hi');
  });

  test('reports a broken exchange to one caller once, also when the signal fires', async () => {
    await using server = await startTcp(() => undefined);
    const handler = new LambdaHttpHandler(patient);
    const controller = new AbortController();
    const failed = failureOf(handler.handle(request(server.port), { abortSignal: controller.signal }));
    controller.abort();
    expect(await failed).toBeInstanceOf(RequestFailure);
  });
});
