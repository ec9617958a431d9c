/**
 * The SDK's way to the network. Ours, because the pool must know one thing that the SDK's own handler does not tell:
 * whether the last byte of a request that failed had left, for only then can the function have run.
 */
import http from 'node:http';
import https from 'node:https';

/** The parts of the SDK's request that go onto the wire. */
interface SdkHttpRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string | string[] | null>>;
  readonly headers: Record<string, string>;
  readonly body?: Uint8Array | string;
}

interface SdkHttpResult {
  readonly response: {
    readonly statusCode: number;
    readonly headers: Record<string, string>;
    readonly body: Uint8Array;
  };
}

export interface HttpHandlerOptions {
  /** Longest wait for a connection, name look-up and TLS included. */
  readonly connectTimeoutMs: number;
  /** Longest time from the connection's start to the last byte of the answer. */
  readonly requestTimeoutMs: number;
  /** Told of the headers of each answer. */
  readonly onHeaders: (headers: Readonly<Record<string, string>>) => void;
}

/** A request without an answer. `sent`: its last byte was handed to the network, so the function may have run. */
export class RequestFailure extends Error {
  readonly sent: boolean;
  /** `http://127.0.0.1:3001`. */
  readonly origin: string;

  static {
    Object.defineProperty(this.prototype, 'name', { value: 'RequestFailure', writable: true, configurable: true });
  }

  constructor(message: string, options: ErrorOptions & { readonly sent: boolean; readonly origin: string }) {
    super(message, options);
    this.sent = options.sent;
    this.origin = options.origin;
  }
}

/** The network drops a TCP connection that is silent for 350 s (AWS NAT gateways, load balancers); a task may run for 900. */
const TCP_KEEP_ALIVE_MS = 60_000;
/** Below the idle limit of any server that we know, so that a request hardly ever meets a connection that is being closed. */
const IDLE_SOCKET_MS = 20_000;

const AGENT_OPTIONS = {
  keepAlive: true,
  // For the idle ones, by the agent ...
  keepAliveMsecs: TCP_KEEP_ALIVE_MS,
  // ... and for those that wait for an answer, by the socket.
  keepAliveInitialDelay: TCP_KEEP_ALIVE_MS,
  timeout: IDLE_SOCKET_MS,
  // The pool bounds what is in flight.
  maxSockets: Infinity,
  // Last used first: the others reach their idle limit.
  scheduling: 'lifo',
} as const;

export class LambdaHttpHandler {
  readonly metadata: { handlerProtocol: string } = { handlerProtocol: 'http/1.1' };
  readonly #options: HttpHandlerOptions;
  readonly #http = new http.Agent(AGENT_OPTIONS);
  readonly #https = new https.Agent(AGENT_OPTIONS);

  constructor(options: HttpHandlerOptions) {
    this.#options = options;
  }

  handle(request: SdkHttpRequest, options: { readonly abortSignal?: unknown } = {}): Promise<SdkHttpResult> {
    const secure = request.protocol === 'https:';
    const outgoing = (secure ? https : http).request({
      agent: secure ? this.#https : this.#http,
      host: request.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: request.port,
      method: request.method,
      path: pathOf(request),
      headers: request.headers,
    });
    const answer = this.#answer(outgoing, originOf(request));
    const signal = options.abortSignal;
    if (signal instanceof AbortSignal) destroyOnAbort(outgoing, signal);
    outgoing.end(request.body);
    return answer;
  }

  /** The SDK calls this to change its own handler's settings; this one has none that could change. */
  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): object {
    return {};
  }

  destroy(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  #answer(request: http.ClientRequest, origin: string): Promise<SdkHttpResult> {
    const { connectTimeoutMs, requestTimeoutMs, onHeaders } = this.#options;
    let sent = false;
    request.once('finish', () => (sent = true));
    const isSecured = watchHandshake(request);
    giveUpAfter(request, requestTimeoutMs, `${origin} did not answer within ${requestTimeoutMs} ms`);
    limitConnecting(request, connectTimeoutMs, `no connection to ${origin} within ${connectTimeoutMs} ms`);
    return new Promise((resolve, reject) => {
      const fail = (cause: Error): void =>
        reject(new RequestFailure(reasonOf(cause), { sent: sent && isSecured(), origin, cause }));
      request.once('error', fail);
      request.once('response', (response) => {
        const headers = flatten(response.headers);
        onHeaders(headers);
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', fail);
        response.once('end', () => {
          resolve({ response: { statusCode: response.statusCode ?? 0, headers, body: Buffer.concat(chunks) } });
        });
      });
    });
  }
}

/** Whether anything can have left: Node 22 says that a request has finished when TLS still holds all of it back. */
function watchHandshake(request: http.ClientRequest): () => boolean {
  let isSecured = true;
  request.once('socket', (socket) => {
    if (!('encrypted' in socket) || request.reusedSocket) return;
    isSecured = false;
    socket.once('secureConnect', () => (isSecured = true));
  });
  return () => isSecured;
}

function pathOf(request: SdkHttpRequest): string {
  const pairs: [string, string][] = [];
  for (const [key, value] of Object.entries(request.query)) {
    if (Array.isArray(value)) for (const each of value) pairs.push([key, each]);
    else pairs.push([key, value ?? '']);
  }
  if (pairs.length === 0) return request.path;
  // As the signature spells it: a space is %20, never +.
  const query = pairs.map(([key, value]) => `${encodeStrictly(key)}=${encodeStrictly(value)}`).join('&');
  return `${request.path}?${query}`;
}

/** RFC 3986: encodeURIComponent leaves !'()* alone. */
function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function originOf({ protocol, hostname, port }: SdkHttpRequest): string {
  return `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`;
}

function flatten(headers: http.IncomingHttpHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(',') : value;
  }
  return flat;
}

/** Node tries all addresses of a name and reports an AggregateError without a message. */
function reasonOf(cause: Error): string {
  if (cause.message === '' && cause instanceof AggregateError && cause.errors[0] instanceof Error) {
    return cause.errors[0].message;
  }
  return cause.message;
}

function destroyOnAbort(request: http.ClientRequest, signal: AbortSignal): void {
  const onAbort = (): void => void request.destroy();
  if (signal.aborted) return onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  request.once('close', () => signal.removeEventListener('abort', onAbort));
}

function giveUpAfter(request: http.ClientRequest, ms: number, message: string): void {
  let response: http.IncomingMessage | undefined;
  request.once('response', (incoming) => (response = incoming));
  const timer = setTimeout(() => (response ?? request).destroy(new Error(message)), ms);
  request.once('close', () => clearTimeout(timer));
}

function limitConnecting(request: http.ClientRequest, ms: number, message: string): void {
  const timer = setTimeout(() => request.destroy(new Error(message)), ms);
  const clear = (): void => clearTimeout(timer);
  request.once('close', clear);
  request.once('socket', (socket) => {
    if (!socket.connecting) return clear();
    socket.once('encrypted' in socket ? 'secureConnect' : 'connect', clear);
    request.once('close', () => socket.off('connect', clear).off('secureConnect', clear));
  });
}
