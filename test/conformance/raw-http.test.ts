import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { ACCOUNT, FUNCTION, type Lambda, openLambda, REGION } from './support/lambda.ts';
import { invokePath, type RawRequest, send } from './support/raw-http.ts';

const ARN = `arn:aws:lambda:${REGION}:${ACCOUNT}:function`;

describe('raw HTTP', () => {
  let lambda: Lambda;
  beforeAll(async () => {
    lambda = await openLambda();
  });
  afterAll(() => lambda[Symbol.asyncDispose]());

  const invoke = (request: Partial<RawRequest> = {}) => send(lambda.url, { path: invokePath(FUNCTION), ...request });

  it('a result has exactly these headers', async () => {
    const { status, headers, body } = await invoke({ body: '{"a":1}' });
    expect(status).toBe(200);
    expect(body).toBe('{"event":{"a":1}}');
    expect(Object.keys(headers).sort()).toEqual([
      'connection',
      'content-length',
      'content-type',
      'date',
      'x-amz-executed-version',
      'x-amzn-remapped-content-length',
      'x-amzn-requestid',
      'x-amzn-trace-id',
      'x-lambdapool-emulator',
    ]);
    expect(headers).toMatchObject({
      'content-length': '17',
      'content-type': 'application/json',
      'x-amz-executed-version': '$LATEST',
      'x-amzn-remapped-content-length': '0',
      'x-amzn-requestid': expect.stringMatching(/^[a-f0-9]{8}(-[a-f0-9]{4}){3}-[a-f0-9]{12}$/),
      'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};/),
    });
  });

  it('an error of the function has these besides', async () => {
    const { status, headers, body } = await invoke({
      body: '{"do":"throw","message":"boom"}',
      headers: { 'X-Amz-Log-Type': 'Tail' },
    });
    expect(status).toBe(200);
    expect(headers['x-amz-function-error']).toBe('Unhandled');
    expect(Buffer.from(String(headers['x-amz-log-result']), 'base64').toString()).toMatch(/^START RequestId: /);
    expect(body).toMatch(/^\{"errorType":"TypeError","errorMessage":"boom","trace":\["TypeError: boom",/);
  });

  it('an accepted Event and a DryRun have no body and no version', async () => {
    const before = lambda.reports.length;
    const event = await invoke({ headers: { 'X-Amz-Invocation-Type': 'Event' } });
    expect(event).toMatchObject({ status: 202, body: '' });
    expect(event.headers).not.toHaveProperty('x-amz-executed-version');
    const dryRun = await invoke({ headers: { 'X-Amz-Invocation-Type': 'DryRun' } });
    expect(dryRun).toMatchObject({ status: 204, body: '' });
    expect(dryRun.headers).not.toHaveProperty('x-amz-executed-version');
    // Other tests count what runs.
    await eventually(() => expect(lambda.reports.length).toBe(before + 1), 10_000);
  });

  it('the trace that a caller sends reaches the function', async () => {
    const trace = 'Root=1-6951d70a-3f43124672de60387a603d5d;Parent=4891daa21b62b07d;Sampled=1';
    const { headers, body } = await invoke({ body: '{"do":"context"}', headers: { 'X-Amzn-Trace-Id': trace } });
    expect(headers['x-amzn-trace-id']).toBe(trace);
    expect(JSON.parse(body)).toMatchObject({ traceId: trace });
  });

  it('a call whose client goes away while it waits for an environment never runs', async () => {
    const before = lambda.reports.length;
    // Both environments are taken.
    const busy = [1, 2].map(() => invoke({ body: '{"do":"sleep","ms":1000}' }));
    const roundTrip = () => invoke({ headers: { 'x-amz-invocation-type': 'DryRun' } });
    await roundTrip();
    const waiting = request(lambda.url, { method: 'POST', path: invokePath(FUNCTION), agent: false });
    const failed = once(waiting, 'error');
    waiting.end('{"do":"log","line":"nobody listens"}');
    await once(waiting, 'finish');
    await roundTrip();
    waiting.destroy(new Error('given up'));
    await failed;
    await roundTrip();
    // Stands behind the other one in the line.
    const last = await invoke({ body: '{"do":"log","line":"somebody listens"}' });
    expect(last.status).toBe(200);
    await Promise.all(busy);
    const logs = lambda.reports.slice(before).map(({ log }) => log);
    expect(logs).toHaveLength(3);
    expect(logs.join('')).toContain('somebody listens');
    expect(logs.join('')).not.toContain('nobody listens');
  });

  // Bodies as recorded from AWS, 2025-11.
  it.each([
    {
      what: 'a missing function',
      request: { path: invokePath('doesnotexist') },
      status: 404,
      errorType: 'ResourceNotFoundException',
      body: `{"Type":"User","Message":"Function not found: ${ARN}:doesnotexist:$LATEST"}`,
    },
    {
      what: 'a name of 65 characters',
      request: { path: invokePath('x'.repeat(65)) },
      status: 404,
      errorType: 'ResourceNotFoundException',
      body: `{"Type":"User","Message":"Function not found: ${ARN}:${'x'.repeat(65)}:$LATEST"}`,
    },
    {
      what: 'a missing alias',
      request: { path: invokePath(FUNCTION, '?Qualifier=live') },
      status: 404,
      errorType: 'ResourceNotFoundException',
      body: `{"Type":"User","Message":"Function not found: ${ARN}:${FUNCTION}:live"}`,
    },
    {
      what: '$latest in lower case',
      request: { path: invokePath(FUNCTION, '?Qualifier=%24latest') },
      status: 404,
      errorType: 'ResourceNotFoundException',
      body: `{"Type":"User","Message":"Function not found: ${ARN}:${FUNCTION}:$latest"}`,
    },
    {
      what: 'two qualifiers',
      request: { path: invokePath(encodeURIComponent(`${ARN}:${FUNCTION}:1`), '?Qualifier=2') },
      status: 400,
      errorType: 'InvalidParameterValueException',
      body: '{"Type":"User","message":"The derived qualifier from the function name does not match the specified qualifier."}',
    },
    {
      what: 'another region',
      request: { path: invokePath('arn:aws:lambda:ap-southeast-1:000000000000:function:f') },
      status: 404,
      errorType: 'ResourceNotFoundException',
      body: `{"Type":"User","Message":"Functions from 'ap-southeast-1' are not reachable in this region ('us-east-1')"}`,
    },
    {
      what: 'bytes that are no UTF-8',
      request: { body: Buffer.from([0x6e, 0x87, 0x72, 0x9e]) },
      status: 400,
      errorType: 'InvalidRequestContentException',
      body: '{"Type":"User","message":"Could not parse request body into json: Could not parse payload into json: Invalid UTF-8 start byte 0x87\\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 3]"}',
    },
    {
      what: 'too large a body',
      request: { body: Buffer.alloc(7_340_032, 0x20) },
      status: 413,
      errorType: 'RequestEntityTooLargeException',
      body: '{"Message":"Request must be smaller than 6291456 bytes for the InvokeFunction operation"}',
    },
  ])('$what: $status $errorType', async ({ request, status, errorType, body }) => {
    const answer = await invoke(request);
    expect(answer.body).toBe(body);
    expect(answer.status).toBe(status);
    expect(answer.headers['x-amzn-errortype']).toBe(errorType);
    expect(answer.headers['x-amzn-requestid']).toMatch(/^[a-f0-9-]{36}$/);
    expect(answer.headers['content-type']).toBe('application/json');
  });

  it.each([
    { host: 'evil.example' },
    { host: '127.0.0.1.evil.example' },
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site', 'content-type': 'text/plain' },
  ])('a page from elsewhere runs nothing: %j', async (headers) => {
    const before = lambda.reports.length;
    const answer = await invoke({ headers, body: '{"do":"exit"}' });
    expect(answer.status).toBe(403);
    expect(answer.headers['x-amzn-errortype']).toBe('AccessDeniedException');
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    await invoke({ body: '1' });
    expect(lambda.reports.length).toBe(before + 1);
  });

  it.each(['..%2F..%2F..%2Fetc%2Fpasswd', '%2E%2E', '__proto__', 'constructor', 'toString', 'f%00'])(
    'the name %s finds nothing',
    async (name) => {
      const answer = await invoke({ path: invokePath(name) });
      expect([400, 404]).toContain(answer.status);
      expect(answer.body).toMatch(/Function not found|functionName/);
    },
  );
});
