/** A small HTTP server that stands for a bucket: keeps what is put, and answers as a test wants it. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** One request, as it came. */
export interface SeenRequest {
  readonly method: string;
  /** With the query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
}

/** Answers instead of the bucket. The request's body has been read. */
export type Answer = (response: ServerResponse, request: SeenRequest) => void;

export class ObjectHost implements AsyncDisposable {
  readonly objects = new Map<string, string>();
  readonly seen: SeenRequest[] = [];
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly #script: Answer[] = [];
  #always: Answer | undefined;

  static async start(): Promise<ObjectHost> {
    const host = new ObjectHost();
    await new Promise<void>((resolve) => host.#server.listen(0, '127.0.0.1', resolve));
    return host;
  }

  get origin(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  /** A URL as S3 presigns it. */
  url(path: string): string {
    return `${this.origin}${path}?X-Amz-Credential=key&X-Amz-Signature=secret`;
  }

  /** The next requests are answered like this, one after the other. */
  next(...answers: readonly Answer[]): void {
    this.#script.push(...answers);
  }

  always(answer: Answer): void {
    this.#always = answer;
  }

  methods(): string {
    return this.seen.map(({ method }) => method).join(' ');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', url = '', headers } = request;
    const seen = { method, url, headers };
    this.seen.push(seen);
    const scripted = this.#script.shift() ?? this.#always;
    if (scripted !== undefined) return scripted(response, seen);
    const path = url.split('?')[0] ?? '';
    const object = this.objects.get(path);
    if (method === 'PUT') this.objects.set(path, Buffer.concat(chunks).toString());
    if (method === 'DELETE') this.objects.delete(path);
    if (method !== 'GET') return void response.writeHead(method === 'DELETE' ? 204 : 200).end();
    if (object === undefined) return refuse(404, 'NoSuchKey')(response, seen);
    response.writeHead(200).end(object);
  }
}

/** As S3 says no. */
export function refuse(status: number, code: string, more = ''): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/xml' });
    response.end(`<?xml version="1.0"?>\n<Error><Code>${code}</Code><Message>secret</Message>${more}</Error>`);
  };
}
