import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, FUNCTION, IMPATIENT_FUNCTION, type Lambda, openLambda, REGION } from './support/lambda.ts';
import { clientEnvironment, findPython, run } from './support/python.ts';

const SCRIPT = fileURLToPath(new URL('support/invoke.py', import.meta.url));
const ARN = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${FUNCTION}`;
const python = await findPython();
const missing = 'missing' in python ? python.missing : undefined;

describe.skipIf(missing !== undefined)(`boto3${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  let lambda: Lambda;
  beforeAll(async () => {
    lambda = await openLambda();
  });
  afterAll(() => lambda[Symbol.asyncDispose]());

  async function invoke(calls: readonly object[]): Promise<unknown> {
    const interpreter = 'interpreter' in python ? python.interpreter : '';
    const input = JSON.stringify(calls.map((call) => ({ FunctionName: FUNCTION, ...call })));
    const outcome = await run(interpreter, [SCRIPT], { env: clientEnvironment(lambda.url), input });
    expect(outcome.stderr).toBe('');
    return JSON.parse(outcome.stdout);
  }

  it('gets results, function errors, logs, and the answers to an Event and a DryRun', async () => {
    const ClientContext = Buffer.from('{"custom":{"a":1}}').toString('base64');
    const answers = await invoke([
      { Payload: '{"n": [1, "ü"]}' },
      {},
      { Payload: '{"do": "throw", "message": "boom"}', LogType: 'Tail' },
      { Payload: '1', InvocationType: 'Event' },
      { Payload: '1', InvocationType: 'DryRun' },
      { Payload: '{"do": "context"}', ClientContext, FunctionName: ARN, Qualifier: '$LATEST' },
    ]);
    expect(answers).toMatchObject([
      { StatusCode: 200, ExecutedVersion: '$LATEST', Payload: '{"event":{"n":[1,"ü"]}}' },
      { StatusCode: 200, Payload: '{"event":{}}' },
      {
        StatusCode: 200,
        FunctionError: 'Unhandled',
        Payload: expect.stringContaining('{"errorType":"TypeError","errorMessage":"boom"'),
        LogResult: expect.stringMatching(/^[A-Za-z0-9+/=]+$/),
      },
      { StatusCode: 202, Payload: '' },
      { StatusCode: 204, Payload: '' },
      { StatusCode: 200, Payload: expect.stringContaining(`"invokedFunctionArn":"${ARN}:$LATEST"`) },
    ]);
    expect(JSON.stringify(answers)).toContain(String.raw`\"clientContext\":{\"custom\":{\"a\":1}}`);
  });

  it('gets errors as its own exception classes', async () => {
    const answers = await invoke([
      { FunctionName: 'doesnotexist' },
      { Payload: '{"a": oops}' },
      { FunctionName: `${ARN}:1`, Qualifier: '2' },
      { FunctionName: 'a@b' },
      { Payload: `"${'x'.repeat(7_340_032)}"` },
    ]);
    expect(answers).toMatchObject([
      {
        type: 'ResourceNotFoundException',
        status: 404,
        error: {
          Code: 'ResourceNotFoundException',
          Message: `Function not found: arn:aws:lambda:${REGION}:${ACCOUNT}:function:doesnotexist:$LATEST`,
        },
      },
      {
        type: 'InvalidRequestContentException',
        status: 400,
        error: { Message: expect.stringContaining("Could not parse payload into json: Unrecognized token 'oops'") },
      },
      { type: 'InvalidParameterValueException', status: 400 },
      { status: 400, error: { Code: 'ValidationException', Message: expect.stringContaining("Value 'a@b'") } },
      {
        status: 413,
        error: {
          Code: 'RequestEntityTooLargeException',
          Message: 'Request must be smaller than 6291456 bytes for the InvokeFunction operation',
        },
      },
    ]);
  });

  it('sees a timeout as an error of the function', async () => {
    const answers = await invoke([{ FunctionName: IMPATIENT_FUNCTION, Payload: '{"do": "sleep", "ms": 60000}' }]);
    expect(answers).toMatchObject([
      {
        StatusCode: 200,
        FunctionError: 'Unhandled',
        Payload: expect.stringMatching(
          /^\{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: [a-f0-9-]{36} Error: Task timed out after 1.00 seconds"\}$/,
        ),
      },
    ]);
  });
});
