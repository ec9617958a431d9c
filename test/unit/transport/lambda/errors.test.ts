import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { lambdaTransport } from '../../../../src/transport/lambda.ts';
import { apiError, closedPort, dummyCredentials, failureOf, startStub, startTcp } from './stub.ts';

describe('an answer of the API becomes', () => {
  test('THROTTLED with the reason and the pause that Lambda asks for', async () => {
    const body = {
      Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      Type: 'User',
      message: 'Rate Exceeded.',
    };
    const answer = apiError(429, 'TooManyRequestsException', body);
    await using stub = await startStub((response, request) => {
      response.setHeader('retry-after', '2');
      answer(response, request);
    });
    const error = await failureOf(stub.transport);
    expect(error).toMatchObject({
      code: 'THROTTLED',
      retryable: true,
      details: {
        reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
        retryAfterMs: 2000,
        awsCode: 'TooManyRequestsException',
        status: 429,
        awsRequestId: 'b4a1a3d2-0000-4000-8000-000000000001',
      },
    });
    expect(error.message).toBe(
      'Lambda throttled math-helpers (ReservedFunctionConcurrentInvocationLimitExceeded: Rate Exceeded). ' +
        'Fewer `workers` or a higher concurrency limit avoid this.',
    );
    expect(stub.seen).toHaveLength(1);
  });

  test.each([
    { status: 403, name: 'AccessDeniedException', code: 'ACCESS_DENIED', retryable: false },
    { status: 403, name: 'UnrecognizedClientException', code: 'ACCESS_DENIED', retryable: false },
    { status: 403, name: 'InvalidSignatureException', code: 'ACCESS_DENIED', retryable: false },
    { status: 403, name: 'ExpiredTokenException', code: 'ACCESS_DENIED', retryable: false },
    { status: 400, name: 'MissingAuthenticationTokenException', code: 'ACCESS_DENIED', retryable: false },
    { status: 403, name: 'SomethingNew', code: 'ACCESS_DENIED', retryable: false },
    { status: 404, name: 'ResourceNotFoundException', code: 'FUNCTION_NOT_FOUND', retryable: false },
    { status: 404, name: 'PageNotFound', code: 'OPTION_INVALID', retryable: false },
    { status: 413, name: 'RequestEntityTooLargeException', code: 'PAYLOAD_TOO_LARGE', retryable: false },
    { status: 413, name: 'RequestTooLargeException', code: 'PAYLOAD_TOO_LARGE', retryable: false },
    { status: 400, name: 'ThrottlingException', code: 'THROTTLED', retryable: true },
    { status: 400, name: 'ValidationException', code: 'OPTION_INVALID', retryable: false },
    { status: 400, name: 'InvalidParameterValueException', code: 'OPTION_INVALID', retryable: false },
    { status: 400, name: 'InvalidRequestContentException', code: 'BUG', retryable: false },
    { status: 400, name: 'BuildFailedException', code: 'BUILD_FAILED', retryable: false },
    { status: 400, name: 'SnapStartException', code: 'UNREACHABLE', retryable: false },
    { status: 409, name: 'ResourceConflictException', code: 'UNREACHABLE', retryable: true },
    { status: 502, name: 'KMSAccessDeniedException', code: 'UNREACHABLE', retryable: true },
    { status: 502, name: 'EC2ThrottledException', code: 'UNREACHABLE', retryable: true },
    { status: 502, name: 'ENILimitReachedException', code: 'UNREACHABLE', retryable: true },
    { status: 502, name: 'SubnetIPAddressLimitReachedException', code: 'UNREACHABLE', retryable: true },
    { status: 502, name: 'InvalidZipFileException', code: 'UNREACHABLE', retryable: true },
    { status: 502, name: 'ResourceNotReadyException', code: 'UNREACHABLE', retryable: true },
    { status: 502, name: 'BadGateway', code: 'OUTCOME_UNKNOWN', retryable: false },
    { status: 500, name: 'ServiceException', code: 'OUTCOME_UNKNOWN', retryable: false },
    { status: 503, name: 'ServiceUnavailableException', code: 'OUTCOME_UNKNOWN', retryable: false },
    { status: 504, name: 'GatewayTimeout', code: 'OUTCOME_UNKNOWN', retryable: false },
  ])('$code ($status $name), retryable: $retryable', async ({ status, name, code, retryable }) => {
    await using stub = await startStub(apiError(status, name, { message: 'Said by AWS' }));
    const error = await failureOf(stub.transport);
    expect(error).toMatchObject({ code, retryable, details: { awsCode: name, status } });
    expect(error.message).toContain('Said by AWS');
    // One attempt: retries are the pool's.
    expect(stub.seen).toHaveLength(1);
  });

  test('FUNCTION_NOT_FOUND that names the function and what to do', async () => {
    const Message = 'Function not found: arn:aws:lambda:eu-central-1:000000000000:function:math-helpers:$LATEST';
    await using stub = await startStub(apiError(404, 'ResourceNotFoundException', { Type: 'User', Message }));
    expect((await failureOf(stub.transport)).message).toBe(`${Message}. Check its name and the region, or deploy it.`);
  });

  test('OUTCOME_UNKNOWN where a gateway answers 502 in HTML', async () => {
    await using stub = await startStub((response) => {
      response.writeHead(502, { 'content-type': 'text/html' });
      response.end('<html>Bad Gateway</html>');
    });
    expect(await failureOf(stub.transport)).toMatchObject({ code: 'OUTCOME_UNKNOWN', details: { status: 502 } });
  });

  test('an error that holds neither credentials nor headers', async () => {
    await using stub = await startStub(apiError(403, 'AccessDeniedException', { Message: 'no' }));
    const error = await failureOf(stub.transport);
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toMatch(/top-secret|authorization|Signature=/i);
    expect(Object.keys(error.details).sort()).toEqual(['awsCode', 'awsRequestId', 'status']);
  });
});

describe('a request without an answer becomes', () => {
  test('UNREACHABLE where nobody listens', async () => {
    const port = await closedPort();
    await using transport = to(`http://127.0.0.1:${port}`);
    const error = await failureOf(transport);
    expect(error).toMatchObject({
      code: 'UNREACHABLE',
      retryable: true,
      details: { endpoint: `http://127.0.0.1:${port}`, systemCode: 'ECONNREFUSED' },
    });
    expect(error.message).toBe(
      `Cannot reach Lambda at http://127.0.0.1:${port} (connect ECONNREFUSED 127.0.0.1:${port}). ` +
        'Start what should listen there (`lambdapool dev`, for one), or check `endpoint`.',
    );
  });

  test('UNREACHABLE where TLS is spoken to a server that does not', async () => {
    await using server = await startTcp((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await using transport = to(`https://127.0.0.1:${server.port}`);
    expect(await failureOf(transport)).toMatchObject({ code: 'UNREACHABLE', retryable: true });
  });

  test('UNREACHABLE where the connection breaks while the payload is still being sent', async () => {
    // Reads the first packet of many and hangs up.
    await using server = await startTcp((socket) => {
      socket.once('data', () => {
        socket.pause();
        socket.resetAndDestroy();
      });
    });
    await using transport = to(`http://127.0.0.1:${server.port}`);
    const error = await failureOf(transport, JSON.stringify('x'.repeat(6_000_000)));
    expect(error).toMatchObject({ code: 'UNREACHABLE', retryable: true });
  });

  test('OUTCOME_UNKNOWN where the connection breaks after the payload was sent', async () => {
    await using stub = await startStub((response) => response.socket?.destroy());
    const error = await failureOf(stub.transport);
    expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN', details: { endpoint: stub.endpoint } });
    expect(error.message).toContain('nobody can tell whether the tasks ran');
  });

  test('OUTCOME_UNKNOWN where the answer breaks off', async () => {
    await using stub = await startStub((response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"half":', () => response.socket?.destroy());
    });
    expect(await failureOf(stub.transport)).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });
});

describe('without the means to send', () => {
  beforeEach(() => {
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent/config');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent/credentials');
  });
  afterEach(() => void vi.unstubAllEnvs());

  test('no region: OPTION_INVALID, which says how to set it', async () => {
    await using transport = lambdaTransport({ functionName: 'f', credentials: dummyCredentials });
    const error = await failureOf(transport);
    expect(error).toMatchObject({ code: 'OPTION_INVALID', details: { option: 'region' } });
    expect(error.message).toMatch(
      /^No AWS region is set\. Set the environment variable AWS_REGION, or give it: .*`region`/,
    );
  });

  test('no credentials: ACCESS_DENIED, which says how to set them', async () => {
    // An address that is nobody's (RFC 5737); nothing gets that far.
    await using transport = lambdaTransport({ functionName: 'f', region: 'us-east-1', endpoint: 'http://192.0.2.1' });
    const error = await failureOf(transport);
    expect(error.code).toBe('ACCESS_DENIED');
    expect(error.message).toMatch(/^No usable AWS credentials \(.*AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY/);
  });

  test('neither region nor credentials are missed by an endpoint on this machine', async () => {
    await using stub = await startStub((response, request) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(request.headers.authorization));
    });
    vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', stub.endpoint);
    await using transport = lambdaTransport({ functionName: 'f' });
    const { signal } = new AbortController();
    const { payload } = await transport.invoke({ payload: '{}', logs: false }, { signal });
    expect(payload).toContain('/us-east-1/lambda/aws4_request');
    expect(payload).toContain('Credential=test/');
  });

  test('an unknown profile: ACCESS_DENIED that names it', async () => {
    await using transport = lambdaTransport({
      functionName: 'f',
      region: 'us-east-1',
      profile: 'nobody',
      endpoint: 'http://127.0.0.1:1',
    });
    const error = await failureOf(transport);
    expect(error.code).toBe('ACCESS_DENIED');
    expect(error.message).toContain('nobody');
  });
});

function to(endpoint: string): ReturnType<typeof lambdaTransport> {
  return lambdaTransport({ functionName: 'f', region: 'us-east-1', credentials: dummyCredentials, endpoint });
}
