/** Lets a server listen before the code that answers is loaded: requests that come sooner wait for it. */
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';

export class LateListener {
  readonly #server: Server;
  readonly #load: () => Promise<RequestListener>;
  #loading: Promise<RequestListener> | undefined;

  constructor(server: Server, load: () => Promise<RequestListener>) {
    this.#server = server;
    this.#load = load;
    server.on('request', this.#wait);
    // The request follows soon.
    server.once('connection', () => void this.ready().catch(() => {}));
  }

  async ready(): Promise<void> {
    await (this.#loading ??= this.#replace());
  }

  async #replace(): Promise<RequestListener> {
    const listener = await this.#load();
    // From now on no request takes the longer way.
    this.#server.off('request', this.#wait).on('request', listener);
    return listener;
  }

  readonly #wait = (request: IncomingMessage, response: ServerResponse): void => {
    this.#loading ??= this.#replace();
    this.#loading.then(
      (listener) => listener(request, response),
      (error: unknown) => response.writeHead(500).end(`The emulator could not be loaded: ${String(error)}`),
    );
  };
}
