/**
 * An HTTP server that speaks Lambda's Invoke and runs the real agent, with Lambda's limits and, if asked for, faults. It
 * counts how often each call has run: the proof of what a client claims. The first argument of a call is its id.
 */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHandler } from '../../agent/index.ts';
import type { Handler } from '../../agent/index.ts';
import { Capacity } from './fake-endpoint-capacity.ts';
import { Faults } from './fake-endpoint-faults.ts';
import type { Fault, FaultOptions } from './fake-endpoint-faults.ts';
import { manifestOf } from './fake-transport.ts';
import type { FakeTask } from './fake-transport.ts';

export interface FakeEndpointOptions {
  /** By full name: `math.square`. */
  readonly tasks: Readonly<Record<string, FakeTask>>;
  /** How many environments there are; requests beyond them are refused. Default: no limit. */
  readonly concurrency?: number;
  /** How many requests a second each environment takes; those beyond are refused. Default: no limit. */
  readonly requestsPerSecond?: number;
  readonly faults?: FaultOptions;
  /** What GetAccountSettings says. */
  readonly account?: { readonly ConcurrentExecutions: number; readonly UnreservedConcurrentExecutions: number };
}

/** What an endpoint has seen so far. */
interface Seen {
  readonly requests: number;
  readonly refused: number;
  readonly mostRunning: number;
  readonly faults: Readonly<Partial<Record<Fault, number>>>;
}

export interface FakeEndpoint extends AsyncDisposable {
  /** `http://127.0.0.1:4711` */
  readonly url: string;
  /** How often each call has run, by its id. */
  readonly runs: ReadonlyMap<unknown, number>;
  seen(): Seen;
}

/** Starts one in this process. */
export async function fakeEndpoint(options: FakeEndpointOptions): Promise<FakeEndpoint> {
  const core = new Endpoint(options);
  const server = http.createServer((request, response) => void core.handle(request, response));
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', 4_096);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    runs: core.runs,
    seen: () => core.seen(),
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const DELAY_MS = 100;
const BEFORE: ReadonlySet<Fault> = new Set(['dropBefore', 'error500Before', 'error503']);

class Endpoint {
  readonly runs = new Map<unknown, number>();
  readonly #handler: Handler;
  readonly #capacity: Capacity;
  readonly #faults: Faults;
  readonly #account: FakeEndpointOptions['account'];
  #requests = 0;
  #refused = 0;

  constructor(options: FakeEndpointOptions) {
    const { tasks, concurrency = Infinity, requestsPerSecond = Infinity, faults } = options;
    this.#account = options.account;
    const modules = Object.entries(tasks).map(([name, task]) => [name, async () => ({ run: this.#counted(task) })]);
    this.#handler = createHandler({ modules: Object.fromEntries(modules), manifest: manifestOf(tasks) });
    this.#capacity = new Capacity(concurrency, requestsPerSecond);
    this.#faults = new Faults(faults ?? { seed: 0, share: 0 });
  }

  seen(): Seen {
    const faults = Object.fromEntries(this.#faults.counts);
    return { requests: this.#requests, refused: this.#refused, mostRunning: this.#capacity.mostRunning, faults };
  }

  async handle(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    this.#requests += 1;
    const payload = await textOf(request).catch(() => undefined);
    if (payload === undefined) return;
    if (request.url === '/seen') return void response.end(JSON.stringify(this.seen()));
    if (request.url?.endsWith('/account-settings'))
      return answer(response, 200, JSON.stringify({ AccountLimit: this.#account }));
    if (request.url?.endsWith('/concurrency')) return answer(response, 200, '{}');
    response.setHeader('x-amzn-requestid', `request-${this.#requests}`);
    const fault = this.#faults.next(payload);
    if (fault?.startsWith('throttle')) return this.#throttle(response, fault);
    if (fault !== undefined && BEFORE.has(fault)) return fail(response, fault);
    const environment = this.#capacity.take();
    if (typeof environment === 'string') return this.#refuse(response, environment);
    let body: string;
    try {
      if (fault === 'delay') await sleep(DELAY_MS);
      body = await this.#run(payload);
    } finally {
      environment[Symbol.dispose]();
    }
    if (fault === undefined || fault === 'delay') return answer(response, 200, body);
    if (fault === 'truncateWell') return answer(response, 200, body.slice(0, Math.ceil(body.length / 2)));
    if (fault !== 'truncate') return fail(response, fault);
    response.writeHead(200, { 'content-length': Buffer.byteLength(body) });
    response.write(body.slice(0, Math.ceil(body.length / 2)), () => response.destroy());
  }

  async #run(payload: string): Promise<string> {
    const context = { awsRequestId: `request-${this.#requests}`, getRemainingTimeInMillis: () => 60_000 };
    return JSON.stringify(await this.#handler(JSON.parse(payload), context));
  }

  #counted(task: FakeTask): (...args: readonly unknown[]) => unknown {
    return (...args) => {
      this.runs.set(args[0], (this.runs.get(args[0]) ?? 0) + 1);
      return Reflect.apply(task, undefined, args);
    };
  }

  #throttle(response: http.ServerResponse, fault: Fault): void {
    if (fault === 'throttleWithTime') response.setHeader('retry-after', '1');
    this.#refuse(response, fault === 'throttleRate' ? 'CallerRateLimitExceeded' : 'ConcurrentInvocationLimitExceeded');
  }

  #refuse(response: http.ServerResponse, reason: string): void {
    this.#refused += 1;
    response.setHeader('x-amzn-errortype', 'TooManyRequestsException');
    answer(response, 429, JSON.stringify({ Reason: reason, Type: 'User', message: 'Rate Exceeded.' }));
  }
}

function fail(response: http.ServerResponse, fault: Fault): void {
  if (fault.startsWith('drop')) return void response.destroy();
  const status = fault === 'error503' ? 503 : 500;
  response.setHeader('x-amzn-errortype', status === 503 ? 'ServiceUnavailableException' : 'ServiceException');
  answer(response, status, JSON.stringify({ Type: 'Service', message: 'An error occurred and the request failed.' }));
}

function answer(response: http.ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

async function textOf(request: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
