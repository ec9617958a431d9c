/**
 * What an object is, by brand: by its internal slots and the shape of its prototype chain, not by `instanceof`, so
 * that values of another realm (a vm context, a worker) count as what they are and subclasses do not.
 */
import { types } from 'node:util';

/** The kinds that can be sent; `refused` is everything else. */
export type Kind =
  | 'array'
  | 'record'
  | 'bare-record'
  | 'date'
  | 'map'
  | 'set'
  | 'regexp'
  | 'url'
  | 'error'
  | 'bytes'
  | 'buffer'
  | 'boxed'
  | 'refused';

/** Kind of `object`. Reading a hostile proxy may throw. */
export function kindOf(object: object): Kind {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (Array.isArray(object)) return isArrayPrototype(prototype) ? 'array' : 'refused';
  if (prototype === null) return 'bare-record';
  if (prototype === Object.prototype) return 'record';
  // The most common ones first: they would wait for six other questions.
  if (prototype === Date.prototype && types.isDate(object)) return 'date';
  if (prototype === Map.prototype && types.isMap(object)) return 'map';
  if (isError(object)) return 'error';
  if (ArrayBuffer.isView(object)) return kindOfView(object);
  return chainLength(object) === 2 ? kindOfBuiltin(object) : kindOfOther(object);
}

/** The kinds whose prototype stands directly below Object.prototype, in any realm. */
function kindOfBuiltin(object: object): Kind {
  if (types.isDate(object)) return 'date';
  if (types.isMap(object)) return 'map';
  if (types.isSet(object)) return 'set';
  if (types.isRegExp(object)) return 'regexp';
  if (types.isArrayBuffer(object)) return 'buffer';
  if (types.isBoxedPrimitive(object)) return types.isSymbolObject(object) ? 'refused' : 'boxed';
  return Object.getPrototypeOf(object) === URL.prototype ? 'url' : 'refused';
}

/** The plain objects of another realm: their prototype is that realm's Object.prototype. */
function kindOfOther(object: object): Kind {
  const prototype: unknown = Object.getPrototypeOf(object);
  return chainLength(object) === 1 && Object.hasOwn(Object(prototype), 'hasOwnProperty') ? 'record' : 'refused';
}

function kindOfView(view: ArrayBufferView): Kind {
  const builtinLength = types.isDataView(view) ? 2 : 3;
  if (chainLength(view) !== builtinLength && Object.getPrototypeOf(view) !== Buffer.prototype) return 'refused';
  return types.isSharedArrayBuffer(view.buffer) ? 'refused' : 'bytes';
}

/** Errors are the one kind of which subclasses are sent: they are what tasks throw. */
function isError(object: object): boolean {
  return types.isNativeError(object) || object instanceof Error;
}

/** Every realm's Array.prototype is itself an array, which the prototype of a subclass is not. */
function isArrayPrototype(prototype: unknown): boolean {
  return prototype === Array.prototype || (Array.isArray(prototype) && Object.hasOwn(prototype, 'flatMap'));
}

/** Number of prototypes above `object`. A proxy could answer for ever, so counting ends at 5. */
function chainLength(object: object): number {
  let length = 0;
  let prototype: unknown = Object.getPrototypeOf(object);
  while (prototype !== null && length < 5) {
    length++;
    prototype = Object.getPrototypeOf(prototype);
  }
  return length;
}
