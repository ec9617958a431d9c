import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LambdaPool, isLambdaPoolError, shared } from '../../src/index.ts';
import type { LambdaPoolError, Transport } from '../../src/index.ts';
import { FakeTransport } from '../support/fake-transport.ts';

const fake = (): FakeTransport => new FakeTransport({ 'math.square': (n: number) => n * n });

/** What the constructor throws at these options, which types would refuse too. */
function refusal(options: object): LambdaPoolError {
  let error: unknown = new Error('The options were accepted.');
  try {
    void new LambdaPool(options).terminate();
  } catch (thrown) {
    error = thrown;
  }
  if (isLambdaPoolError(error, 'OPTION_INVALID')) return error;
  throw error;
}

let before: string | undefined;
beforeEach(() => {
  before = process.env['LAMBDAPOOL_TRANSPORT'];
  delete process.env['LAMBDAPOOL_TRANSPORT'];
});
afterEach(() => {
  delete process.env['LAMBDAPOOL_TRANSPORT'];
  if (before !== undefined) process.env['LAMBDAPOOL_TRANSPORT'] = before;
});

test('a pool over a given transport runs calls there and closes it at its end', async () => {
  const transport = fake();
  {
    await using pool = new LambdaPool({ workers: 2, transport });
    expect(await pool.apply('math.square', { args: [3] })).toBe(9);
  }
  expect(transport.timesDisposed).toBe(1);
});

test('a given transport wins over LAMBDAPOOL_TRANSPORT', async () => {
  process.env['LAMBDAPOOL_TRANSPORT'] = 'nonsense';
  await using pool = new LambdaPool({ transport: fake() });
  expect(await pool.apply('math.square', { args: [3] })).toBe(9);
});

test('workers defaults to the number of cores', async () => {
  const transport = fake();
  transport.hold();
  await using pool = new LambdaPool({ transport });
  const map = pool.mapAsync(
    'math.square',
    Array.from({ length: 200 }, (_, n) => n),
    { chunksize: 1 },
  );
  expect(transport.running).toBe(availableParallelism());
  transport.release();
  await map;
});

test.each<[string, object, string | RegExp]>([
  ['an unknown option', { workers: 1, lambdaEntryPoint: 'x' }, '`lambdaEntryPoint`'],
  ['workers: 0', { workers: 0 }, /`workers` to be an integer of at least 1, got 0 \(number\)/],
  ["workers: 'many'", { workers: 'many' }, /`workers`.*"many" \(string\)/],
  ['Lambda without workers', { lambdaEntrypoint: 'math-helpers' }, /Give `workers`/],
  ['Lambda without a function', { workers: 1, transport: 'lambda' }, /`transport`.*give `lambdaEntrypoint`/],
  ['an empty function name', { workers: 1, lambdaEntrypoint: '' }, '`lambdaEntrypoint`'],
  [
    'an unknown place',
    { transport: 'cloud' },
    /`transport` to be a transport, 'lambda', 'localstack' or 'emulator', got "cloud"/,
  ],
  ['tasksRoot: 5 for LocalStack', { transport: 'localstack', tasksRoot: 5 }, '`tasksRoot`'],
  ['something that is no transport', { transport: {} }, '`transport`'],
  ['transport: null', { transport: null }, '`transport`'],
  ['tasksRoot: 5', { tasksRoot: 5 }, '`tasksRoot`'],
  ['an empty region', { workers: 1, lambdaEntrypoint: 'f', awsRegionName: '' }, '`awsRegionName`'],
  [
    'an access key alone',
    { workers: 1, lambdaEntrypoint: 'f', awsAccessKeyId: 'AKIA' },
    /`awsSecretAccessKey` is missing/,
  ],
  [
    'a secret alone',
    { workers: 1, lambdaEntrypoint: 'f', awsSecretAccessKey: 's3cret' },
    /`awsAccessKeyId` is missing/,
  ],
  ['a token alone', { workers: 1, lambdaEntrypoint: 'f', awsSessionToken: 't' }, /is missing/],
  ['options that are no object', [], 'LambdaPool'],
])('%s is refused at once', (_, options, message) => {
  expect(refusal(options).message).toMatch(message);
});

test('keys and `credentials` together are refused, and no secret is shown', () => {
  const keys = { awsAccessKeyId: 'AKIAIOSFODNN7', awsSecretAccessKey: 'wJalrXUtnFEMI' };
  const { message } = refusal({ workers: 1, lambdaEntrypoint: 'f', ...keys, credentials: {} });
  expect(message).toContain('not both');
  const wrong = refusal({ workers: 1, lambdaEntrypoint: 'f', ...keys, awsSecretAccessKey: ['wJalrXUtnFEMI'] });
  expect(`${message}${wrong.message}`).not.toMatch(/AKIA|wJalr/);
});

test.each(['cloud', 'ftp://x', 'http://'])('LAMBDAPOOL_TRANSPORT=%s is refused', (value) => {
  process.env['LAMBDAPOOL_TRANSPORT'] = value;
  expect(refusal({ workers: 1 }).message).toMatch(
    /`LAMBDAPOOL_TRANSPORT` to be 'lambda', 'localstack', 'emulator' or an http: URL/,
  );
});

test('LAMBDAPOOL_TRANSPORT=lambda needs an entrypoint and says so', () => {
  process.env['LAMBDAPOOL_TRANSPORT'] = 'lambda';
  expect(refusal({ workers: 1 }).message).toMatch(/`LAMBDAPOOL_TRANSPORT`.*give `lambdaEntrypoint`/);
});

describe('LAMBDAPOOL_TRANSPORT with a URL', () => {
  /** Answers as a function that returns 9 for each call, and keeps what it was asked. */
  async function endpoint(): Promise<AsyncDisposable & { readonly requests: IncomingMessage[] }> {
    const requests: IncomingMessage[] = [];
    const server = createServer((request, response) => {
      requests.push(request.resume());
      response.end('{"lambdapool":1,"timeoutMs":1000,"manifest":"x","outcomes":[{"ok":9}]}');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    process.env['LAMBDAPOOL_TRANSPORT'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return {
      requests,
      async [Symbol.asyncDispose]() {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      },
    };
  }

  test('calls the function `lambdapool` there, in us-east-1, with keys that need not exist', async () => {
    await using server = await endpoint();
    await using pool = new LambdaPool();
    expect(await pool.apply('math.square', { args: [3] })).toBe(9);
    expect(server.requests[0]?.url).toBe('/2015-03-31/functions/lambdapool/invocations');
    expect(server.requests[0]?.headers.authorization).toMatch(/Credential=local\/\d+\/us-east-1\/lambda/);
  });

  test('keeps the function, region and credentials that the program gives', async () => {
    await using server = await endpoint();
    await using pool = new LambdaPool({
      workers: 1,
      lambdaEntrypoint: 'math-helpers:live',
      awsAccessKeyId: 'AKIDGIVEN',
      awsSecretAccessKey: 'given',
      awsSessionToken: 'token',
      awsRegionName: 'eu-central-1',
    });
    expect(await pool.apply('math.square', { args: [3] })).toBe(9);
    const { url, headers } = server.requests[0] ?? {};
    expect(url).toMatch(/functions\/math-helpers(%3A|:)live\/invocations$/);
    expect(headers?.authorization).toMatch(/Credential=AKIDGIVEN\/\d+\/eu-central-1\/lambda/);
    expect(headers?.['x-amz-security-token']).toBe('token');
  });
});

test('constructing a pool neither opens nor reads anything', async () => {
  const pools = [
    new LambdaPool({ tasksRoot: '/no/such/folder' }),
    new LambdaPool({ workers: 1, lambdaEntrypoint: 'no-such-function', awsProfile: 'no-such-profile' }),
  ];
  expect(await Promise.all(pools.map((pool) => pool.terminate()))).toEqual([undefined, undefined]);
});

test('LambdaPool.with closes and joins when the function returns, and gives its result', async () => {
  const transport = fake();
  const map: PromiseLike<unknown>[] = [];
  const result = await LambdaPool.with({ workers: 1, transport }, (pool) => {
    map.push(pool.mapAsync('math.square', [1, 2, 3], { chunksize: 1 }));
    return 'done';
  });
  expect(result).toBe('done');
  expect(await map[0]).toEqual([1, 4, 9]);
  expect(transport.timesDisposed).toBe(1);
});

test('LambdaPool.with terminates when the function throws, and throws the same', async () => {
  const transport = fake();
  transport.hold();
  const map: PromiseLike<unknown>[] = [];
  const failure = new Error('on purpose');
  const ended = LambdaPool.with({ workers: 1, transport }, (pool) => {
    map.push(pool.mapAsync('math.square', [1]));
    throw failure;
  });
  await expect(ended).rejects.toBe(failure);
  await expect(map[0]).rejects.toMatchObject({ code: 'POOL_TERMINATED' });
  expect(transport.timesDisposed).toBe(1);
});

test('a shared transport survives its pools', async () => {
  await using transport: Transport & FakeTransport = fake();
  await LambdaPool.with({ transport: shared(transport) }, (pool) => pool.map('math.square', [1]));
  await LambdaPool.with({ transport: shared(transport) }, (pool) => pool.map('math.square', [1]));
  expect(transport.timesDisposed).toBe(0);
});
