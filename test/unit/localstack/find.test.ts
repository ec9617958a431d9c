import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { findLocalStack } from '../../../localstack/find.ts';

interface Listening extends AsyncDisposable {
  readonly url: string;
}

async function listen(listener: RequestListener): Promise<Listening> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const healthy: RequestListener = (request, response) => {
  if (request.url !== '/_localstack/health') response.statusCode = 404;
  response.end('{"services":{"lambda":"available"},"edition":"community","version":"4.14.0"}');
};

test('an endpoint that is given wins over AWS_ENDPOINT_URL, and its path is of no use', async () => {
  await using server = await listen(healthy);
  const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
  expect(await findLocalStack({ endpoint: `${server.url}/` }, env)).toEqual({
    endpoint: server.url,
    region: 'us-east-1',
  });
});

test.each<[string, RequestListener, RegExp]>([
  ['a server that knows no such page', (_, response) => response.writeHead(404).end(), /status 404/],
  ['a page', (_, response) => response.end('<html>'), /health report/],
  ['other JSON', (_, response) => response.end('{"status":"UP"}'), /health report/],
])('%s is told from LocalStack, by name and with the way out', async (_, listener, what) => {
  await using server = await listen(listener);
  const error: Error = await findLocalStack({}, { AWS_ENDPOINT_URL: server.url }).then(
    () => new Error('found'),
    (reason: Error) => reason,
  );
  expect(error).toMatchObject({ code: 'UNREACHABLE', retryable: false });
  expect(error.message).toContain(`What answers at ${server.url} (AWS_ENDPOINT_URL) is not LocalStack`);
  expect(error.message).toMatch(what);
  expect(error.message).toContain('leave AWS_ENDPOINT_URL out to have one started');
});

test('where nobody listens that is said, with the reason', async () => {
  const { url } = await listen(healthy).then(async (server) => {
    await server[Symbol.asyncDispose]();
    return server;
  });
  await expect(findLocalStack({ endpoint: url }, {})).rejects.toMatchObject({
    code: 'UNREACHABLE',
    message: expect.stringMatching(/No LocalStack answers at http:\/\/127\.0\.0\.1:\d+ \(`endpoint`: .*ECONNREFUSED/),
  });
});

test.each(['localhost:4566', 'not a url', 'ftp://x'])('the endpoint %j is refused', async (endpoint) => {
  await expect(findLocalStack({ endpoint }, {})).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringContaining('`endpoint`'),
  });
});
