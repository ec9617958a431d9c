import diagnostics from 'node:diagnostics_channel';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createFunction } from '../../../../src/deploy/deploy-function.ts';
import { deleteFunction } from '../../../../src/deploy/delete-function.ts';
import { listFunctions } from '../../../../src/deploy/list-functions.ts';
import { openTarget } from '../../../../src/deploy/target/target.ts';
import type { TargetOptions } from '../../../../src/deploy/target/target.ts';
import { FakeAws } from '../fake-aws/fake-aws.ts';
import { CREDENTIALS, rejection, setup } from '../setup.ts';

beforeEach(() => {
  // What the SDK itself reads must not come from the machine that runs the tests.
  for (const name of [
    'AWS_REGION',
    'AWS_PROFILE',
    'AWS_ENDPOINT_URL',
    'AWS_ENDPOINT_URL_LAMBDA',
    'AWS_ENDPOINT_URL_IAM',
  ]) {
    vi.stubEnv(name, undefined);
  }
  vi.stubEnv('AWS_CONFIG_FILE', '/nowhere/config');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere/credentials');
});

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('where the services are', () => {
  const region = 'eu-central-1';

  test('at AWS, where nothing else is said', async () => {
    await using target = await openTarget({ region }, {});
    expect(target).toMatchObject({ endpoint: undefined, lambdaOnly: false, isEmulator: false, region });
  });

  test('all at one URL, with an endpoint or AWS_ENDPOINT_URL', async () => {
    await using aws = await FakeAws.start();
    for (const [options, env] of [
      [{ endpoint: aws.url }, {}],
      [{}, { AWS_ENDPOINT_URL: aws.url }],
      [{}, { AWS_ENDPOINT_URL: aws.url, AWS_ENDPOINT_URL_LAMBDA: aws.url }],
    ]) {
      await using target = await openTarget({ region, ...options }, { ...env });
      expect(target).toMatchObject({ endpoint: aws.url, lambdaOnly: false, isEmulator: false });
    }
  });

  test('Lambda alone, with AWS_ENDPOINT_URL_LAMBDA', async () => {
    await using aws = await FakeAws.start();
    await using target = await openTarget({ region }, { AWS_ENDPOINT_URL_LAMBDA: aws.url });
    expect(target).toMatchObject({ endpoint: aws.url, lambdaOnly: true, isEmulator: false });
  });

  test('Lambda alone, as long as any other service would be called at AWS', async () => {
    await using aws = await FakeAws.start();
    const variables = { AWS_ENDPOINT_URL_LAMBDA: aws.url };
    for (const service of ['IAM', 'STS', 'S3']) vi.stubEnv(`AWS_ENDPOINT_URL_${service}`, aws.url);
    await using some = await openTarget({ region }, variables);
    expect(some).toMatchObject({ lambdaOnly: true });
    vi.stubEnv('AWS_ENDPOINT_URL_CLOUDWATCH_LOGS', aws.url);
    await using all = await openTarget({ region }, variables);
    expect(all).toMatchObject({ lambdaOnly: false });
  });

  test.each([
    'https://vpce-1.lambda.eu-central-1.vpce.amazonaws.com',
    'https://lambda.cn-north-1.amazonaws.com.cn',
    'https://lambda.eusc-de-east-1.amazonaws.eu',
  ])('at AWS, too, where its own name is given: %s', async (url) => {
    await using target = await openTarget({ region }, { AWS_ENDPOINT_URL_LAMBDA: url });
    expect(target).toMatchObject({ endpoint: url, lambdaOnly: false });
  });

  test('as a shared configuration file says', async () => {
    await using aws = await FakeAws.start();
    const folder = await mkdtemp(path.join(tmpdir(), 'lambdapool-config-'));
    const file = path.join(folder, 'config');
    const text = `[profile all]\nregion = eu-west-3\nendpoint_url = ${aws.url}\n[profile one]\nregion = eu-west-3\nservices = s\n[services s]\nlambda =\n  endpoint_url = ${aws.url}\n`;
    await writeFile(file, text);
    vi.stubEnv('AWS_CONFIG_FILE', file);
    // The SDK takes no other profile's endpoints than those of AWS_PROFILE.
    vi.stubEnv('AWS_PROFILE', 'all');
    await using all = await openTarget({}, {});
    expect(all).toMatchObject({ endpoint: aws.url, lambdaOnly: false, region: 'eu-west-3' });
    vi.stubEnv('AWS_PROFILE', 'one');
    await using one = await openTarget({}, {});
    expect(one).toMatchObject({ endpoint: aws.url, lambdaOnly: true, region: 'eu-west-3' });
    await rm(folder, { recursive: true });
  });

  test('at our emulator Lambda alone, however it is named', async () => {
    await using emulator = await answering({ 'x-lambdapool-emulator': '1.2.3' });
    const ways: readonly { readonly options?: TargetOptions; readonly env?: NodeJS.ProcessEnv }[] = [
      { options: { endpoint: emulator.url } },
      { env: { AWS_ENDPOINT_URL: emulator.url } },
      { env: { AWS_ENDPOINT_URL_LAMBDA: emulator.url } },
    ];
    for (const { options, env } of ways) {
      await using target = await openTarget(options, { ...env });
      expect(target).toMatchObject({ lambdaOnly: true, isEmulator: true, region: 'us-east-1' });
    }
  });
});

test('a region is asked for where there is none', async () => {
  const error = await rejection(openTarget({}, {}));
  expect(error).toMatchObject({ code: 'OPTION_INVALID', details: { option: 'region' } });
  expect(String(error)).toContain('AWS_REGION');
});

test.each([{ endpoint: 'localhost:3001' }, { region: '' }, { regoin: 'x' }])('%j is refused', async (options) => {
  expect(await rejection(openTarget(options, {}))).toMatchObject({ code: 'OPTION_INVALID' });
});

test('an endpoint where nobody listens is told by the first request, with what could listen there', async () => {
  const probe = await answering({});
  const { url } = probe;
  await probe[Symbol.asyncDispose]();
  await using target = await openTarget({ endpoint: url, region: 'eu-central-1', credentials: CREDENTIALS }, {});
  const error = await rejection(listFunctions(target));
  expect(error).toMatchObject({ code: 'UNREACHABLE', details: { action: 'lambda:ListFunctions' } });
  expect(String(error)).toContain(`Cannot reach ${url}`);
});

test('credentials that are missing are told as such', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  await using target = await openTarget({ region: 'eu-central-1' }, {});
  const error = await rejection(listFunctions(target));
  expect(error).toMatchObject({ code: 'ACCESS_DENIED' });
  expect(String(error)).toContain('AWS_ACCESS_KEY_ID');
});

test('a stand-in for AWS on this machine needs neither region nor credentials', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  await using aws = await FakeAws.start();
  await using target = await openTarget({ endpoint: aws.url }, {});
  expect(target).toMatchObject({ endpoint: aws.url, isEmulator: false, region: 'us-east-1' });
  expect(await listFunctions(target)).toEqual([]);
});

test.each(['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_LAMBDA'])('%s must be a URL', async (name) => {
  for (const value of ['garbage', 'localhost:3001']) {
    const error = await rejection(openTarget({}, { [name]: value }));
    expect(error).toMatchObject({ code: 'OPTION_INVALID', details: { option: name } });
    expect(String(error)).toContain(`${name} must be a URL such as http://127.0.0.1:3001, got "${value}".`);
  }
});

test('what answers and is not AWS is told as that, in a sentence of ours', async () => {
  await using page = await answering({ 'content-type': 'text/html' }, '<!DOCTYPE html><title>Not found</title>');
  await using target = await openTarget({ endpoint: page.url, credentials: CREDENTIALS }, {});
  const error = await rejection(listFunctions(target));
  expect(error).toMatchObject({ code: 'UNREACHABLE', details: { action: 'lambda:ListFunctions', status: 404 } });
  expect(String(error)).toContain(`What answers at ${page.url} does not speak the API of AWS`);
  expect(String(error)).not.toContain('Deserialization');
});

describe('a target that has Lambda alone', () => {
  test('is the only host that is ever contacted', async () => {
    await using s = await setup();
    await using target = await openTarget(
      { region: 'eu-central-1', credentials: CREDENTIALS },
      { AWS_ENDPOINT_URL_LAMBDA: s.aws.url },
    );
    const contacted = watchConnections();
    const deployed = await createFunction(target, s.request({ logRetentionDays: 7 }), s.options);
    await listFunctions(target);
    await deleteFunction(target, 'helpers', s.options);
    contacted.stop();
    expect(contacted.origins).toEqual(new Set([s.aws.url]));
    expect(s.aws.actions.filter((action) => !action.startsWith('lambda:'))).toEqual([]);
    expect(deployed).toMatchObject({ role: 'not used', logGroup: 'not used' });
    expect(s.aws.bodyOf('lambda:CreateFunction')['Role']).toBe('arn:aws:iam::000000000000:role/lambdapool');
  });

  test('gives out no clients for other services', async () => {
    await using aws = await FakeAws.start();
    await using target = await openTarget({ region: 'eu-central-1' }, { AWS_ENDPOINT_URL_LAMBDA: aws.url });
    for (const service of ['iam', 'sts', 'logs', 's3'] as const) {
      expect(String(await rejection(target[service]()))).toContain('must not be called');
    }
  });
});

/** Whom this process tries to reach, by address and by name, until it is stopped. */
function watchConnections(): { readonly origins: ReadonlySet<string>; stop(): void } {
  const origins = new Set<string>();
  const onSocket = (message: unknown): void => {
    const { socket } = Object(message);
    if (!(socket instanceof net.Socket)) return;
    socket.on('connectionAttempt', (ip, port) => origins.add(`http://${ip}:${port}`));
    socket.on('lookup', (...found) => origins.add(found[3]));
  };
  diagnostics.subscribe('net.client.socket', onSocket);
  return { origins, stop: () => void diagnostics.unsubscribe('net.client.socket', onSocket) };
}

async function answering(
  headers: Readonly<Record<string, string>>,
  body = '',
): Promise<{ url: string } & AsyncDisposable> {
  const server = http.createServer((_, response) => {
    response.writeHead(404, headers).end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
