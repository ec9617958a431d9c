/**
 * Turns the tagged form back into values. Trusts nothing: input that `encode` does not make throws a CodecError.
 *
 * Each object is made in two steps, first an empty shell and then its contents, so that references can point to
 * objects which are not complete yet. The input is never written to and no part of it is in the result.
 */
import { decodeBytes, isViewTag, makeView } from './bytes.ts';
import { makeError, setErrorFields } from './error-parts.ts';
import { decodeBoxed, decodeMarked, decodeRegExp, decodeUrl, isMarked, malformed, quote } from './leaf.ts';
import { MAX_DEPTH } from './limits.ts';

type Fields = Record<string, unknown>;
type Node = readonly unknown[];

const REFERENCE = /^\$[1-9]\d*$/;
const TAG = /^\$[A-Z]/;

/** Decodes one table, once. */
export class Decoder {
  readonly #nodes: Node;
  readonly #values: unknown[] = [];
  #depth = 0;

  constructor(table: Node) {
    this.#nodes = table;
  }

  /** @throws {CodecError} when the table is not one that the encoder makes. */
  decode(): unknown {
    for (let index = 1; index < this.#nodes.length; index++) this.#fill(this.#entry(index), this.#nodes[index]);
    return this.#value(this.#nodes[0]);
  }

  #value(node: unknown): unknown {
    if (typeof node === 'string') return isMarked(node) ? this.#marked(node) : node;
    if (typeof node !== 'object' || node === null) return node;
    const shell = this.#shell(node);
    this.#fill(shell, node);
    return shell;
  }

  #marked(text: string): unknown {
    return REFERENCE.test(text) ? this.#entry(Number(text.slice(1))) : decodeMarked(text);
  }

  /** The object in the table under `index`, perhaps still empty. */
  #entry(index: number): unknown {
    if (index in this.#values) return this.#values[index];
    if (index >= this.#nodes.length) return malformed(`reference to entry ${index} of ${this.#nodes.length}`);
    const node = this.#nodes[index];
    if (typeof node === 'string' && REFERENCE.test(node)) return malformed('an entry of the table is a reference');
    const shell = typeof node === 'object' && node !== null ? this.#shell(node) : this.#value(node);
    this.#values[index] = shell;
    return shell;
  }

  /** The object that `node` describes, complete if it has no contents of its own. */
  #shell(node: object): object {
    if (!Array.isArray(node)) return { ...node };
    const tag = tagOf(node);
    if (tag === undefined) return [...node];
    if (isViewTag(tag)) return makeView(tag, this.#bufferOf(node));
    switch (tag) {
      case '$Map':
        return new Map();
      case '$Set':
        return new Set();
      case '$NullPrototype':
        return Object.assign(Object.create(null), fieldsOf(node[1]));
      case '$Sparse':
        return sparseShell(node);
      case '$Error':
        return this.#errorShell(node);
      case '$RegExp':
        return decodeRegExp(node);
      case '$URL':
        return decodeUrl(node);
      case '$ArrayBuffer':
        return decodeBytes(node[1]);
      case '$Boxed':
        return decodeBoxed(this.#leaf(node[1]));
      default:
        return malformed(`unknown tag ${quote(tag)}`);
    }
  }

  /** Gives `shell` the contents that `node` describes. */
  #fill(shell: unknown, node: unknown): void {
    if (++this.#depth > MAX_DEPTH) malformed(`it is nested more than ${MAX_DEPTH} levels deep`);
    if (!Array.isArray(node)) {
      if (typeof node === 'object' && node !== null) this.#fields(shell as Fields);
    } else if (Array.isArray(shell)) {
      if (tagOf(node) === '$Sparse') this.#sparse(shell, node);
      else for (let index = 0; index < shell.length; index++) shell[index] = this.#value(shell[index]);
    } else if (shell instanceof Map) this.#map(shell, node);
    else if (shell instanceof Set) for (const item of node.slice(1)) shell.add(this.#value(item));
    else if (tagOf(node) === '$NullPrototype') this.#fields(shell as Fields);
    else if (shell instanceof Error) this.#error(shell, node);
    this.#depth--;
  }

  /** Decodes the fields of a copy in place. An own `__proto__` is assigned as the plain key that it is. */
  #fields(copy: Fields): Fields {
    for (const key of Object.keys(copy)) copy[key] = this.#value(copy[key]);
    return copy;
  }

  #sparse(array: unknown[], node: Node): void {
    for (let position = 2; position < node.length; position += 2) {
      const index = node[position];
      if (!isIndex(index) || index >= array.length) return malformed('a sparse array has an index out of range');
      array[index] = this.#value(node[position + 1]);
    }
  }

  #map(map: Map<unknown, unknown>, node: Node): void {
    if (node.length % 2 === 0) malformed('a Map has a key without a value');
    for (let position = 1; position < node.length; position += 2) {
      map.set(this.#value(node[position]), this.#value(node[position + 1]));
    }
  }

  #errorShell(node: Node): Error {
    const { name, message } = fieldsOf(node[2]);
    const isDom = node[1] === 'DOMException';
    return isDom ? makeError(node[1], this.#leaf(name), this.#leaf(message)) : makeError(node[1], name, message);
  }

  #error(error: Error, node: Node): void {
    const hidden = this.#fields({ ...fieldsOf(node[2]) });
    setErrorFields(error, hidden, this.#fields({ ...fieldsOf(node[3] ?? {}) }));
  }

  /** A value that holds no others and is no reference. */
  #leaf(node: unknown): unknown {
    if (typeof node === 'object' && node !== null)
      return malformed('a list or object stands where a plain value should');
    return typeof node === 'string' && isMarked(node) ? decodeMarked(node) : node;
  }

  #bufferOf(node: Node): ArrayBuffer {
    const source = node[1];
    if (typeof source === 'string' && !isMarked(source)) return decodeBytes(source);
    const described = typeof source === 'string' ? this.#nodes[referenceOf(source)] : source;
    // Looked at before it is made: a view of a view that is itself would never end.
    if (!Array.isArray(described) || described[0] !== '$ArrayBuffer') return malformed('a view has no ArrayBuffer');
    const buffer = this.#value(source);
    return buffer instanceof ArrayBuffer ? buffer : malformed('a view has no ArrayBuffer');
  }
}

/** The tag of a tagged array; undefined for a plain one. */
function tagOf(node: Node): string | undefined {
  const first = node[0];
  return typeof first === 'string' && TAG.test(first) ? first : undefined;
}

function referenceOf(text: string): number {
  return REFERENCE.test(text) ? Number(text.slice(1)) : malformed('a view has no ArrayBuffer');
}

function fieldsOf(node: unknown): Fields {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return malformed('fields are not an object');
  return node as Fields;
}

/**
 * An array that has the length and no items. V8 would reserve memory for all of a length up to 32 M, but not in an
 * array that was once longer than that, which is a dictionary from then on.
 */
function sparseShell(node: Node): unknown[] {
  const length = node[1];
  if (!(isIndex(length) || length === 2 ** 32 - 1) || node.length % 2 !== 0) {
    return malformed('a sparse array takes a length, indexes and items');
  }
  const array: unknown[] = [];
  if (length > 16 + 4 * node.length) array.length = 2 ** 32 - 1;
  array.length = length;
  return array;
}

function isIndex(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 32 - 1;
}
