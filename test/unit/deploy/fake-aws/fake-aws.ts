/** AWS on a loopback port, as far as deploying goes: every request is noted, any can be made to fail. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { ApiError } from './api-error.ts';
import { FakeIam } from './iam.ts';
import { FakeLambda } from './lambda.ts';
import { FakeLogs } from './logs.ts';

/** One request that came in. */
export interface Noted {
  /** As in a policy: `lambda:CreateFunction`. */
  readonly action: string;
  readonly body: Record<string, unknown>;
}

interface Fault {
  readonly action: string;
  readonly error: ApiError;
  times: number;
}

/** What changes nothing. */
const READS = /^(lambda:(Get|List|Invoke)|iam:(Get|List)|logs:(Describe|List|Filter))/;

export class FakeAws implements AsyncDisposable {
  readonly objects = new Map<string, Uint8Array>();
  readonly lambda = new FakeLambda(this.objects);
  readonly iam = new FakeIam();
  readonly logs = new FakeLogs();
  readonly seen: Noted[] = [];
  readonly #faults: Fault[] = [];
  readonly #server = http.createServer((request, response) => void this.#serve(request, response));

  static async start(): Promise<FakeAws> {
    const aws = new FakeAws();
    await new Promise<void>((resolve) => {
      aws.#server.listen(0, '127.0.0.1', resolve);
    });
    return aws;
  }

  get url(): string {
    const address = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${address.port}`;
  }

  get actions(): readonly string[] {
    return this.seen.map(({ action }) => action);
  }

  get writes(): readonly string[] {
    return this.actions.filter((action) => !READS.test(action));
  }

  /** The last body that came with an action. */
  bodyOf(action: string): Record<string, unknown> {
    return this.seen.findLast((each) => each.action === action)?.body ?? {};
  }

  forget(): void {
    this.seen.length = 0;
  }

  fail(action: string, error: ApiError, times: number = 1): void {
    this.#faults.push({ action, error, times });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const raw = await buffer(request);
    const target = String(request.headers['x-amz-target'] ?? '');
    const scope = /Credential=[^/]*\/\d*\/[^/]*\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1];
    // Who asks so wants to know whether this is our emulator.
    if (request.method === 'HEAD') return void response.end();
    try {
      if (scope === 'lambda') this.#serveLambda({ request, url, raw, response });
      else if (scope === 'iam') this.#serveIam(raw, response);
      else if (scope === 'logs') this.#serveLogs(target, raw, response);
      else this.#serveS3(request.method ?? '', url, raw).writeTo(response);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      answerError(response, error, scope);
    }
  }

  #serveLambda({ request, url, raw, response }: Incoming): void {
    const body: unknown = raw.length === 0 ? {} : JSON.parse(raw.toString());
    const path = url.pathname.split('/').filter((part) => part !== '');
    const call = { method: request.method ?? '', path, query: url.searchParams, body: { ...Object(body) } };
    const operation = this.lambda.operationOf(call);
    this.#note(operation === 'Invoke' ? 'lambda:InvokeFunction' : `lambda:${operation}`, call.body);
    const answer = this.lambda.answer(operation, call);
    if (operation === 'Invoke' && this.lambda.functionError !== undefined) {
      response.setHeader('x-amz-function-error', this.lambda.functionError);
    }
    response.statusCode = operation === 'DeleteFunction' ? 204 : 200;
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  }

  #serveIam(raw: Buffer, response: http.ServerResponse): void {
    const form = new URLSearchParams(raw.toString());
    const action = form.get('Action') ?? '';
    this.#note(`iam:${action}`, Object.fromEntries(form));
    const result = this.iam.answer(action, form);
    response.setHeader('content-type', 'text/xml');
    response.end(
      `<${action}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><${action}Result>${result}</${action}Result>` +
        `<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></${action}Response>`,
    );
  }

  #serveLogs(target: string, raw: Buffer, response: http.ServerResponse): void {
    const action = target.split('.')[1] ?? '';
    const input: Record<string, unknown> = JSON.parse(raw.toString());
    this.#note(`logs:${action}`, input);
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(JSON.stringify(this.logs.answer(action, input)));
  }

  #serveS3(method: string, url: URL, raw: Buffer): { writeTo(response: http.ServerResponse): void } {
    const key = url.pathname.slice(1);
    this.#note(method === 'PUT' ? 's3:PutObject' : 's3:DeleteObject', { key });
    if (method === 'PUT') this.objects.set(key, raw);
    else this.objects.delete(key);
    return { writeTo: (response) => void response.end() };
  }

  #note(action: string, body: Record<string, unknown>): void {
    this.seen.push({ action, body });
    const fault = this.#faults.find((each) => each.action === action && each.times > 0);
    if (fault === undefined) return;
    fault.times -= 1;
    throw fault.error;
  }
}

interface Incoming {
  readonly request: http.IncomingMessage;
  readonly url: URL;
  readonly raw: Buffer;
  readonly response: http.ServerResponse;
}

function answerError(
  response: http.ServerResponse,
  { status, code, message }: ApiError,
  scope: string | undefined,
): void {
  response.statusCode = status;
  response.setHeader('x-amzn-errortype', code);
  if (scope === 'iam' || scope === 's3') {
    response.setHeader('content-type', 'text/xml');
    const inner = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
    response.end(scope === 's3' ? inner : `<ErrorResponse>${inner}<RequestId>r-1</RequestId></ErrorResponse>`);
  } else {
    response.end(JSON.stringify({ __type: code, message, Message: message }));
  }
}
