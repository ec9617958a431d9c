/** A stand-in for AWS that refuses every request, with the same error, as each service writes it. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RefusingAws extends AsyncDisposable {
  readonly url: string;
  /** What was asked: `GET /2015-03-31/functions/`. */
  readonly requests: readonly string[];
}

/** Starts one. @param refusal what it answers, as AWS names it */
export async function refusingAws(refusal: {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}): Promise<RefusingAws> {
  const { status, code, message } = refusal;
  const requests: string[] = [];
  const server = http.createServer((request, response) => {
    request.resume();
    // Who asks so wants to know whether this is our emulator.
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    requests.push(`${request.method} ${request.url}`);
    const isQuery = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
    response.writeHead(status, { 'x-amzn-errortype': code, 'content-type': isQuery ? 'text/xml' : 'application/json' });
    const xml = `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
    response.end(isQuery ? xml : JSON.stringify({ message, __type: code }));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
