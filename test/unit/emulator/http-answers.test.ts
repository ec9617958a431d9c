import { describe, expect, it } from 'vitest';
import { ServiceError } from '../../../emulator/service-error.ts';
import { LambdaPoolError } from '../../../src/shared/errors.ts';
import { invokePath, send } from '../../conformance/support/raw-http.ts';
import { fakeCore, invoke, start } from './http-fake-core.ts';

const UUID = /^[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}$/;

describe('an answer', () => {
  it('has the headers and the body that Lambda sends for a result', async () => {
    const { core, requests } = fakeCore(() => ({ executedVersion: '$LATEST' }));
    await using server = await start(core);
    const answer = await invoke(server, { body: '{"n": 10}' });
    expect(answer.status).toBe(200);
    expect(answer.body).toBe('55');
    expect(answer.headerNames).toEqual([
      'x-amzn-RequestId',
      'x-lambdapool-emulator',
      'Content-Type',
      'Content-Length',
      'x-amzn-Remapped-Content-Length',
      'X-Amz-Executed-Version',
      'X-Amzn-Trace-Id',
      'Date',
      'Connection',
    ]);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': '2',
      'x-amzn-remapped-content-length': '0',
      'x-amz-executed-version': '$LATEST',
      'x-amzn-requestid': expect.stringMatching(UUID),
      'x-amzn-trace-id': requests[0]?.traceId,
    });
    expect(requests[0]).toMatchObject({
      functionName: 'f',
      payload: '{"n": 10}',
      invocationType: 'RequestResponse',
      logType: 'None',
      requestId: answer.headers['x-amzn-requestid'],
    });
    expect(requests[0]).not.toHaveProperty('qualifier');
  });

  it('carries a function error, the log in base64, the version that ran and why the code is old', async () => {
    const { core } = fakeCore(() => ({
      functionError: 'Unhandled',
      executedVersion: '3',
      logTail: 'START ü\nEND\n',
      payload: '{"errorType":"Error","errorMessage":"ü"}',
      buildError: 'größe.ts:3:1: ERROR: Expected ";"\r\nSet-Cookie: x=1',
    }));
    await using server = await start(core);
    const { status, headers, body } = await invoke(server, { headers: { 'x-amz-log-type': 'Tail' } });
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({ errorType: 'Error', errorMessage: 'ü' });
    expect(headers['x-amz-function-error']).toBe('Unhandled');
    expect(headers['x-amz-executed-version']).toBe('3');
    expect(Buffer.from(String(headers['x-amz-log-result']), 'base64').toString()).toBe('START ü\nEND\n');
    expect(headers['x-lambdapool-build-error']).toBe(
      String.raw`gr\u{f6}\u{df}e.ts:3:1: ERROR: Expected ";" Set-Cookie: x=1`,
    );
    expect(headers).not.toHaveProperty('set-cookie');
  });

  it('to an Event is an empty 202, to a DryRun an empty 204', async () => {
    const { core, requests } = fakeCore(({ invocationType }) => ({
      statusCode: invocationType === 'Event' ? 202 : 204,
      payload: '',
    }));
    await using server = await start(core);
    // As the JavaScript SDK sends an Event without payload.
    const event = await invoke(server, {
      headers: { 'x-amz-invocation-type': 'Event', 'content-length': '0', 'content-type': 'application/octet-stream' },
      body: '',
    });
    expect(event).toMatchObject({ status: 202, body: '' });
    expect(event.headers['content-length']).toBe('0');
    expect(requests[0]).toMatchObject({ payload: '{}', invocationType: 'Event', signal: undefined });
    const dryRun = await invoke(server, { headers: { 'x-amz-invocation-type': 'DryRun' } });
    expect(dryRun).toMatchObject({ status: 204, body: '' });
    expect(dryRun.headers).not.toHaveProperty('content-type');
    for (const { headers } of [event, dryRun]) {
      expect(headers['x-amzn-requestid']).toMatch(UUID);
      expect(headers).not.toHaveProperty('x-amz-executed-version');
    }
  });

  it('keeps the request id and the trace that the caller wishes for', async () => {
    const { core, requests } = fakeCore();
    await using server = await start(core);
    const id = '11111111-2222-4333-8444-555555555555';
    const trace = 'Root=1-6951d70a-3f43124672de60387a603d5d;Sampled=1';
    const { headers } = await invoke(server, { headers: { 'x-amzn-RequestId': id, 'X-Amzn-Trace-Id': trace } });
    expect(headers).toMatchObject({ 'x-amzn-requestid': id, 'x-amzn-trace-id': trace });
    expect(requests[0]).toMatchObject({ requestId: id, traceId: trace });
  });
});

describe('an error', () => {
  it('of the core has its status, its code in x-amzn-ErrorType and its message under the right key', async () => {
    const answers = [
      new ServiceError('ResourceNotFoundException', 'Function not found: f', {
        status: 404,
        messageKey: 'Message',
        extra: { Type: 'User' },
      }),
      new ServiceError('TooManyRequestsException', 'Rate Exceeded.', {
        status: 429,
        extra: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded', Type: 'User' },
      }),
    ];
    const { core, requests } = fakeCore(() => answers.shift() ?? {});
    await using server = await start(core);
    const notFound = await invoke(server);
    expect(notFound.status).toBe(404);
    expect(notFound.body).toBe('{"Type":"User","Message":"Function not found: f"}');
    expect(notFound.headerNames).toContain('x-amzn-ErrorType');
    expect(notFound.headers['x-amzn-errortype']).toBe('ResourceNotFoundException');
    expect(notFound.headers['x-amzn-requestid']).toBe(requests[0]?.requestId);
    const throttled = await invoke(server);
    expect(throttled.status).toBe(429);
    expect(throttled.body).toBe(
      '{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}',
    );
  });

  it.each([
    {
      error: new TypeError('x is not a function'),
      status: 500,
      errorType: 'ServiceException',
      body: '{"Type":"Service","Message":"x is not a function"}',
    },
    {
      error: new LambdaPoolError('BUILD_FAILED', 'math.ts:3:1: Unexpected token\n  3 | }'),
      status: 400,
      errorType: 'BuildFailedException',
      body: '{"Type":"User","message":"math.ts:3:1: Unexpected token\\n  3 | }"}',
    },
    {
      error: new LambdaPoolError('UNREACHABLE', 'The emulator is closing.'),
      status: 502,
      errorType: 'ResourceNotReadyException',
      body: '{"Type":"Service","message":"The emulator is closing."}',
    },
  ])('that is no ServiceError ($error) is a $status $errorType', async ({ error, status, errorType, body }) => {
    const { core } = fakeCore(() => error);
    await using server = await start(core);
    const answer = await invoke(server);
    expect(answer.status).toBe(status);
    expect(answer.headers['x-amzn-errortype']).toBe(errorType);
    expect(answer.body).toBe(body);
  });

  it('of the request never reaches the core', async () => {
    const { core, requests } = fakeCore();
    await using server = await start(core);
    const badJson = await invoke(server, { body: '{"a":' });
    expect(badJson.status).toBe(400);
    expect(badJson.headers['x-amzn-errortype']).toBe('InvalidRequestContentException');
    expect(badJson.body).toBe(
      '{"Type":"User","message":"Could not parse request body into json: Could not parse payload into json: Unexpected end-of-input within/between Object entries\\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 6]"}',
    );
    const badName = await invoke(server, { path: invokePath('f%20g') });
    expect(badName.headers['x-amzn-errortype']).toBe('ValidationException');
    expect(badName.body).toContain("Value 'f g' at 'functionName'");
    const badId = await invoke(server, { headers: { 'x-amzn-RequestId': 'mine' } });
    expect(badId.headers['x-amzn-requestid']).toMatch(UUID);
    expect(badId.status).toBe(400);
    expect(requests).toEqual([]);
  });
});

describe('the path of a request', () => {
  it.each([
    ['arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Af%3Alive', '?Qualifier=live', 'live'],
    ['arn:aws:lambda:us-east-1:000000000000:function:f', '?Qualifier=%24LATEST', '$LATEST'],
    ['f%3A3', '', '3'],
    ['f', '?a=1&Qualifier=live', 'live'],
  ])('%s%s names the function f with the qualifier %s', async (name, query, qualifier) => {
    const { core, requests } = fakeCore();
    await using server = await start(core);
    expect((await invoke(server, { path: invokePath(name, query) })).status).toBe(200);
    expect(requests[0]).toMatchObject({ functionName: 'f', qualifier });
  });

  it('an ARN is judged by the region of the signature', async () => {
    const { core, requests } = fakeCore();
    await using server = await start(core);
    const path = invokePath('arn%3Aaws%3Alambda%3Aeu-central-1%3A000000000000%3Afunction%3Af');
    const foreign = await invoke(server, { path });
    expect(foreign.body).toBe(
      `{"Type":"User","Message":"Functions from 'eu-central-1' are not reachable in this region ('us-east-1')"}`,
    );
    const authorization = 'AWS4-HMAC-SHA256 Credential=local/20261122/eu-central-1/lambda/aws4_request, Signature=0';
    expect((await invoke(server, { path, headers: { authorization } })).status).toBe(200);
    expect(requests).toHaveLength(1);
  });

  it.each(['a%2Fb', '..%2F..%2Fetc%2Fpasswd', '%00', '__proto__%2Ff', 'f%0d%0aX-A:%20b'])(
    '%s is a name with illegal characters, not a path',
    async (name) => {
      const { core, requests } = fakeCore();
      await using server = await start(core);
      const answer = await invoke(server, { path: invokePath(name) });
      expect(answer.headers['x-amzn-errortype']).toBe('ValidationException');
      expect(requests).toEqual([]);
    },
  );

  it('that cannot be decoded is a 400', async () => {
    await using server = await start(fakeCore().core);
    const answer = await invoke(server, { path: invokePath('%E0%A4%A') });
    expect(answer.status).toBe(400);
    expect(answer.headers['x-amzn-errortype']).toBe('ValidationException');
    expect(answer.body).toContain('%E0%A4%A');
  });

  it.each([
    ['GET', '/'],
    ['GET', '/2015-03-31/event-source-mappings'],
    ['GET', invokePath('f')],
    ['OPTIONS', invokePath('f')],
    ['POST', '/2015-03-31/functions/a/b/invocations'],
    ['POST', '/2015-03-31/Functions/f/invocations'],
    ['POST', '/2021-11-15/functions/f/response-streaming-invocations'],
    ['GET', '//evil.example/'],
  ])('%s %s is no operation, and the answer says what there is', async (method, path) => {
    await using server = await start(fakeCore().core);
    const answer = await send(server.url, { method, path });
    expect(answer.status).toBe(404);
    expect(answer.headers['x-amzn-errortype']).toBe('UnknownOperationException');
    expect(answer.body).toContain('Invoke (POST /2015-03-31/functions/{FunctionName}/invocations)');
    expect(answer.headers).not.toHaveProperty('x-powered-by');
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});
