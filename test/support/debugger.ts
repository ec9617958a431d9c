/** A debugger for tests: attaches to Node's inspector as Chrome does. */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { eventually } from './eventually.ts';

/** A port that nobody listens at. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => {
    server.once('listening', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

/** Where the process that waits at `port` is to be debugged, as soon as it waits. */
function debuggerUrl(port: number): Promise<string> {
  return eventually(async () => {
    const response = await fetch(`http://127.0.0.1:${port}/json/list`);
    const [target] = (await response.json()) as { readonly webSocketDebuggerUrl: string }[];
    if (target === undefined) throw new Error(`Nobody waits for a debugger at port ${port}.`);
    return target.webSocketDebuggerUrl;
  }, 20_000);
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly reason?: string; readonly data?: { readonly description?: string } };
}

/** Attaches as a debugger does, lets the program go on until it throws a RangeError, and returns what was said. */
export async function debugUntilThrow(port: number): Promise<string> {
  const socket = new WebSocket(await debuggerUrl(port));
  const thrown = Promise.withResolvers<string>();
  let id = 0;
  const send = (method: string, params: object = {}): void => {
    id += 1;
    socket.send(JSON.stringify({ id, method, params }));
  };
  socket.addEventListener('open', () => {
    send('Runtime.enable');
    send('Debugger.enable');
    send('Debugger.setPauseOnExceptions', { state: 'all' });
    send('Runtime.runIfWaitingForDebugger');
  });
  socket.addEventListener('error', () => thrown.reject(new Error('the debugger could not attach')));
  socket.addEventListener('message', ({ data }) => {
    const message: Message = JSON.parse(String(data));
    if (message.method !== 'Debugger.paused') return;
    const said = message.params?.data?.description?.split('\n')[0] ?? '';
    // Node throws and catches a few of its own on the way.
    if (said.startsWith('RangeError')) thrown.resolve(said);
    send('Debugger.resume');
  });
  try {
    return await thrown.promise;
  } finally {
    socket.close();
  }
}
