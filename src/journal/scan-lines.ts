/** Reads the complete lines of a file, a piece at a time. */
import type { FileHandle } from 'node:fs/promises';

const PIECE_BYTES = 1_048_576;
const NEWLINE = 10;

/** Hears of a line. `end` is the position after its newline. False: no more, please. */
export type OnLine = (line: string, end: number) => boolean;

/**
 * Calls `onLine` for each line that ends with a newline, from the start of the file.
 * @returns the start of what comes after the last of them: half a line, if anything.
 */
export async function scanLines(file: FileHandle, onLine: OnLine): Promise<string> {
  let parts: Buffer[] = [];
  let position = 0;
  for (;;) {
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    const { bytesRead } = await file.read(piece, 0, PIECE_BYTES, position);
    if (bytesRead === 0) return Buffer.concat(parts).toString('utf8', 0, PIECE_BYTES);
    const bytes = piece.subarray(0, bytesRead);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      const tail = bytes.subarray(start, end);
      const line = parts.length === 0 ? tail : Buffer.concat([...parts, tail]);
      parts = [];
      start = end + 1;
      if (!onLine(line.toString('utf8'), position + start)) return '';
    }
    if (start < bytesRead) parts.push(bytes.subarray(start));
    position += bytesRead;
  }
}
