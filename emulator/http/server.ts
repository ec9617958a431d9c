/** The HTTP door of an emulator: listens, and closes without waiting for anybody. */
import { createServer, type Server as HttpServer } from 'node:http';
import { LambdaPoolError } from '../../src/shared/errors.ts';
import { checkInteger, checkKeys, checkString } from '../../src/shared/options.ts';
import { ObjectFolder } from '../objects/object-folder.ts';
import { resolveAllowedHosts } from './access.ts';
import { LateListener } from './late-listener.ts';
import type { EmulatorCore } from './operation.ts';

export interface ServerOptions {
  readonly emulator: EmulatorCore;
  /** Names besides the loopback ones that may stand in Host and Origin: `my-box.lan`, `host.docker.internal`. Default: none. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Address to listen on. Default: 127.0.0.1, for this machine only. Another one needs `allowedHosts`, too. */
  readonly host?: string | undefined;
  /** TCP port from 0 to 65,535; 0 takes a free one. Default: 0. */
  readonly port?: number | undefined;
}

/** A server that listens. Disposing of it closes it, and leaves the emulator as it is. */
export interface Server extends AsyncDisposable {
  /** What clients take as endpoint: `http://127.0.0.1:3001`. */
  readonly url: string;
  readonly port: number;
  /**
   * Loads what answering takes, some 70 ms of express; else the first connection does, whose request waits for it.
   * Resolves when that is done. Idempotent.
   */
  ready(): Promise<void>;
  /** Stops listening and closes all connections at once: calls that still wait for an environment are given up. Idempotent. */
  close(): Promise<void>;
}

// Longer than clients keep idle connections, so that it is they who close: otherwise a request can meet a closing socket
// (ECONNRESET). An idle connection costs nothing here, and close() does not wait for it.
const KEEP_ALIVE_TIMEOUT_MS = 120_000;

/**
 * Starts to listen.
 * @throws {LambdaPoolError} OPTION_INVALID, also for a port that is in use or may not be used.
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  checkKeys('The options of the server', options, ['emulator', 'host', 'port', 'allowedHosts']);
  const host = checkString('host', options.host ?? '127.0.0.1');
  const port = checkInteger('port', options.port ?? 0, { min: 0, max: 65_535 });
  const allowedHosts = resolveAllowedHosts(options.allowedHosts ?? []);
  const objects = new ObjectFolder();
  // Node's own limits on time count until the request is complete, and so never cut an invocation.
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS });
  const listener = new LateListener(server, async () => {
    const { createApp } = await import('./app.ts');
    return createApp({ emulator: options.emulator, allowedHosts, objects });
  });
  await listen(server, host, port);
  return { ready: () => listener.ready(), ...running(server, host, objects) };
}

function running(server: HttpServer, host: string, objects: ObjectFolder): Omit<Server, 'ready'> {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= closeAll(server, objects));
  return { url: `http://${urlHost(host)}:${port}`, port, close, [Symbol.asyncDispose]: close };
}

function listen(server: HttpServer, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => reject(listenError(error, host, port));
    server.once('error', onError);
    server.listen(port, host, () => {
      server.off('error', onError);
      resolve();
    });
  });
}

function listenError(cause: Error, host: string, port: number): LambdaPoolError {
  const code = 'code' in cause ? cause.code : undefined;
  const message =
    code === 'EADDRINUSE'
      ? `Port ${port} is in use on ${host}. Stop the program that has it, or choose another with --port (0 takes a free one).`
      : code === 'EACCES'
        ? `Port ${port} may not be used by this user. Choose one above 1023 with --port (0 takes a free one).`
        : `Cannot listen on ${host}, port ${port}: ${cause.message}. Use an address of this machine, such as 127.0.0.1.`;
  return new LambdaPoolError('OPTION_INVALID', message, { cause, details: { host, port } });
}

async function closeAll(server: HttpServer, objects: ObjectFolder): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.close((error) => (error === undefined ? resolve() : reject(error)));
      server.closeAllConnections();
    });
  } finally {
    await objects[Symbol.asyncDispose]();
  }
}

/** An address that listens everywhere is no address to call. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
