import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Emulator, type Server, startServer } from '../../emulator/index.ts';
import { tasksSource } from '../../src/bundle/tasks-source.ts';
import { tasksRoot } from '../support/tasks-root.ts';
import { clientEnvironment, findPython, run } from './support/python.ts';

const TASKS = fileURLToPath(new URL('../../fixtures/tasks', import.meta.url));
const INVOKE_PY = fileURLToPath(new URL('support/invoke.py', import.meta.url));
const FUNCTION = 'lambdapool';
const python = await findPython();
const interpreter = 'interpreter' in python ? python.interpreter : '';

/** What a client without a line of ours gets for a plain event. */
interface Answer {
  readonly payload: unknown;
  readonly functionError: string | undefined;
  readonly log: string;
}

interface Client {
  readonly name: string;
  readonly missing: string | undefined;
  invoke(url: string, event: object): Promise<Answer>;
}

const decoded = (base64: string | undefined): string => Buffer.from(base64 ?? '', 'base64').toString();
const missing = 'missing' in python ? python.missing : undefined;

const sdk: Client = {
  name: 'the AWS SDK for JavaScript',
  missing: undefined,
  async invoke(endpoint, event) {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const client = new LambdaClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
    const Payload = JSON.stringify(event);
    const answer = await client.send(new InvokeCommand({ FunctionName: FUNCTION, Payload, LogType: 'Tail' }));
    client.destroy();
    const payload: unknown = JSON.parse(answer.Payload?.transformToString() ?? '');
    return { payload, functionError: answer.FunctionError, log: decoded(answer.LogResult) };
  },
};

const boto3: Client = {
  name: 'boto3',
  missing,
  async invoke(url, event) {
    const input = JSON.stringify([{ FunctionName: FUNCTION, Payload: JSON.stringify(event), LogType: 'Tail' }]);
    const { stdout, stderr } = await run(interpreter, [INVOKE_PY], { env: clientEnvironment(url), input });
    expect(stderr).toBe('');
    const [answer] = JSON.parse(stdout);
    return {
      payload: JSON.parse(answer.Payload),
      functionError: answer.FunctionError,
      log: decoded(answer.LogResult),
    };
  },
};

const cli: Client = {
  name: 'the AWS CLI',
  missing,
  async invoke(url, event) {
    const directory = await mkdtemp(path.join(tmpdir(), 'lambdapool-cli-'));
    try {
      const file = path.join(directory, 'answer.json');
      const call = ['--function-name', FUNCTION, '--payload', JSON.stringify(event), '--log-type', 'Tail', file];
      const command = ['-m', 'awscli', 'lambda', 'invoke', ...call];
      const { stdout, stderr } = await run(interpreter, command, { env: clientEnvironment(url) });
      expect(stderr).toBe('');
      const answer = JSON.parse(stdout);
      const payload: unknown = JSON.parse(await readFile(file, 'utf8'));
      return { payload, functionError: answer.FunctionError, log: decoded(answer.LogResult) };
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  },
};

const clients = [sdk, boto3, cli].map((client) => ({
  client,
  title: client.missing === undefined ? client.name : `${client.name} (skipped: ${client.missing})`,
}));

describe('a task called with a plain event', () => {
  let emulator: Emulator;
  let server: Server;
  beforeAll(async () => {
    emulator = new Emulator({ isolation: 'process', concurrency: 2 });
    emulator.register({ functionName: FUNCTION, code: tasksSource({ tasksRoot: TASKS }) });
    server = await startServer({ emulator });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await emulator[Symbol.asyncDispose]();
  });

  describe.each(clients)('by $title', ({ client }) => {
    const skip = client.missing !== undefined;

    it.skipIf(skip)('gives its bare result', async () => {
      const answer = await client.invoke(server.url, { task: 'math.fibonacci', args: [10], kwds: {} });
      expect(answer).toMatchObject({ payload: 55, functionError: undefined });
      const byName = await client.invoke(server.url, { task: 'math.fibonacci', kwds: { n: 10 } });
      expect(byName.payload).toBe(55);
    });

    it.skipIf(skip)('fails with an error whose trace points into the TypeScript file', async () => {
      const answer = await client.invoke(server.url, { task: 'faults.throwError', args: ['the card was refused'] });
      expect(answer.functionError).toBe('Unhandled');
      expect(answer.payload).toMatchObject({ errorType: 'OrderError', errorMessage: 'the card was refused' });
      expect(JSON.stringify(answer.payload)).toMatch(/throwError \([^)]*fixtures\/tasks\/faults\.ts:\d+:\d+\)/);
    });

    it.skipIf(skip)('has its console output in the log tail', async () => {
      const answer = await client.invoke(server.url, { task: 'faults.log', args: ['from the task'] });
      expect(answer.functionError).toBeUndefined();
      expect(answer.log).toMatch(/\tINFO\t.*from the task/);
    });

    it.skipIf(skip)('that does not exist names the ones that do', async () => {
      const answer = await client.invoke(server.url, { task: 'math.fibonaci', args: [10] });
      expect(answer.functionError).toBe('Unhandled');
      expect(JSON.stringify(answer.payload)).toContain('math.fibonacci');
    });
  });
});

describe('tasks that do not build', () => {
  it('are an error with file and line, and a repaired file is enough to go on', async () => {
    await using root = await tasksRoot({ 'sums.ts': 'export const add = (a: number) => a +;\n' });
    await using emulator = new Emulator({ isolation: 'thread', concurrency: 1 });
    emulator.register({ functionName: FUNCTION, code: tasksSource({ tasksRoot: root.directory }) });
    await using server = await startServer({ emulator });
    const event = { task: 'sums.add', args: [54] };
    const broken: unknown = await sdk.invoke(server.url, event).catch((error: unknown) => error);
    expect(broken).toMatchObject({ name: 'BuildFailedException', $metadata: { httpStatusCode: 400 } });
    expect(String(broken)).toContain('sums.ts:1:');
    await root.write('sums.ts', 'export const add = (a: number) => a + 1;\n');
    expect(await sdk.invoke(server.url, event)).toMatchObject({ payload: 55 });
  });
});
