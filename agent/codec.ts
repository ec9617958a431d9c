/**
 * Values to JSON and back without loss: the entrance, and the description of the encoding.
 *
 * Plain JSON (objects, dense arrays, text, finite numbers, booleans, null) stands for itself and costs a scan on the
 * way out and one look at the root on the way in. Anything more makes the root an object with the one key `$lp`, whose
 * value is a table: first the value itself, then each object that stands in several places, named by its index.
 *
 *     const user = { name: 'Ada', born: new Date(0), tags: new Set(['$x', undefined]) };
 *     user.self = user;
 *
 *     {"$lp":["$1", {"name":"Ada","born":"$date:0","tags":["$Set","$$x","$undefined"],"self":"$1"}]}
 *
 * Within the table a string that begins with `$` is a mark, and an array that begins with `$` and a capital is tagged:
 *
 *     "$$text"                              text that begins with $
 *     "$1"                                  the object at index 1 of the table
 *     "$undefined" "$nan" "$-0" "$inf" "$-inf"
 *     "$date:1700000000000" "$date:NaN"     Date, milliseconds since 1970
 *     "$bigint:-0x7b"
 *     ["$Map", key, value, key, value]      ["$Set", item, item]
 *     ["$Sparse", length, index, item]      array with holes
 *     ["$NullPrototype", {...}]             object without a prototype
 *     ["$RegExp", source, flags, lastIndex] lastIndex only if it is not 0
 *     ["$URL", href]                        ["$Boxed", primitive]
 *     ["$ArrayBuffer", base64]
 *     ["$Uint8Array", base64]               a view of part of its buffer; likewise $Buffer, $DataView, $Float64Array ...
 *     ["$Uint8Array", ["$ArrayBuffer", base64]] or ["$Uint8Array", "$1"]    a view of all of its buffer
 *     ["$Error", base, {message, stack, cause, errors, name}, {code, ...}]  see codec/error-parts.ts
 *
 * Not sent, without complaint, as by structuredClone: symbol keys, non-enumerable properties, named properties of
 * arrays, Maps, Sets, Dates and the like, and whether an object is frozen. A getter is sent as the value it gives.
 * Refused: functions, symbols, promises, shared memory, class instances (but every subclass of Error is an error), and
 * nesting deeper than 1,000 levels.
 */
import { Decoder } from './codec/decoder.ts';
import { Encoder } from './codec/encoder.ts';
import { malformed } from './codec/leaf.ts';
import { isPlain } from './codec/plain.ts';
import type { Json } from './protocol.ts';

export { CodecError } from './codec/codec-error.ts';

/** How to encode. */
export interface EncodeOptions {
  /** Begins the path in errors. @default 'value' */
  readonly root?: string;
  /**
   * Never throw: put a readable text, such as `[function save]`, where something cannot be sent. For values that
   * were thrown, whatever they are. @default false
   */
  readonly lossy?: boolean;
}

/**
 * A JSON tree that `decode` turns back into `value`; plain JSON is returned as it is, not copied.
 *
 * Accessors of plain data are read when it is scanned and again by whoever writes the JSON text.
 * @throws {CodecError} when something in `value` cannot be sent; never with `lossy`.
 */
export function encode(value: unknown, { root = 'value', lossy = false }: EncodeOptions = {}): Json {
  // Lossy always copies what it read once: a second read by JSON.stringify might throw.
  if ((!lossy || typeof value !== 'object') && isPlain(value)) return value as Json;
  return new Encoder({ root, lossy }).encode(value) as Json;
}

/**
 * The value that `encode` was given. Plain JSON is returned as it is; of anything else nothing is shared with `json`.
 * @throws {CodecError} when `json` is not a form that `encode` makes.
 */
export function decode(json: Json): unknown {
  if (typeof json !== 'object' || json === null || Array.isArray(json) || !Object.hasOwn(json, '$lp')) return json;
  const table: unknown = Reflect.get(json, '$lp');
  if (!Array.isArray(table) || table.length === 0 || Object.keys(json).length !== 1) {
    return malformed('$lp is not the only key, or not a table');
  }
  return new Decoder(table).decode();
}
