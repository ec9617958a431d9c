/** What an invocation wrote, up to a limit: beginning and end are kept, the middle goes. */
import { LOG_TAIL_BYTES, MAX_KEPT_LOG_CHARS } from '../limits.ts';

/** The end says why something died, so it has room of its own. */
const END_CHARS = 65_536;
const BEGINNING_CHARS = MAX_KEPT_LOG_CHARS - END_CHARS;

export class LogBuffer {
  #beginning = '';
  #end = '';
  #droppedChars = 0;

  append(text: string): void {
    const room = BEGINNING_CHARS - this.#beginning.length;
    if (text.length <= room) {
      this.#beginning += text;
      return;
    }
    this.#beginning += text.slice(0, room);
    this.#end += text.slice(room);
    // Twice the room before cutting, so that many small writes do not copy the end each time.
    if (this.#end.length > 2 * END_CHARS) this.#cut();
  }

  toString(): string {
    if (this.#end.length > END_CHARS) this.#cut();
    const mark = this.#droppedChars === 0 ? '' : `\n[${this.#droppedChars} characters of the log are left out here]\n`;
    return this.#beginning + mark + this.#end;
  }

  #cut(): void {
    const excess = this.#end.length - END_CHARS;
    this.#droppedChars += excess;
    this.#end = this.#end.slice(excess);
  }
}

/** The last 4,096 bytes of a log, from the first whole character on. */
export function tailOf(log: string): string {
  if (log.length * 3 <= LOG_TAIL_BYTES) return log;
  // No more than the last 4,096 UTF-16 units can be within the last 4,096 bytes.
  const bytes = Buffer.from(log.slice(-LOG_TAIL_BYTES));
  if (bytes.length <= LOG_TAIL_BYTES) return bytes.toString();
  let start = bytes.length - LOG_TAIL_BYTES;
  // 10xxxxxx continues a character.
  while (start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return bytes.toString('utf8', start);
}
