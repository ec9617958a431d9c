/** Shows the results of tasks: JSON where JSON can hold them. */
import { inspect } from 'node:util';

/** A result for people and for pipes: JSON if nothing is lost by it, else as Node's console shows it. */
export function showResult(value: unknown, options: { readonly pretty: boolean; readonly colors: boolean }): string {
  if (isJson(value)) return JSON.stringify(value, undefined, options.pretty ? 2 : undefined);
  return inspect(value, { depth: Infinity, colors: options.colors, maxArrayLength: null, maxStringLength: null });
}

/**
 * A result as one line of JSON. What JSON cannot hold becomes its nearest relative: undefined, NaN and functions null,
 * a bigint and a Date text, a Map, Set or typed array an array, an Error its name and message.
 */
export function toJsonLine(value: unknown): string {
  if (isJson(value)) return JSON.stringify(value);
  return JSON.stringify(nearestJson(value, new Set())) ?? 'null';
}

/** Whether JSON.parse(JSON.stringify(value)) is the same value. */
function isJson(value: unknown, above: ReadonlySet<unknown> = new Set()): boolean {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return true;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object' || above.has(value)) return false;
  const within = new Set(above).add(value);
  if (Array.isArray(value)) {
    return Object.keys(value).length === value.length && value.every((each) => isJson(each, within));
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  return !('toJSON' in value) && Object.values(value).every((each) => isJson(each, within));
}

function nearestJson(value: unknown, above: ReadonlySet<unknown>): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value ?? null;
  if (above.has(value)) return '[Circular]';
  const within = new Set(above).add(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof RegExp || value instanceof URL) return String(value);
  if (value instanceof Error) return { name: value.name, message: value.message };
  if (isIterable(value)) return Array.from(value, (each) => nearestJson(each, within));
  if (value instanceof ArrayBuffer) return Array.from(new Uint8Array(value));
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, nearestJson(each, within)]));
}

/** Arrays, also sparse ones, Map, Set, typed arrays. */
function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value && typeof value[Symbol.iterator] === 'function';
}
