import {
  InvalidParameterValueException,
  InvalidRequestContentException,
  type InvokeCommandInput,
  InvokeCommand,
  LambdaClient,
  LambdaServiceException,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { ACCOUNT, FUNCTION, IMPATIENT_FUNCTION, type Lambda, openLambda, REGION } from './support/lambda.ts';

const ARN = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${FUNCTION}`;
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe.each(['process', 'thread'] as const)('the AWS SDK for JavaScript, %s isolation', (isolation) => {
  let lambda: Lambda;
  let client: LambdaClient;

  beforeAll(async () => {
    lambda = await openLambda(isolation);
    client = new LambdaClient({
      endpoint: lambda.url,
      region: REGION,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
    });
  });
  afterAll(async () => {
    client.destroy();
    await lambda[Symbol.asyncDispose]();
  });

  const invoke = (event?: unknown, input: Partial<InvokeCommandInput> = {}) => {
    const payload = event === undefined ? {} : { Payload: JSON.stringify(event) };
    return client.send(new InvokeCommand({ FunctionName: FUNCTION, ...payload, ...input }));
  };
  const resultOf = async (event?: unknown, input: Partial<InvokeCommandInput> = {}): Promise<unknown> => {
    const answer = await invoke(event, input);
    return JSON.parse(answer.Payload?.transformToString() ?? '');
  };
  const failureOf = (sent: Promise<unknown>): Promise<unknown> =>
    sent.then(
      () => undefined,
      (error: unknown) => error,
    );

  it('gets the result, the version and the request id of a synchronous call', async () => {
    const answer = await invoke({ n: [1, 'ü', null] });
    expect(answer.StatusCode).toBe(200);
    expect(answer.ExecutedVersion).toBe('$LATEST');
    expect(answer.FunctionError).toBeUndefined();
    expect(answer.LogResult).toBeUndefined();
    expect(answer.Payload?.transformToString()).toBe('{"event":{"n":[1,"ü",null]}}');
    expect(answer.$metadata.requestId).toMatch(/^[a-f0-9-]{36}$/);
  });

  it('no payload reaches the function as {}, no result comes back as null', async () => {
    expect(await resultOf()).toEqual({ event: {} });
    expect(await resultOf({ do: 'nothing' })).toBeNull();
  });

  it('a payload may hold white space and line breaks', async () => {
    const answer = await invoke(undefined, { Payload: '{\n  "a": "x\\ny",\r\n\t"b": "\u2028"\n}\n' });
    expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toEqual({ event: { a: 'x\ny', b: '\u2028' } });
  });

  it('an Event is accepted at once and runs afterwards, under the request id of the answer', async () => {
    const answer = await invoke({ do: 'log', line: 'from an event' }, { InvocationType: 'Event' });
    expect(answer.StatusCode).toBe(202);
    expect(answer.ExecutedVersion).toBeUndefined();
    expect(answer.Payload?.length ?? 0).toBe(0);
    await eventually(() => {
      const report = lambda.reports.find(({ requestId }) => requestId === answer.$metadata.requestId);
      expect(report?.log).toContain('from an event');
    }, 10_000);
  });

  it('a DryRun runs nothing', async () => {
    const before = lambda.reports.length;
    const answer = await invoke({ do: 'exit', code: 1 }, { InvocationType: 'DryRun' });
    expect(answer.StatusCode).toBe(204);
    expect(answer.ExecutedVersion).toBeUndefined();
    expect(await resultOf('after')).toEqual({ event: 'after' });
    expect(lambda.reports.slice(before)).toHaveLength(1);
  });

  it('LogType Tail brings the log of this call, from START to REPORT', async () => {
    const answer = await invoke({ do: 'log', line: 'größe 5' }, { LogType: 'Tail' });
    const log = Buffer.from(answer.LogResult ?? '', 'base64').toString();
    const id = answer.$metadata.requestId;
    expect(log).toContain(`START RequestId: ${id} Version: $LATEST\n`);
    expect(log).toContain(`\t${id}\tINFO\tgröße 5\n`);
    expect(log).toContain(`END RequestId: ${id}\n`);
    expect(log).toMatch(
      new RegExp(`REPORT RequestId: ${id}\tDuration: [0-9.]+ ms\tBilled Duration: \\d+ ms\tMemory Size: 256 MB`),
    );
  });

  it('an error of the function is a 200 with FunctionError and the error as payload', async () => {
    const answer = await invoke({ do: 'throw', message: 'boom' });
    expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled', ExecutedVersion: '$LATEST' });
    const error: unknown = JSON.parse(answer.Payload?.transformToString() ?? '');
    expect(error).toMatchObject({ errorType: 'TypeError', errorMessage: 'boom', trace: expect.any(Array) });
    expect(JSON.stringify(error)).toContain('function/index.mjs');
  });

  it('a timeout is reported in the words of AWS, and the function goes on in a new environment', async () => {
    const answer = await invoke({ do: 'sleep', ms: 60_000 }, { FunctionName: IMPATIENT_FUNCTION });
    expect(answer.FunctionError).toBe('Unhandled');
    // Recorded: test_lambda_invoke_with_timeout, 2025-11.
    expect(answer.Payload?.transformToString()).toBe(
      `{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: ${answer.$metadata.requestId} Error: Task timed out after 1.00 seconds"}`,
    );
    expect(await resultOf('after', { FunctionName: IMPATIENT_FUNCTION })).toEqual({ event: 'after' });
  });

  it('an exit is reported in the words of AWS', async () => {
    const answer = await invoke({ do: 'exit', code: 7 });
    expect(answer.FunctionError).toBe('Unhandled');
    expect(answer.Payload?.transformToString()).toBe(
      `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ${answer.$metadata.requestId} Error: Runtime exited with error: exit status 7"}`,
    );
  });

  it('a function that is not there is a ResourceNotFoundException', async () => {
    const error = await failureOf(invoke({}, { FunctionName: 'doesnotexist' }));
    expect(error).toBeInstanceOf(ResourceNotFoundException);
    expect(error).toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Function not found: arn:aws:lambda:${REGION}:${ACCOUNT}:function:doesnotexist:$LATEST`,
      Type: 'User',
      $metadata: { httpStatusCode: 404 },
    });
  });

  it.each([
    [FUNCTION, '$LATEST'],
    [`${FUNCTION}:$LATEST`, undefined],
    [`function:${FUNCTION}`, undefined],
    [`${ACCOUNT}:function:${FUNCTION}`, undefined],
    [ARN, undefined],
    [ARN, '$LATEST'],
    [`${ARN}:$LATEST`, undefined],
    [`${ARN}:$LATEST`, '$LATEST'],
  ])('%s with the qualifier %s is the function', async (FunctionName, Qualifier) => {
    const context = await resultOf({ do: 'context' }, { FunctionName, ...(Qualifier && { Qualifier }) });
    const isQualified = Qualifier !== undefined || FunctionName.endsWith('$LATEST');
    expect(context).toMatchObject({
      functionName: FUNCTION,
      functionVersion: '$LATEST',
      memoryLimitInMB: '256',
      invokedFunctionArn: isQualified ? `${ARN}:$LATEST` : ARN,
    });
  });

  it('a version that is not there, two different qualifiers, another region: each has its own error', async () => {
    expect(await failureOf(invoke({}, { Qualifier: '42' }))).toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Function not found: ${ARN}:42`,
    });
    const mismatch = await failureOf(invoke({}, { FunctionName: `${ARN}:1`, Qualifier: '2' }));
    expect(mismatch).toBeInstanceOf(InvalidParameterValueException);
    const region = await failureOf(invoke({}, { FunctionName: ARN.replace(REGION, 'ap-southeast-1') }));
    expect(region).toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Functions from 'ap-southeast-1' are not reachable in this region ('us-east-1')`,
    });
    expect(await failureOf(invoke({}, { FunctionName: 'f f' }))).toMatchObject({
      name: 'ValidationException',
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('the client context reaches the function decoded', async () => {
    const ClientContext = base64(JSON.stringify({ custom: { tenant: 'ü' }, client: { app_title: 'a' } }));
    expect(await resultOf({ do: 'context' }, { ClientContext })).toMatchObject({
      clientContext: { custom: { tenant: 'ü' }, client: { app_title: 'a' } },
    });
    expect(await failureOf(invoke({}, { ClientContext: 'string' }))).toMatchObject({
      name: 'InvalidRequestContentException',
      message: 'Client context must be a valid Base64-encoded JSON object.',
    });
  });

  it('the request id of the answer is the one that the function sees', async () => {
    const answer = await invoke({ do: 'context' });
    expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toMatchObject({
      awsRequestId: answer.$metadata.requestId,
    });
  });

  it('a payload that is not JSON is an InvalidRequestContentException with its position', async () => {
    const error = await failureOf(invoke(undefined, { Payload: '{"a": oops}' }));
    expect(error).toBeInstanceOf(InvalidRequestContentException);
    expect(String(error)).toContain("Could not parse payload into json: Unrecognized token 'oops'");
    expect(String(error)).toContain('line: 1, column: 12]');
  });

  it('6,291,456 bytes go in, one more does not', async () => {
    const payload = (length: number) => `"${'x'.repeat(length - 2)}"`;
    const answer = await invoke(undefined, { Payload: `{"do":"nothing","a":${payload(6_291_456 - 21)}}` });
    expect(answer.FunctionError).toBeUndefined();
    for (const length of [6_291_457, 7_340_032, 20_000_000]) {
      const error = await failureOf(invoke(undefined, { Payload: payload(length) }));
      expect(error).toBeInstanceOf(LambdaServiceException);
      expect(error).toMatchObject({
        name: 'RequestEntityTooLargeException',
        message: 'Request must be smaller than 6291456 bytes for the InvokeFunction operation',
        $metadata: { httpStatusCode: 413 },
      });
    }
  });

  it('an Event takes 1,048,576 bytes, one more it does not', async () => {
    const payload = (length: number) => `"${'x'.repeat(length - 2)}"`;
    const event = { InvocationType: 'Event' } as const;
    expect((await invoke(undefined, { ...event, Payload: payload(1_048_576) })).StatusCode).toBe(202);
    expect(await failureOf(invoke(undefined, { ...event, Payload: payload(1_048_577) }))).toMatchObject({
      name: 'RequestEntityTooLargeException',
      message: '1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)',
    });
  });

  it('6 MiB come out, more than 100 bytes above it are an error of the function', async () => {
    const large = await invoke({ do: 'text', length: 6_291_556 - 2 });
    expect(large.FunctionError).toBeUndefined();
    expect(large.Payload?.length).toBe(6_291_556);
    const answer = await invoke({ do: 'text', length: 6_291_556 - 1 });
    // Recorded: test_lambda_too_large_response.
    expect(answer.FunctionError).toBe('Unhandled');
    expect(answer.Payload?.transformToString()).toBe(
      '{"errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes).","errorType":"Function.ResponseSizeTooLarge"}',
    );
  });

  it('calls beyond the environments wait and all come back', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, (_, index) => resultOf({ index })));
    expect(results).toEqual(Array.from({ length: 20 }, (_, index) => ({ event: { index } })));
  });
});
