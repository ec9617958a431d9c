/**
 * Encoded forms of values that contain no others. Numbers, undefined, bigints and dates are marked strings, and text
 * that begins with the mark is escaped by another one; the rest are tagged arrays.
 */
import { CodecError } from './codec-error.ts';

const MARK = 0x24; // $

/** What `["$Boxed", ...]` may hold. */
type Primitive = string | number | boolean | bigint;

const NUMBERS: ReadonlyMap<string, number> = new Map([
  ['$nan', NaN],
  ['$-0', -0],
  ['$inf', Infinity],
  ['$-inf', -Infinity],
]);

/** Text for itself, with `$$` in place of a leading `$`. */
export function encodeText(text: string): string {
  return text.charCodeAt(0) === MARK ? `$${text}` : text;
}

/** A number for itself, or the mark of one that JSON cannot write. */
export function encodeNumber(value: number): number | string {
  if (value === 0) return 1 / value > 0 ? value : '$-0';
  if (value - value === 0) return value;
  return Number.isNaN(value) ? '$nan' : value > 0 ? '$inf' : '$-inf';
}

/** Hexadecimal, because decimal digits take more than linear time to read. */
export function encodeBigint(value: bigint): string {
  return value < 0n ? `$bigint:-0x${(-value).toString(16)}` : `$bigint:0x${value.toString(16)}`;
}

/** Milliseconds since 1970, or NaN. */
export function encodeDate(date: Date): string {
  return `$date:${Date.prototype.getTime.call(date)}`;
}

/** `["$RegExp", source, flags, lastIndex]`, the latter only if it is not 0. */
export function encodeRegExp(pattern: RegExp): unknown[] {
  const node: unknown[] = ['$RegExp', pattern.source, pattern.flags];
  if (Number.isSafeInteger(pattern.lastIndex) && pattern.lastIndex > 0) node.push(pattern.lastIndex);
  return node;
}

/** The primitive inside `new String('x')` and its like. */
export function unboxed(box: object): unknown {
  return box.valueOf();
}

/** Value of a string that begins with the mark and is no reference. */
export function decodeMarked(text: string): unknown {
  if (text.charCodeAt(1) === MARK) return text.slice(1);
  if (text === '$undefined') return undefined;
  if (text.startsWith('$date:')) return decodeDate(text);
  if (text.startsWith('$bigint:')) return decodeBigint(text);
  return NUMBERS.get(text) ?? malformed(`unknown mark ${quote(text)}`);
}

/** Whether `text` begins with the mark. */
export function isMarked(text: string): boolean {
  return text.charCodeAt(0) === MARK;
}

/** From `["$RegExp", source, flags, lastIndex?]`. */
export function decodeRegExp(node: readonly unknown[]): RegExp {
  const [, source, flags, lastIndex = 0] = node;
  if (typeof source !== 'string' || typeof flags !== 'string' || typeof lastIndex !== 'number') {
    return malformed('a RegExp takes source, flags and lastIndex');
  }
  try {
    const pattern = new RegExp(source, flags);
    pattern.lastIndex = lastIndex;
    return pattern;
  } catch {
    return malformed(`this Node.js does not accept the regular expression ${quote(`/${source}/${flags}`)}`);
  }
}

/** From `["$URL", href]`. */
export function decodeUrl(node: readonly unknown[]): URL {
  const href = node[1];
  if (typeof href !== 'string' || !URL.canParse(href)) return malformed('a URL takes its text');
  return new URL(href);
}

/** From the value in `["$Boxed", value]`. */
export function decodeBoxed(value: unknown): object {
  if (!isPrimitive(value)) return malformed('only a string, number, boolean or bigint can be boxed');
  return Object(value);
}

/** The encoded form is not one that `encode` makes. */
export function malformed(reason: string): never {
  const message = `Cannot read an encoded value: ${reason}. It was damaged, or made by another version of lambdapool.`;
  throw new CodecError(message, { path: '$lp', reason });
}

/** `text` for a message: in quotes, not too long. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
}

function isPrimitive(value: unknown): value is Primitive {
  return ['string', 'number', 'boolean', 'bigint'].includes(typeof value);
}

function decodeDate(text: string): Date {
  const digits = text.slice('$date:'.length);
  const time = /^-?\d{1,16}$/.test(digits) ? Number(digits) : NaN;
  if (digits !== 'NaN' && !(Math.abs(time) <= 8.64e15)) return malformed(`${quote(text)} is not a date`);
  return new Date(time);
}

function decodeBigint(text: string): bigint {
  const match = /^\$bigint:(-?)(0x[0-9a-f]+)$/.exec(text);
  if (match === null) return malformed(`${quote(text)} is not a bigint`);
  try {
    const magnitude = BigInt(match[2] ?? '');
    return match[1] === '-' ? -magnitude : magnitude;
  } catch {
    return malformed(`the bigint ${quote(text)} is too large`);
  }
}
