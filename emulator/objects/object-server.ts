/** A door to objects for one process and the functions that it runs: on loopback, below a path that nobody can guess. */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { refusalOf } from '../http/access.ts';
import { answerObjectRequest } from './object-door.ts';
import { ObjectFolder } from './object-folder.ts';

/** Objects that anybody can reach who knows their URLs. Disposing of it removes them. */
export interface ObjectServer extends AsyncDisposable {
  /** `/{bucket}/{key}` goes behind it. */
  readonly url: string;
}

/** Starts to listen, on a free port of 127.0.0.1. Does not keep the process alive. */
export async function startObjectServer(): Promise<ObjectServer> {
  const folder = new ObjectFolder();
  const prefix = `/${randomBytes(16).toString('hex')}`;
  const server = createServer((request, response) => void answer(folder, prefix, { request, response }));
  await listen(server);
  server.unref();
  server.on('connection', (socket) => socket.unref());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}${prefix}`,
    async [Symbol.asyncDispose]() {
      await close(server);
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function answer(
  folder: ObjectFolder,
  prefix: string,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<void> {
  const path = request.url?.split('?', 1)[0] ?? '';
  // Whoever does not know the prefix learns nothing, not even that it is one.
  if (refusalOf(request.headers, new Set()) !== undefined || !path.startsWith(`${prefix}/`)) {
    request.resume();
    response.writeHead(404).end();
    return;
  }
  await answerObjectRequest(folder, { request, response, path: path.slice(prefix.length) });
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
