/** Words for values that cannot be sent: for the error, and for the text that stands in for them in a lossy encoding. */
import { types } from 'node:util';

/** Why a value is refused. */
export interface Refusal {
  /** Completes "Cannot send args[0]: ...". */
  readonly reason: string;
  /** A sentence: what to do instead. */
  readonly advice: string;
  /** Stands for the value in a lossy encoding, in square brackets. */
  readonly standIn: string;
}

/** A function, a symbol, or an object that is not plain data. */
export function refusalOf(value: unknown): Refusal {
  if (typeof value === 'function') return ofFunction(value);
  if (typeof value === 'symbol') return it(`a symbol (${String(value)})`, 'Send a string instead.', String(value));
  if (types.isPromise(value)) return it('a promise', 'Await it first.', 'promise');
  if (types.isGeneratorObject(value)) {
    return it('a generator', 'Send an array of its items, such as [...generator].', 'generator');
  }
  const name = className(value);
  if (name === 'Object' || name === 'Array') {
    const what = `an ${name.toLowerCase()} with a prototype of its own`;
    return it(what, 'Send a plain copy of it, such as { ...object } or [...array].', what);
  }
  if (isSharedMemory(value)) {
    return it('shared memory', 'Send a copy of the bytes, such as Uint8Array.from(view).', 'shared memory');
  }
  const what = `instance of ${name ?? 'an anonymous class'}`;
  return it(`an ${what}`, 'Send plain data, such as an object with the fields that are needed.', what);
}

/** An ArrayBuffer that was transferred elsewhere, or a view of one. */
export function detachedRefusal(): Refusal {
  return it('a detached ArrayBuffer', 'Its bytes were transferred; send them before that.', 'detached ArrayBuffer');
}

/** A value that nests too deeply. */
export function depthRefusal(limit: number): Refusal {
  return {
    reason: `it is nested more than ${limit} levels deep`,
    advice: 'Send a flatter form, such as an array of nodes that name each other by index.',
    standIn: 'nested too deeply',
  };
}

/** More than a lossy encoding takes in. */
export function sizeRefusal(limit: number): Refusal {
  return { reason: `it holds more than ${limit} values`, advice: 'Send less.', standIn: 'left out: too many values' };
}

/** A getter, a proxy or a damaged object threw `thrown` while it was read. */
export function unreadableRefusal(thrown: unknown): Refusal {
  const cause = describeThrown(thrown);
  return {
    reason: `reading it threw ${cause}`,
    advice: 'Send plain data, without getters or proxies that fail.',
    standIn: `unreadable: ${cause}`,
  };
}

function it(what: string, advice: string, standIn: string): Refusal {
  return { reason: `it is ${what}`, advice, standIn };
}

function ofFunction(value: object): Refusal {
  const name = textOf(() => Reflect.get(value, 'name'));
  const advice = 'Send plain data, or put the function into a task module and call it by its name.';
  return it('a function', advice, name === undefined ? 'function' : `function ${name}`);
}

function isSharedMemory(value: unknown): boolean {
  return types.isSharedArrayBuffer(ArrayBuffer.isView(value) ? value.buffer : value);
}

/** Name of the class, taken from the prototype: an own property `constructor` is just data. */
function className(value: unknown): string | undefined {
  return textOf(() => Reflect.get(Object(Reflect.get(Object.getPrototypeOf(value), 'constructor')), 'name'));
}

function describeThrown(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null)
    return typeof thrown === 'function' ? 'a function' : String(thrown);
  const message = textOf(() => Reflect.get(thrown, 'message')) ?? '';
  return `${className(thrown) ?? 'an object'}${message === '' ? '' : `: ${message}`}`;
}

/** The non-empty string that `read` gives; undefined where there is none or reading throws. */
function textOf(read: () => unknown): string | undefined {
  try {
    const text = read();
    return typeof text === 'string' && text !== '' ? text : undefined;
  } catch {
    return undefined;
  }
}
