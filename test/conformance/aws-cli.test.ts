import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, FUNCTION, IMPATIENT_FUNCTION, type Lambda, openLambda, REGION } from './support/lambda.ts';
import { clientEnvironment, findPython, type Outcome, run } from './support/python.ts';

const ARN = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${FUNCTION}`;
const python = await findPython();
const missing = 'missing' in python ? python.missing : undefined;

interface CliOutcome extends Outcome {
  /** What the CLI wrote into its output file. */
  readonly payload: string;
}

describe.skipIf(missing !== undefined)(`the AWS CLI${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  let lambda: Lambda;
  let directory: string;
  beforeAll(async () => {
    lambda = await openLambda();
    directory = await mkdtemp(path.join(tmpdir(), 'lambdapool-cli-'));
  });
  afterAll(async () => {
    await lambda[Symbol.asyncDispose]();
    await rm(directory, { recursive: true, force: true });
  });

  async function invoke(functionName: string, ...args: readonly string[]): Promise<CliOutcome> {
    const interpreter = 'interpreter' in python ? python.interpreter : '';
    const file = path.join(directory, 'answer.json');
    await writeFile(file, '');
    const command = ['-m', 'awscli', 'lambda', 'invoke', '--function-name', functionName, ...args, file];
    const outcome = await run(interpreter, command, { env: clientEnvironment(lambda.url) });
    return { ...outcome, payload: await readFile(file, 'utf8') };
  }

  it('writes the result into its file and prints the rest', async () => {
    const outcome = await invoke(FUNCTION, '--payload', '{"n": [1, "ü"]}');
    expect(outcome).toMatchObject({ exitCode: 0, stderr: '', payload: '{"event":{"n":[1,"ü"]}}' });
    expect(JSON.parse(outcome.stdout)).toEqual({ StatusCode: 200, ExecutedVersion: '$LATEST' });
  });

  it('prints the function error and the log tail', async () => {
    const outcome = await invoke(ARN, '--payload', '{"do": "throw", "message": "boom"}', '--log-type', 'Tail');
    expect(outcome.exitCode).toBe(0);
    const printed: unknown = JSON.parse(outcome.stdout);
    expect(printed).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled', LogResult: expect.any(String) });
    expect(JSON.parse(outcome.payload)).toMatchObject({ errorType: 'TypeError', errorMessage: 'boom' });
    const log = /"LogResult": "([^"]+)"/.exec(outcome.stdout)?.[1] ?? '';
    expect(Buffer.from(log, 'base64').toString()).toMatch(/^START RequestId: .*\n[^]*\nREPORT RequestId: /);
  });

  it('sends Events and dry runs', async () => {
    const event = await invoke(FUNCTION, '--payload', '1', '--invocation-type', 'Event');
    expect(event).toMatchObject({ exitCode: 0, payload: '' });
    expect(JSON.parse(event.stdout)).toEqual({ StatusCode: 202 });
    const dryRun = await invoke(FUNCTION, '--payload', '1', '--invocation-type', 'DryRun');
    expect(JSON.parse(dryRun.stdout)).toEqual({ StatusCode: 204 });
  });

  it('prints errors of the service as its own', async () => {
    const outcome = await invoke('doesnotexist', '--payload', '{}');
    expect(outcome.exitCode).not.toBe(0);
    expect(outcome.stderr).toContain(
      `(ResourceNotFoundException) when calling the Invoke operation: Function not found: arn:aws:lambda:${REGION}:${ACCOUNT}:function:doesnotexist:$LATEST`,
    );
    const badJson = await invoke(FUNCTION, '--payload', '{oops');
    expect(badJson.stderr).toContain('(InvalidRequestContentException)');
    expect(badJson.stderr).toContain("Unexpected character ('o' (code 111)): was expecting double-quote");
  });

  it('sees a timeout as an error of the function', async () => {
    const outcome = await invoke(IMPATIENT_FUNCTION, '--payload', '{"do": "sleep", "ms": 60000}');
    expect(JSON.parse(outcome.stdout)).toMatchObject({ FunctionError: 'Unhandled' });
    expect(outcome.payload).toContain('Error: Task timed out after 1.00 seconds"}');
  });
});
