/** Reads one JSON value per line from a stream, as it is asked for them. */
import { StringDecoder } from 'node:string_decoder';
import { reason, usage } from './arguments.ts';

export interface JsonLine {
  /** From 1; empty lines count. */
  readonly line: number;
  readonly value: unknown;
}

/**
 * The values of `input`; empty lines are passed over.
 * @throws {LambdaPoolError} OPTION_INVALID for a line that is not JSON, with its number.
 */
export async function* readJsonLines(
  input: AsyncIterable<Uint8Array | string>,
  name: string,
): AsyncGenerator<JsonLine, void, undefined> {
  let line = 0;
  for await (const text of readLines(input)) {
    line += 1;
    if (text.trim() !== '') yield { line, value: parse(text, `${name}, line ${line}`) };
  }
}

function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const shown = text.length > 60 ? `${text.slice(0, 57)}...` : text;
    throw usage(`${where} is not JSON (${reason(error)}): ${shown.trim()}`, error);
  }
}

// Not node:readline: its iterator reads ahead without limit, and loses the errors of its input.
async function* readLines(input: AsyncIterable<Uint8Array | string>): AsyncGenerator<string, void, undefined> {
  const decoder = new StringDecoder('utf8');
  // A line may come in many parts: joined once, so that a long one does not cost the square of its length.
  let parts: string[] = [];
  let first = true;
  for await (const chunk of input) {
    let text =
      typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
    if (first && text !== '') {
      first = false;
      // Windows editors put a byte order mark first.
      text = text.replace(/^\uFEFF/, '');
    }
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      parts.push(text.slice(start, end));
      yield parts.join('');
      parts = [];
      start = end + 1;
    }
    parts.push(text.slice(start));
  }
  parts.push(decoder.end());
  const last = parts.join('');
  if (last !== '') yield last;
}
