/** What is asked of an account, over HTTP to a server that answers as Lambda does. */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { LambdaPool } from '../../../../src/lambda-pool.ts';
import { LambdaAccount } from '../../../../src/transport/lambda/account.ts';
import { fakeEndpoint } from '../../../support/fake-endpoint.ts';

type Answers = Readonly<Record<string, { readonly status?: number; readonly body: unknown; readonly type?: string }>>;

const SETTINGS = '/2016-08-19/account-settings';
const limits = { body: { AccountLimit: { ConcurrentExecutions: 1_000, UnreservedConcurrentExecutions: 730 } } };
const access = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

async function service(
  answers: Answers,
): Promise<AsyncDisposable & { readonly url: string; readonly paths: string[] }> {
  const paths: string[] = [];
  const server = http.createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '');
    paths.push(path);
    const { status = 200, body, type } = answers[path] ?? { status: 404, body: { message: path } };
    response.writeHead(status, { ...(type !== undefined && { 'x-amzn-errortype': type }) });
    response.end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}`, paths, [Symbol.asyncDispose]: close };
}

const reserved = (name: string, body: unknown): Answers => ({
  [SETTINGS]: limits,
  [`/2019-09-30/functions/${name}/concurrency`]: { body },
});

test('what the account has left for all is what a function can have', async () => {
  await using s = await service(reserved('math', {}));
  const account = new LambdaAccount({ functionName: 'math', endpoint: s.url, ...access });
  expect(await account.concurrency()).toBe(730);
});

test.each(['math', 'math:live', 'math:7'])('what is reserved for %s comes first', async (functionName) => {
  await using s = await service(reserved('math', { ReservedConcurrentExecutions: 42 }));
  const account = new LambdaAccount({ functionName, endpoint: s.url, ...access });
  expect(await account.concurrency()).toBe(42);
});

test.each(['', ':live'])('an ARN with the qualifier "%s" is asked about without it', async (qualifier) => {
  const arn = 'arn:aws:lambda:eu-central-1:123456789012:function:math';
  await using s = await service(reserved(arn, { ReservedConcurrentExecutions: 5 }));
  const account = new LambdaAccount({
    functionName: arn + qualifier,
    endpoint: s.url,
    credentials: access.credentials,
  });
  expect(await account.concurrency()).toBe(5);
});

test('who may not ask is told which actions it takes', async () => {
  const body = { message: 'User is not authorized to perform: lambda:GetAccountSettings' };
  await using s = await service({
    ...reserved('math', {}),
    [SETTINGS]: { status: 403, body, type: 'AccessDeniedException' },
  });
  const account = new LambdaAccount({ functionName: 'math', endpoint: s.url, ...access });
  await expect(account.concurrency()).rejects.toMatchObject({
    code: 'ACCESS_DENIED',
    message: expect.stringMatching(/`workers: 'auto'`.*lambda:GetAccountSettings/s),
  });
});

test("with `workers: 'auto'` nothing is sent before the account has answered, and then as much as it allows", async () => {
  await using endpoint = await fakeEndpoint({
    tasks: { 'math.square': (n: number) => n * n },
    account: { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 7 },
  });
  process.env['LAMBDAPOOL_TRANSPORT'] = endpoint.url;
  await using pool = new LambdaPool({ workers: 'auto' });
  delete process.env['LAMBDAPOOL_TRANSPORT'];
  expect(await pool.map('math.square', [1, 2, 3])).toEqual([1, 4, 9]);
  expect(pool.workers).toBe(7);
});

test("`workers: 'auto'` is refused for a transport that is given", () => {
  const transport = {
    name: 'own',
    invoke: () => Promise.reject(new Error('no')),
    [Symbol.asyncDispose]: async () => {},
  };
  expect(() => new LambdaPool({ workers: 'auto', transport })).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining("`workers: 'auto'`") }),
  );
});
