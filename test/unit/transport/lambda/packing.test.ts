/** Packed payloads between a client and a function. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { lambdaTransport } from '../../../../src/transport/lambda.ts';
import { isRemote, packPayload, unpackPayload } from '../../../../src/transport/lambda/packing.ts';
import { LambdaPool } from '../../../../src/index.ts';
import { fakeContext, handlerOf } from '../../agent/harness.ts';
import { ok, startStub } from './stub.ts';
import type { Answer } from './stub.ts';

const signal = new AbortController().signal;
const text = 'x'.repeat(100_000);
const request = JSON.stringify({ lambdapool: 1, task: 't.echo', calls: [[text]] });

function packed(text: string): string {
  return JSON.stringify({ lambdapool: 1, gzip: gzipSync(text).toString('base64') });
}

/** The real agent behind HTTP. Keeps the length of each answer. */
function agent(functions: Readonly<Record<string, unknown>>, answered: number[] = []): Answer {
  const handler = handlerOf(functions);
  return (response, { body }) => {
    void handler(JSON.parse(body), fakeContext()).then((reply) => {
      const answer = JSON.stringify(reply);
      answered.push(answer.length);
      return response.end(answer);
    });
  };
}

describe('lambdaTransport with compress', () => {
  test('sends a long request of a pool packed, and unpacks the reply', async () => {
    const table = Array.from({ length: 5000 }, (_, id) => ({ id, store: `Köln-${id % 7}`, sold: (id * 7919) % 500 }));
    const answered: number[] = [];
    await using stub = await startStub(agent({ echo: (value: unknown) => value }, answered), { compress: true });
    await using pool = new LambdaPool({ transport: stub.transport, workers: 2 });
    expect(await pool.map('t.echo', [table, table])).toEqual([table, table]);
    const plain = JSON.stringify(table).length;
    for (const { body } of stub.seen) {
      expect(Object.keys(JSON.parse(body))).toEqual(['lambdapool', 'gzip']);
      expect(body.length).toBeLessThan(0.5 * plain);
    }
    expect(stub.seen.length).toBeGreaterThan(0);
    for (const length of answered) expect(length).toBeLessThan(0.5 * plain);
  });

  test('sends short requests, and those that are not of a pool, as they are', async () => {
    await using stub = await startStub(ok, { compress: true });
    const short = JSON.stringify({ lambdapool: 1, task: 't.echo', calls: [[1]] });
    const plain = JSON.stringify({ task: 't.echo', args: [text] });
    for (const payload of [short, plain]) await stub.transport.invoke({ payload, logs: false }, { signal });
    expect(stub.seen.map(({ body }) => body)).toEqual([short, plain]);
  });

  test('leaves the answers to requests that were not packed as they are', async () => {
    const answer = packed('{"task":1}');
    await using stub = await startStub((response) => response.end(answer), { compress: true });
    expect(await stub.transport.invoke({ payload: '{}', logs: false }, { signal })).toMatchObject({ payload: answer });
  });

  test('hands on the error of a function as it is', async () => {
    await using stub = await startStub(
      (response) => {
        response.setHeader('x-amz-function-error', 'Unhandled');
        response.end('{"errorType":"EventInvalid"}');
      },
      { compress: true },
    );
    const answer = await stub.transport.invoke({ payload: request, logs: false }, { signal });
    expect(answer).toMatchObject({ functionError: 'Unhandled', payload: '{"errorType":"EventInvalid"}' });
  });

  test('does not send a long request that is aborted before it is packed', async () => {
    const controller = new AbortController();
    await using stub = await startStub(ok, { compress: true });
    await stub.transport.invoke({ payload: '{}', logs: false }, { signal });
    const reason = new Error('changed my mind');
    const invoked = stub.transport.invoke({ payload: request, logs: false }, { signal: controller.signal });
    controller.abort(reason);
    await expect(invoked).rejects.toBe(reason);
    // Takes as long as that request was packed for.
    await packPayload(request);
    await stub.transport.invoke({ payload: '{}', logs: false }, { signal });
    expect(stub.seen.map(({ body }) => body)).toEqual(['{}', '{}']);
  });
});

describe('the default of compress', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test('is off for an endpoint on this machine', async () => {
    await using stub = await startStub(ok);
    await stub.transport.invoke({ payload: request, logs: false }, { signal });
    expect(stub.seen[0]?.body).toBe(request);
  });

  test.each(['AWS_ENDPOINT_URL_LAMBDA', 'AWS_ENDPOINT_URL'])('is off where %s names this machine', async (name) => {
    await using stub = await startStub(ok);
    vi.stubEnv(name, stub.endpoint);
    const { credentials, region } = { credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, region: 'eu-central-1' };
    await using transport = lambdaTransport({ functionName: 'f', region, credentials });
    await transport.invoke({ payload: request, logs: false }, { signal });
    expect(stub.seen[0]?.body).toBe(request);
  });

  test.each([
    [undefined, true],
    ['https://lambda.eu-central-1.amazonaws.com', true],
    ['http://10.0.0.5:4566', true],
    ['http://localhost.example.com', true],
    ['http://mylocalhost', true],
    ['http://127.0.0.1:3001', false],
    ['http://localhost:3001', false],
    ['http://[::1]:3001/', false],
    ['http://lambda.localhost:4566', false],
  ])('%s is remote: %s', (endpoint, expected) => {
    expect(isRemote(endpoint)).toBe(expected);
  });

  test('anything but a boolean is refused', () => {
    const compress: never = JSON.parse('"gzip"') as never;
    expect(() => lambdaTransport({ functionName: 'f', compress })).toThrow(
      'Expected the option `compress` to be true or false, got "gzip" (string).',
    );
  });
});

describe('the payloads', () => {
  test('a packed request holds the very text of it', async () => {
    const { gzip } = JSON.parse((await packPayload(request)) ?? '{}');
    expect(gunzipSync(Buffer.from(gzip, 'base64')).toString()).toBe(request);
  });

  test('a reply is unpacked, also after something has written its JSON anew', async () => {
    expect(await unpackPayload(packed('{"ü":1}'))).toBe('{"ü":1}');
    expect(await unpackPayload(JSON.stringify(JSON.parse(packed('{"ü":1}')), undefined, 2))).toBe('{"ü":1}');
  });

  test.each([['null'], ['{"lambdapool":1,"outcomes":[]}'], [packed('{}').slice(0, 40)], ['{"lambdapool":1,"gzip":5}']])(
    '%s is handed on as it came',
    async (payload) => {
      expect(await unpackPayload(payload)).toBe(payload);
    },
  );

  test('a reply that does not unpack leaves the outcome unknown', async () => {
    await expect(unpackPayload('{"lambdapool":1,"gzip":"aGVsbG8="}')).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      message:
        'The gzipped answer of the function does not unpack (incorrect header check): the tasks ran, but nobody can read their results.',
      details: { length: 34 },
    });
  });
});
