/** Console output of one call, up to a number of bytes. */
import type { LogLine } from './protocol.ts';

const encoder = new TextEncoder();

export class LogBuffer {
  readonly #maxBytes: number;
  readonly #lines: LogLine[] = [];
  #bytes = 0;
  #droppedBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Each record counts its UTF-8 bytes and a newline. The first that does not fit is cut, later ones are only counted. */
  add(level: LogLine['level'], text: string): void {
    const bytes = Buffer.byteLength(text) + 1;
    const room = this.#droppedBytes > 0 ? 0 : this.#maxBytes - this.#bytes;
    if (bytes <= room) {
      this.#bytes += bytes;
      this.#lines.push({ at: Date.now(), level, text });
      return;
    }
    const kept = encoder.encodeInto(text, new Uint8Array(room));
    if (kept.read > 0) this.#lines.push({ at: Date.now(), level, text: text.slice(0, kept.read) });
    this.#droppedBytes += bytes - kept.written;
  }

  /** What was kept; a last line tells how much was not. */
  lines(): readonly LogLine[] {
    if (this.#droppedBytes === 0) return this.#lines;
    return [...this.#lines, markLine(`${this.#droppedBytes} more bytes were cut: maxLogBytes is ${this.#maxBytes}`)];
  }
}

/** A line of our own among those of the task. */
export function markLine(text: string): LogLine {
  return { at: Date.now(), level: 'warn', text: `[lambdapool: ${text}]` };
}
