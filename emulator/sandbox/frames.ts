/** Messages on a pipe: eight hexadecimal digits for the length of the message in bytes, then the message as UTF-8. */

/** Length of the length. */
export const FRAME_HEADER_BYTES = 8;

/** The header for a message of `length` bytes. */
export function frameHeader(length: number): string {
  return length.toString(16).padStart(FRAME_HEADER_BYTES, '0');
}

/** Length that a header states; NaN if it is none. */
export function readFrameLength(bytes: Buffer, at: number): number {
  const text = bytes.toString('latin1', at, at + FRAME_HEADER_BYTES);
  return /^[0-9a-f]{8}$/.test(text) ? Number.parseInt(text, 16) : Number.NaN;
}

/** Cuts a stream of chunks into messages. */
export class FrameReader {
  readonly #onMessage: (message: string) => void;
  #parts: Buffer[] = [];
  #held = 0;
  /** Bytes to hold before it is worth looking again. */
  #needed = FRAME_HEADER_BYTES;

  constructor(onMessage: (message: string) => void) {
    this.#onMessage = onMessage;
  }

  /** @throws {Error} when the bytes are no frames: whoever wrote them is not our runtime. */
  push(chunk: Buffer): void {
    if (this.#held === 0) {
      this.#cut(chunk);
      return;
    }
    this.#parts.push(chunk);
    this.#held += chunk.length;
    if (this.#held < this.#needed) return;
    const whole = Buffer.concat(this.#parts, this.#held);
    this.#parts = [];
    this.#held = 0;
    this.#cut(whole);
  }

  #cut(bytes: Buffer): void {
    let at = 0;
    let needed = FRAME_HEADER_BYTES;
    while (bytes.length - at >= FRAME_HEADER_BYTES) {
      const length = readFrameLength(bytes, at);
      if (Number.isNaN(length)) throw new Error('Something else than the runtime wrote to the channel.');
      needed = FRAME_HEADER_BYTES + length;
      if (bytes.length - at < needed) break;
      const message = bytes.toString('utf8', at + FRAME_HEADER_BYTES, at + needed);
      at += needed;
      needed = FRAME_HEADER_BYTES;
      this.#onMessage(message);
    }
    if (at === bytes.length) return;
    this.#parts = [at === 0 ? bytes : bytes.subarray(at)];
    this.#held = bytes.length - at;
    this.#needed = needed;
  }
}
