/** `lambdapool dev` with functions besides its own: what it prints tells them apart. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import {
  CreateFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { tasksRoot } from '../support/tasks-root.ts';
import { zipOf } from '../support/zip.ts';
import { startCli } from './cli.ts';

const codeOf = (text: string): Uint8Array =>
  zipOf({ 'index.mjs': `export const handler = async () => { console.log('${text}'); return '${text}'; };` });

interface Api extends Disposable {
  create(text: string): Promise<void>;
  update(text: string): Promise<void>;
  invoke(functionName: string, payload: string): Promise<string | undefined>;
}

function apiAt(endpoint: string): Api {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new LambdaClient({ endpoint, region: 'us-east-1', credentials });
  const FunctionName = 'second';
  const settled = (): Promise<void> =>
    eventually(async () => {
      const { State, LastUpdateStatus } = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
      expect({ State, LastUpdateStatus }).toEqual({ State: 'Active', LastUpdateStatus: 'Successful' });
    }, 10_000);
  return {
    async create(text) {
      const settings = { FunctionName, Runtime: 'nodejs24.x', Role: 'arn:aws:iam::000000000000:role/any' } as const;
      await client.send(
        new CreateFunctionCommand({ ...settings, Handler: 'index.handler', Code: { ZipFile: codeOf(text) } }),
      );
      await settled();
    },
    async update(text) {
      await client.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: codeOf(text) }));
      await settled();
    },
    async invoke(functionName, payload) {
      const { Payload } = await client.send(new InvokeCommand({ FunctionName: functionName, Payload: payload }));
      return Payload?.transformToString();
    },
    [Symbol.dispose]: () => client.destroy(),
  };
}

test('lambdapool dev names a function that was created in it, and reports each reload for the function that it is of', async () => {
  await using root = await tasksRoot({ 'math.ts': 'export const one = () => 1;' });
  await using dev = startCli(['dev', root.directory, '--port', '0', '--isolation', 'thread']);
  await dev.seen(/Ctrl-C stops it/);
  const [endpoint] = await dev.seen(/http:\/\/127\.0\.0\.1:\d+/);
  using api = apiAt(endpoint);
  await api.create('first');
  expect(await api.invoke('second', '{}')).toBe('"first"');
  await dev.seen(/^\d\d:\d\d:\d\d {2}loaded {2}second {2}generation 1$/m);
  await dev.seen(/^ {2}\| INFO first\n.* success .* MB {2}second {2}cold start/m);
  await root.write('math.ts', 'export const one = () => 1; export const two = () => 2;');
  await dev.seen(/reloaded {2}generation 2 {2}.*math\.ts {2}\+ math\.two$/m);
  await api.update('other');
  expect(await api.invoke('second', '{}')).toBe('"other"');
  await dev.seen(/^\d\d:\d\d:\d\d {2}reloaded {2}second {2}generation 2$/m);
  expect(await api.invoke('lambdapool', '{"task":"math.two","args":[]}')).toBe('2');
  await dev.seen(/ success .* MB( {2}cold start.*)?$/m);
  expect(dev.stdout().match(/reloaded {2}/g)).toHaveLength(2);
});

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error(`No port in ${address}.`);
  return address.port;
}

test('lambdapool dev waits for the repair of its own tasks, even if another function runs in it meanwhile', async () => {
  await using root = await tasksRoot({ 'math.ts': 'export const one = (' });
  const port = await freePort();
  await using dev = startCli(['dev', root.directory, '--port', String(port), '--isolation', 'thread', '--json']);
  await dev.seen(/"event":"build\.failed"/);
  using api = apiAt(`http://127.0.0.1:${port}`);
  await api.create('first');
  expect(await api.invoke('second', '{}')).toBe('"first"');
  await dev.seen(/"event":"invocation\.finished".*"functionName":"second","version":"\$LATEST"/);
  expect(dev.stdout()).not.toContain('"event":"started"');
  await root.write('math.ts', 'export const one = () => 1;');
  await dev.seen(/"event":"started".*"functionName":"lambdapool"/);
  expect(await api.invoke('lambdapool', '{"task":"math.one","args":[]}')).toBe('1');
});
