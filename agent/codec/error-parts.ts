/**
 * Errors and their encoded form: `["$Error", base, hidden, own]`.
 *
 * `base` is the nearest built-in class, `hidden` the non-enumerable properties (message, stack, cause, errors, and
 * name where it is not that of the base), `own` the enumerable ones and absent where there are none.
 */
import { malformed, quote } from './leaf.ts';

type Fields = Record<string, unknown>;

/** An error taken apart; its values are not encoded yet. */
export interface ErrorParts {
  readonly base: string;
  readonly hidden: Fields;
  readonly own: Fields;
}

const BASES: ReadonlyMap<string, () => Error> = new Map<string, () => Error>([
  ['Error', () => new Error()],
  ['TypeError', () => new TypeError()],
  ['RangeError', () => new RangeError()],
  ['SyntaxError', () => new SyntaxError()],
  ['ReferenceError', () => new ReferenceError()],
  ['EvalError', () => new EvalError()],
  ['URIError', () => new URIError()],
  ['AggregateError', () => new AggregateError([])],
]);

const HIDDEN = ['message', 'stack', 'cause', 'errors'] as const;

/** Takes `error` apart. `own` are its own enumerable properties, already read. */
export function errorParts(error: Error, own: Fields): ErrorParts {
  const base = baseName(error);
  const hidden: Fields = {};
  for (const key of HIDDEN) {
    if (!Object.hasOwn(own, key) && hasHidden(error, key)) hidden[key] = Reflect.get(error, key);
  }
  const name = own['name'] ?? remoteName(error, base);
  if (name !== base) hidden['name'] = name;
  delete own['name'];
  return { base, hidden, own };
}

/** An error of the class `base` with nothing of its own yet. A DOMException is given name and message for good. */
export function makeError(base: unknown, name: unknown, message: unknown): Error {
  if (base === 'DOMException') return new DOMException(textOr(message, ''), textOr(name, 'DOMException'));
  const make = typeof base === 'string' ? BASES.get(base) : undefined;
  if (make === undefined) return malformed(`unknown class of error ${quote(String(base))}`);
  const error = make();
  for (const key of HIDDEN) Reflect.deleteProperty(error, key);
  return error;
}

/** Gives `error` its decoded hidden and own enumerable properties. */
export function setErrorFields(error: Error, hidden: Fields, own: Fields): void {
  const fixed = error instanceof DOMException ? ['name', 'message'] : [];
  for (const key of Object.keys(hidden)) {
    if (key !== 'name' && !HIDDEN.some((known) => known === key)) malformed(`unknown field ${quote(key)} of an error`);
    if (!fixed.includes(key)) define(error, key, { value: hidden[key], enumerable: false });
  }
  for (const key of Object.keys(own)) define(error, key, { value: own[key], enumerable: true });
}

function define(error: Error, key: string, field: { readonly value: unknown; readonly enumerable: boolean }): void {
  Object.defineProperty(error, key, { ...field, writable: true, configurable: true });
}

/** Own properties count; so do a message and a stack that a class provides by a getter. */
function hasHidden(error: Error, key: (typeof HIDDEN)[number]): boolean {
  if (Object.hasOwn(error, key)) return true;
  if (key === 'message') return error.message !== '' && error.message !== undefined;
  return key === 'stack' && error.stack !== undefined;
}

/** The name that people know the error by: its own or its class's `name`, else the name of its class. */
function remoteName(error: Error, base: string): unknown {
  const { name } = error;
  if (name !== base || Object.hasOwn(error, 'name')) return name;
  const constructor: unknown = Reflect.get(Object.getPrototypeOf(error), 'constructor');
  const className: unknown = typeof constructor === 'function' ? Reflect.get(constructor, 'name') : undefined;
  return typeof className === 'string' && className !== '' ? className : name;
}

/** Name of the nearest built-in class, in whichever realm it is. */
function baseName(error: Error): string {
  if (error instanceof DOMException) return 'DOMException';
  let prototype: unknown = Object.getPrototypeOf(error);
  // The bound is for proxies that make up prototypes without end.
  for (let level = 0; level < 100 && typeof prototype === 'object' && prototype !== null; level++) {
    const constructor: unknown = Object.hasOwn(prototype, 'constructor')
      ? Reflect.get(prototype, 'constructor')
      : undefined;
    const name: unknown = typeof constructor === 'function' ? Reflect.get(constructor, 'name') : undefined;
    if (typeof name === 'string' && BASES.has(name)) return name;
    prototype = Object.getPrototypeOf(prototype);
  }
  return 'Error';
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}
