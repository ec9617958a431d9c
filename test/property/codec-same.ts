/**
 * A stricter equality than the assertion libraries': tells -0 from 0, undefined from absent and a hole from undefined,
 * minds the order of keys and entries, and asks that the same object stands in the same places on both sides.
 */

/** The first difference between two values, as a path and two texts; undefined if there is none. */
export function difference(expected: unknown, actual: unknown): string | undefined {
  return new Comparison().compare(expected, actual, 'value');
}

class Comparison {
  readonly #partner = new Map<object, object>();
  readonly #reverse = new Map<object, object>();

  compare(a: unknown, b: unknown, path: string): string | undefined {
    if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) {
      return Object.is(a, b) ? undefined : `${path}: ${String(a)} is not ${String(b)}`;
    }
    if (this.#partner.has(a) || this.#reverse.has(b)) {
      return this.#partner.get(a) === b && this.#reverse.get(b) === a ? undefined : `${path}: identity differs`;
    }
    this.#partner.set(a, b);
    this.#reverse.set(b, a);
    if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return `${path}: prototypes differ`;
    if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) return this.#compareViews(a, b, path);
    return this.#compareFields(facts(a), facts(b), path) ?? this.#compareFields(contents(a), contents(b), path);
  }

  /** A view of a part of its buffer stands for its bytes alone. */
  #compareViews(a: ArrayBufferView, b: ArrayBufferView, path: string): string | undefined {
    if (hex(a) !== hex(b)) return `${path}: bytes differ`;
    const whole = a.byteOffset === 0 && a.byteLength === a.buffer.byteLength;
    return whole ? this.compare(a.buffer, b.buffer, `${path}.buffer`) : undefined;
  }

  #compareFields(a: Fields, b: Fields, path: string): string | undefined {
    const [keysA, keysB] = [a.map(([key]) => key).join(), b.map(([key]) => key).join()];
    if (keysA !== keysB) return `${path}: has ${keysA}, not ${keysB}`;
    for (const [index, [key, value]] of a.entries()) {
      const found = this.compare(value, b[index]?.[1], `${path}.${key}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

type Fields = [string, unknown][];

/** What an object is, beside its enumerable properties. */
function facts(object: object): Fields {
  if (Array.isArray(object)) return [['length', object.length]];
  if (object instanceof Date) return [['time', object.getTime()]];
  if (object instanceof URL) return [['href', object.href]];
  if (object instanceof RegExp) {
    return [
      ['text', String(object)],
      ['lastIndex', object.lastIndex],
    ];
  }
  if (object instanceof Error) return errorFacts(object);
  if (object instanceof ArrayBuffer) return [['bytes', hex(new Uint8Array(object))]];
  if (/String|Number|Boolean|BigInt/.test(Object.prototype.toString.call(object))) return [['boxed', object.valueOf()]];
  return [];
}

function contents(object: object): Fields {
  if (object instanceof Map) {
    return [...object].flatMap(([key, value], index): Fields => {
      return [
        [`key${index}`, key],
        [`value${index}`, value],
      ];
    });
  }
  if (object instanceof Set) return [...object].map((item, index) => [`item${index}`, item]);
  if (object instanceof URL || object instanceof Date) return [];
  return Object.keys(object).map((key) => [JSON.stringify(key), Reflect.get(object, key)]);
}

function errorFacts(error: Error): Fields {
  const keys = ['message', 'stack', 'cause', 'errors'].filter((key) => Object.hasOwn(error, key));
  return [['name', error.name], ...keys.map((key): [string, unknown] => [key, Reflect.get(error, key)])];
}

function hex({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('hex');
}
