import { describe, expect, test } from 'vitest';
import { lambdaTransport } from '../../../src/transport/lambda.ts';
import { dummyCredentials, failureOf, ok, startStub } from './lambda/stub.ts';

const signal = new AbortController().signal;

describe('lambdaTransport', () => {
  test('posts the payload to the function and resolves with what it answered', async () => {
    await using stub = await startStub(ok);
    const answer = await stub.transport.invoke({ payload: '{"n":"ü"}', logs: false }, { signal });
    expect(answer).toEqual({
      payload: '{"answer":42}',
      requestId: 'b4a1a3d2-0000-4000-8000-000000000002',
      executedVersion: '$LATEST',
    });
    const [request] = stub.seen;
    expect(request).toMatchObject({
      method: 'POST',
      url: '/2015-03-31/functions/math-helpers/invocations',
      body: '{"n":"ü"}',
    });
    expect(request?.headers['authorization']).toMatch(/Credential=test\/\d{8}\/eu-central-1\/lambda\/aws4_request/);
    expect(request?.headers).not.toHaveProperty('x-amz-log-type', 'Tail');
    expect(request?.headers['amz-sdk-request']).toBe('attempt=1; max=1');
  });

  test('asks for the log tail and decodes it', async () => {
    const log = 'START RequestId: 1\nhellö\n';
    await using stub = await startStub((response, request) => {
      response.setHeader('x-amz-log-result', Buffer.from(log).toString('base64'));
      ok(response, request);
    });
    const answer = await stub.transport.invoke({ payload: '{}', logs: true }, { signal });
    expect(stub.seen[0]?.headers['x-amz-log-type']).toBe('Tail');
    expect(answer.logTail).toBe(log);
  });

  test('resolves when the function itself failed', async () => {
    await using stub = await startStub((response) => {
      response.setHeader('x-amz-function-error', 'Unhandled');
      response.end('{"errorType":"Runtime.ExitError"}');
    });
    const answer = await stub.transport.invoke({ payload: '{}', logs: false }, { signal });
    expect(answer).toMatchObject({ functionError: 'Unhandled', payload: '{"errorType":"Runtime.ExitError"}' });
  });

  test.each([
    [{ functionName: 'f:live' }, '/2015-03-31/functions/f%3Alive/invocations'],
    [{ functionName: 'f', qualifier: '$LATEST' }, '/2015-03-31/functions/f/invocations?Qualifier=%24LATEST'],
    [
      { functionName: 'arn:aws:lambda:eu-central-1:123456789012:function:f:live' },
      '/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-central-1%3A123456789012%3Afunction%3Af%3Alive/invocations',
    ],
  ])('names the function %j in the path', async (options, url) => {
    await using stub = await startStub(ok, options);
    await stub.transport.invoke({ payload: '{}', logs: false }, { signal });
    expect(stub.seen[0]?.url).toBe(url);
  });

  test('takes the region from an ARN where none is given', async () => {
    await using stub = await startStub(ok);
    await using transport = lambdaTransport({
      functionName: 'arn:aws:lambda:ap-south-1:123456789012:function:f',
      credentials: dummyCredentials,
      endpoint: stub.endpoint,
    });
    await transport.invoke({ payload: '{}', logs: false }, { signal });
    expect(stub.seen[0]?.headers['authorization']).toContain('/ap-south-1/lambda/');
  });

  test('opens as many connections as there are invocations in flight, and uses them again', async () => {
    const waiting: (() => void)[] = [];
    await using stub = await startStub((response, request) => {
      waiting.push(() => ok(response, request));
      if (waiting.length === 60) for (const answer of waiting.splice(0)) answer();
    });
    const wave = (): Promise<unknown> =>
      Promise.all(Array.from({ length: 60 }, () => stub.transport.invoke({ payload: '{}', logs: false }, { signal })));
    await wave();
    await wave();
    expect(stub.connections()).toBe(60);
  });

  test('rejects with the reason of the signal when aborted while it waits', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    await using stub = await startStub(() => controller.abort(reason));
    const invoked = stub.transport.invoke({ payload: '{}', logs: false }, { signal: controller.signal });
    await expect(invoked).rejects.toBe(reason);
  });

  test('sends nothing when aborted before', async () => {
    await using stub = await startStub(ok);
    const reason = new Error('too late');
    const invoked = stub.transport.invoke({ payload: '{}', logs: false }, { signal: AbortSignal.abort(reason) });
    await expect(invoked).rejects.toBe(reason);
    expect(stub.seen).toEqual([]);
  });

  test('does not wait for credentials once aborted', async () => {
    await using stub = await startStub(ok, { credentials: () => new Promise(() => undefined) });
    const controller = new AbortController();
    const invoked = stub.transport.invoke({ payload: '{}', logs: false }, { signal: controller.signal });
    controller.abort('gone');
    await expect(invoked).rejects.toBe('gone');
  });

  test('refuses invocations after it was closed', async () => {
    await using stub = await startStub(ok);
    await stub.transport[Symbol.asyncDispose]();
    expect(await failureOf(stub.transport)).toMatchObject({ code: 'POOL_CLOSED' });
  });

  test('warns once of a build error that the emulator reports', async () => {
    await using stub = await startStub((response, request) => {
      response.setHeader('x-lambdapool-build-error', 'math.ts:3:1 Unexpected token');
      ok(response, request);
    });
    const warnings: string[] = [];
    const listener = (warning: Error): void => void warnings.push(warning.message);
    process.on('warning', listener);
    try {
      await stub.transport.invoke({ payload: '{}', logs: false }, { signal });
      await stub.transport.invoke({ payload: '{}', logs: false }, { signal });
      await new Promise(setImmediate);
    } finally {
      process.off('warning', listener);
    }
    expect(warnings).toEqual(['The tasks do not build, an older generation answers: math.ts:3:1 Unexpected token']);
  });
});

describe('the options of lambdaTransport', () => {
  test.each([
    [{ functionName: '' }, 'Expected the option `functionName` to be a non-empty string, got "" (string).'],
    [{ functionName: 'f', endpoint: 'localhost:3001' }, 'to be an http: or https: URL, got "localhost:3001" (string).'],
    [{ functionName: 'f', endpoint: 'no url' }, 'to be an http: or https: URL, got "no url" (string).'],
    [{ functionName: 'f', retries: 3 }, 'lambdaTransport() has no option `retries`.'],
    [{ functionName: 'f', region: '' }, 'Expected the option `region` to be a non-empty string'],
  ])('%j is refused at once', (options, message) => {
    expect(() => lambdaTransport(options)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
    expect(() => lambdaTransport(options)).toThrow(message);
  });

  test('credentials of the wrong shape are refused without being shown', () => {
    const credentials = JSON.parse('{ "accessKeyId": "AKIA1", "secret": "hush" }');
    const attempt = (): unknown => lambdaTransport({ functionName: 'f', credentials });
    expect(attempt).toThrow('Expected the option `credentials` to be');
    expect(attempt).not.toThrow(/hush|AKIA1/);
  });
});
