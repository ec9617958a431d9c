/** What a container prints while it starts, kept for the message if it fails. */
import type { Readable } from 'node:stream';

const MAX_CHARACTERS = 16_384;

/** Follows one stream of output until it is disposed: a stream that is followed keeps the process alive. */
export class Output implements AsyncDisposable {
  #stream: Readable | undefined;
  #text = '';

  /** The end of what has been printed. */
  get text(): string {
    return this.#text;
  }

  follow(stream: Readable): void {
    this.#stream = stream;
    stream.setEncoding('utf8');
    stream.on('data', (part: string) => {
      this.#text = (this.#text + part).slice(-MAX_CHARACTERS);
    });
    // It breaks off when the container is removed.
    stream.on('error', () => {});
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#stream?.destroy();
    return Promise.resolve();
  }
}
