/** What a container prints while it starts, kept for the message if it fails. */
import type { Readable } from 'node:stream';

const MAX_CHARACTERS = 16_384;
/** An end of the output that does not come is no reason to wait with the message. */
const END_PATIENCE_MS = 1_000;

/** Follows one stream of output until it is disposed: a stream that is followed keeps the process alive. */
export class Output implements AsyncDisposable {
  #stream: Readable | undefined;
  #text = '';

  follow(stream: Readable): void {
    this.#stream = stream;
    stream.setEncoding('utf8');
    stream.on('data', (part: string) => {
      this.#text = (this.#text + part).slice(-MAX_CHARACTERS);
    });
    // It breaks off when the container is removed.
    stream.on('error', () => {});
  }

  /** All of it, once the stream has ended. */
  async text(): Promise<string> {
    const stream = this.#stream;
    if (stream !== undefined && !stream.readableEnded && !stream.destroyed) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, END_PATIENCE_MS);
        stream.once('close', () => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    return this.#text;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#stream?.destroy();
    return Promise.resolve();
  }
}
