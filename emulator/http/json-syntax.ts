/**
 * Says what is wrong with a body that is not JSON, in the words of Jackson, which is what Lambda parses with. Runs only
 * after JSON.parse has refused the text. Pure.
 *
 * Positions are Jackson's too: lines and columns from 1, columns in bytes; an unexpected character is reported at its own
 * column, everything else at the one after what was read.
 */

const VALUES = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
const MAX_TOKEN_LENGTH = 256;
// Java's notion of an identifier, which decides between "Unrecognized token" and "Unexpected character".
const IDENTIFIER_START = /[\p{L}\p{Nl}\p{Sc}\p{Pc}]/u;
const IDENTIFIER_PART = /[\p{L}\p{Nl}\p{Sc}\p{Pc}\p{Nd}\p{Mc}\p{Mn}]/u;
const END = -1;

type Container = { readonly type: 'Object' | 'Array'; readonly line: number; readonly column: number };
type State = 'value' | 'first' | 'key' | 'colon' | 'next';

/** Thrown inside this file only, to leave the scanner with its finding. */
class Finding extends Error {}

/** The whole text behind "Could not parse payload into json: ", position included. */
export function describeJsonError(bytes: Uint8Array): string {
  const scanner = new Scanner(bytes);
  try {
    scanner.scan();
  } catch (error) {
    if (error instanceof Finding) return error.message;
    throw error;
  }
  // Overlong UTF-8 and encoded surrogates get here: Jackson takes them, we cannot hand them on.
  return 'Not valid JSON in UTF-8';
}

class Scanner {
  readonly #bytes: Uint8Array;
  #at = 0;
  #line = 1;
  #lineStart = 0;
  readonly #open: Container[] = [];

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Reads to the first mistake and throws it. A loop, not a recursion: the depth is the sender's choice. */
  scan(): void {
    let state: State = 'value';
    for (let isFirst = true; ; isFirst = false) {
      const byte = this.#skipSpace();
      if (byte === END) return this.#failAtEnd(state, isFirst);
      state = this.#step(state, byte);
      if (state === 'next' && this.#open.length === 0) return this.#checkNothingFollows();
    }
  }

  #step(state: State, byte: number): State {
    const inside = this.#open.at(-1)?.type;
    switch (state) {
      case 'first':
        if (byte === (inside === 'Object' ? 0x7d : 0x5d)) return this.#close();
        return inside === 'Object' ? this.#key(byte) : this.#value(byte);
      case 'key':
        return this.#key(byte);
      case 'colon':
        if (byte !== 0x3a) return this.#failAt(byte, 'was expecting a colon to separate field name and value');
        this.#at++;
        return 'value';
      case 'next':
        if (byte === (inside === 'Object' ? 0x7d : 0x5d)) return this.#close();
        if (byte !== 0x2c) return this.#failAt(byte, `was expecting comma to separate ${inside} entries`);
        this.#at++;
        return inside === 'Object' ? 'key' : 'value';
      case 'value':
    }
    return this.#value(byte);
  }

  #key(byte: number): State {
    if (byte !== 0x22) return this.#failAt(byte, 'was expecting double-quote to start field name');
    this.#string(`: was expecting closing '"' for name`);
    return 'colon';
  }

  #value(byte: number): State {
    if (byte === 0x7b || byte === 0x5b) {
      const column = this.#column();
      this.#open.push({ type: byte === 0x7b ? 'Object' : 'Array', line: this.#line, column });
      this.#at++;
      return 'first';
    }
    if (byte === 0x22) this.#string(' in VALUE_STRING');
    else if (byte === 0x2d || isDigit(byte)) this.#number();
    else this.#literal(byte);
    return 'next';
  }

  #close(): State {
    this.#at++;
    this.#open.pop();
    return 'next';
  }

  #string(atEnd: string): void {
    this.#at++;
    for (;;) {
      const byte = this.#byte();
      if (byte === END) return this.#fail(`Unexpected end-of-input${atEnd}`);
      if (byte >= 0x80) {
        this.#character();
        continue;
      }
      if (byte < 0x20) {
        const problem = `Illegal unquoted character (${described(byte)}): has to be escaped using backslash to be included in string value`;
        this.#at++;
        return this.#fail(problem);
      }
      this.#at++;
      if (byte === 0x22) return;
      if (byte === 0x5c) this.#escape();
    }
  }

  #escape(): void {
    const byte = this.#byte();
    if (byte === END) return this.#fail('Unexpected end-of-input in character escape sequence');
    this.#at++;
    if (byte === 0x75) {
      for (let digits = 0; digits < 4; digits++, this.#at++) {
        const digit = this.#byte();
        if (digit === END) return this.#fail('Unexpected end-of-input in character escape sequence');
        if (!/[0-9a-fA-F]/.test(String.fromCharCode(digit)))
          return this.#failAt(digit, 'expected a hex-digit for character escape sequence');
      }
    } else if (!'"\\/bfnrt'.includes(String.fromCharCode(byte))) {
      this.#fail(`Unrecognized character escape ${described(byte)}`);
    }
  }

  #number(): void {
    if (this.#byte() === 0x2d) {
      this.#at++;
      this.#needDigit('expected digit (0-9) to follow minus sign, for valid numeric value');
    }
    const isZero = this.#byte() === 0x30;
    this.#at++;
    if (isZero && isDigit(this.#byte())) this.#fail('Invalid numeric value: Leading zeroes not allowed');
    this.#digits();
    if (this.#byte() === 0x2e) {
      this.#at++;
      this.#needDigit('Decimal point not followed by a digit');
      this.#digits();
    }
    if (this.#byte() === 0x45 || this.#byte() === 0x65) {
      this.#at++;
      if (this.#byte() === 0x2b || this.#byte() === 0x2d) this.#at++;
      this.#needDigit('Exponent indicator not followed by a digit');
      this.#digits();
    }
  }

  #digits(): void {
    while (isDigit(this.#byte())) this.#at++;
  }

  #needDigit(why: string): void {
    const byte = this.#byte();
    if (byte === END) this.#fail('Unexpected end-of-input in VALUE_NUMBER');
    if (!isDigit(byte)) this.#failAt(byte, why, ' in numeric value');
  }

  #literal(first: number): void {
    const start = this.#at;
    const word = ['null', 'true', 'false'].find((each) => each.charCodeAt(0) === first);
    if (word !== undefined) {
      let matched = 0;
      while (matched < word.length && this.#byte() === word.charCodeAt(matched)) {
        matched++;
        this.#at++;
      }
      const isPart = this.#byte() !== END && isIdentifierPart(String.fromCharCode(this.#byte()));
      if (matched === word.length && !isPart) return;
      return this.#unrecognized(Buffer.from(this.#bytes.subarray(start, this.#at)).toString('latin1'));
    }
    const char = String.fromCharCode(first);
    if (first === 0x5d || first === 0x7d || first === 0x2c) return this.#failAt(first, 'expected a value');
    if (!IDENTIFIER_START.test(char)) return this.#failAt(first, `expected a valid value ${VALUES}`);
    this.#at++;
    this.#unrecognized(char);
  }

  /** Reads on to the end of the word, so that the message can show it. */
  #unrecognized(matched: string): never {
    let token = matched;
    while (this.#byte() !== END) {
      const char = this.#character();
      if (!isIdentifierPart(char)) break;
      token += char;
      if (token.length >= MAX_TOKEN_LENGTH) {
        token += '...';
        break;
      }
    }
    return this.#fail(`Unrecognized token '${token}': was expecting ${VALUES}`);
  }

  /** Decodes one character of UTF-8 and steps over it. */
  #character(): string {
    const first = this.#bytes[this.#at++] ?? 0;
    if (first < 0x80) return String.fromCharCode(first);
    const length = first >> 5 === 0b110 ? 1 : first >> 4 === 0b1110 ? 2 : first >> 3 === 0b11110 ? 3 : 0;
    if (length === 0) return this.#fail(`Invalid UTF-8 start byte 0x${first.toString(16)}`);
    let code = first & (0x3f >> length);
    for (let read = 0; read < length; read++) {
      const byte = this.#byte();
      if (byte === END) return this.#fail('Unexpected end-of-input in a multi-byte UTF-8 character');
      this.#at++;
      if (byte >> 6 !== 0b10) return this.#fail(`Invalid UTF-8 middle byte 0x${byte.toString(16)}`);
      code = (code << 6) | (byte & 0x3f);
    }
    if (code > 0x10ffff) return this.#fail(`Invalid UTF-8 start byte 0x${first.toString(16)}`);
    return String.fromCodePoint(code);
  }

  #byte(): number {
    return this.#bytes[this.#at] ?? END;
  }

  /** The next byte that is no white space. */
  #skipSpace(): number {
    for (; ; this.#at++) {
      const byte = this.#byte();
      if (byte === 0x0a) {
        this.#line++;
        this.#lineStart = this.#at + 1;
      } else if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return byte;
    }
  }

  #checkNothingFollows(): void {
    const before = this.#at;
    const byte = this.#skipSpace();
    if (byte === END) return;
    const isSeparate = this.#at > before;
    const start = this.#at;
    if (isSeparate) this.#value(byte);
    this.#at = start;
    this.#failAt(byte, 'Expected space separating root-level values');
  }

  #failAtEnd(state: State, isFirst: boolean): never {
    if (isFirst) return this.#fail('No content to map due to end-of-input');
    const inside = this.#open.at(-1);
    if (inside === undefined || state === 'value' || state === 'key' || state === 'colon')
      return this.#fail(`Unexpected end-of-input within/between ${inside?.type ?? 'root'} entries`);
    const start = position(inside.line, inside.column);
    return this.#fail(`Unexpected end-of-input: expected close marker for ${inside.type} (start marker at ${start})`);
  }

  #failAt(byte: number, why: string, where = ''): never {
    const column = this.#column();
    throw new Finding(`Unexpected character (${described(byte)})${where}: ${why}\n at ${position(this.#line, column)}`);
  }

  #fail(problem: string): never {
    throw new Finding(`${problem}\n at ${position(this.#line, this.#column())}`);
  }

  #column(): number {
    return this.#at - this.#lineStart + 1;
  }
}

/** Java counts some control characters as ignorable parts of an identifier. */
function isIdentifierPart(char: string): boolean {
  const code = char.charCodeAt(0);
  return IDENTIFIER_PART.test(char) || code < 0x09 || (code > 0x0d && code < 0x1c) || (code > 0x7e && code < 0xa0);
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

// AWS: the wording of the position is recorded, 2025-11.
function position(line: number, column: number): string {
  return `[Source: REDACTED (\`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION\` disabled); line: ${line}, column: ${column}]`;
}

function described(byte: number): string {
  const isControl = byte < 0x20 || (byte >= 0x7f && byte <= 0x9f);
  return isControl ? `(CTRL-CHAR, code ${byte})` : `'${String.fromCharCode(byte)}' (code ${byte})`;
}
