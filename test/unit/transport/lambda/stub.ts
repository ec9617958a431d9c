/** A server that answers Invoke as a test tells it to, on a free loopback port. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { LambdaPoolError } from '../../../../src/shared/errors.ts';
import { lambdaTransport } from '../../../../src/transport/lambda.ts';
import type { LambdaTransportOptions } from '../../../../src/transport/lambda.ts';
import type { Transport } from '../../../../src/transport/transport.ts';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Stub extends AsyncDisposable {
  readonly endpoint: string;
  readonly seen: Seen[];
  /** Sockets that were opened. */
  readonly connections: () => number;
  readonly transport: Transport;
}

export type Answer = (response: ServerResponse, request: Seen) => void;

export const dummyCredentials = { accessKeyId: 'test', secretAccessKey: 'top-secret-value' };

export async function startStub(answer: Answer, options: Partial<LambdaTransportOptions> = {}): Promise<Stub> {
  const seen: Seen[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => undefined);
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, url, headers, body: Buffer.concat(chunks).toString() };
      seen.push(one);
      answer(response, one);
    });
  });
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const endpoint = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const transport = lambdaTransport({
    functionName: 'math-helpers',
    region: 'eu-central-1',
    credentials: dummyCredentials,
    endpoint,
    ...options,
  });
  return {
    endpoint,
    seen,
    connections: () => connections,
    transport,
    async [Symbol.asyncDispose]() {
      await transport[Symbol.asyncDispose]();
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

/** Answers as Lambda's API does when it refuses. */
export function apiError(status: number, name: string, body: object): Answer {
  return (response) => {
    response.writeHead(status, {
      'content-type': 'application/json',
      'x-amzn-errortype': name,
      'x-amzn-requestid': 'b4a1a3d2-0000-4000-8000-000000000001',
    });
    response.end(JSON.stringify(body));
  };
}

export const ok: Answer = (response) => {
  response.writeHead(200, {
    'content-type': 'application/json',
    'x-amzn-requestid': 'b4a1a3d2-0000-4000-8000-000000000002',
    'x-amz-executed-version': '$LATEST',
  });
  response.end('{"answer":42}');
};

/** The error that one invocation of `transport` rejects with. */
export async function failureOf(transport: Transport, payload = '{}'): Promise<LambdaPoolError> {
  const outcome = await transport.invoke({ payload, logs: false }, { signal: new AbortController().signal }).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof LambdaPoolError) return outcome;
  throw new Error('Expected a LambdaPoolError.', { cause: outcome });
}

/** A server below HTTP. */
export interface TcpServer extends AsyncDisposable {
  readonly port: number;
}

export async function startTcp(onSocket: (socket: Socket) => void): Promise<TcpServer> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

/** A port that nobody listens on. */
export async function closedPort(): Promise<number> {
  const server = await startTcp(() => undefined);
  await server[Symbol.asyncDispose]();
  return server.port;
}
