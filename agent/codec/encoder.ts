/**
 * The long way of encoding, for whatever is not plain JSON: copies the value into its tagged form in one pass.
 *
 * Each container is first copied (so getters run once and the value is never written to), then the items of the copy
 * are replaced by their encoded form. An object that is met again moves from its first place into the table.
 */
import { CodecError } from './codec-error.ts';
import { errorParts } from './error-parts.ts';
import { kindOf } from './kind.ts';
import type { Kind } from './kind.ts';
import { encodeBigint, encodeDate, encodeNumber, encodeRegExp, encodeText, unboxed } from './leaf.ts';
import { encodeBytes, viewParts } from './bytes.ts';
import { MAX_DEPTH, MAX_LOSSY_VALUES } from './limits.ts';
import { formatPath, shortenPath } from './path.ts';
import * as refusals from './refusal.ts';

type Fields = Record<string | number, unknown>;

/** Where the encoded form of an object stands: in `holder` under `key`, or in the table if `index` is not 0. */
interface Slot {
  readonly holder: object;
  readonly key: string | number;
  index: number;
  /** False while the object's own items are being encoded: its form is not in `holder` yet. */
  done: boolean;
}

/** Encodes one value, once. */
export class Encoder {
  readonly #root: string;
  readonly #lossy: boolean;
  /** The encoded root, then all objects that stand in more than one place. */
  readonly #table: unknown[] = [null];
  readonly #slots = new Map<object, Slot>();
  /** The way to the current value: level by level the container and the key in it. */
  readonly #containers: object[] = [];
  readonly #keys: (string | number)[] = [];
  #depth = 0;
  /** How many more objects and array items to take in. */
  #budget: number;
  /** Whether anything in the result needs decoding. */
  #tagged = false;

  constructor(options: { readonly root: string; readonly lossy: boolean }) {
    this.#root = options.root;
    this.#lossy = options.lossy;
    this.#budget = options.lossy ? MAX_LOSSY_VALUES : Infinity;
  }

  /**
   * The tagged form of `value`, or a plain copy of it if that says it all.
   * @throws {CodecError} when something in it cannot be sent; never if lossy.
   */
  encode(value: unknown): unknown {
    const tree = this.#value(value, this.#table, 0);
    this.#table[0] = tree;
    const looksTagged = typeof tree === 'object' && tree !== null && Object.hasOwn(tree, '$lp');
    return this.#tagged || looksTagged ? { $lp: this.#table } : tree;
  }

  /** The encoded form of `value`, which the caller must put into `holder` under `key`. */
  #value(value: unknown, holder: object, key: string | number): unknown {
    switch (typeof value) {
      case 'string':
        return this.#leaf(value, encodeText(value));
      case 'number':
        return this.#leaf(value, encodeNumber(value));
      case 'boolean':
        return value;
      case 'undefined':
        return this.#leaf(value, '$undefined');
      case 'bigint':
        return this.#leaf(value, encodeBigint(value));
      case 'object':
        return value === null ? null : this.#object(value, holder, key);
      case 'function':
      case 'symbol':
        break;
    }
    return this.#refuse(refusals.refusalOf(value));
  }

  #leaf(value: unknown, encoded: string | number): unknown {
    if (encoded !== value) this.#tagged = true;
    return encoded;
  }

  #object(object: object, holder: object, key: string | number): unknown {
    const known = this.#slots.get(object);
    if (known !== undefined) return this.#reference(known);
    if (this.#depth >= MAX_DEPTH) return this.#refuse(refusals.depthRefusal(MAX_DEPTH));
    if (this.#budget-- <= 0) return this.#refuse(refusals.sizeRefusal(MAX_LOSSY_VALUES));
    const slot: Slot = { holder, key, index: 0, done: false };
    this.#slots.set(object, slot);
    const node = this.#descend(object);
    slot.done = true;
    if (slot.index === 0) return node;
    this.#table[slot.index] = node;
    return `$${slot.index}`;
  }

  /** An object was met again: gives it a place in the table, if it has none, and a reference to that. */
  #reference(slot: Slot): string {
    if (slot.index === 0) {
      const holder = slot.holder as Fields;
      slot.index = this.#table.push(holder[slot.key]) - 1;
      if (slot.done) holder[slot.key] = `$${slot.index}`;
      this.#tagged = true;
    }
    return `$${slot.index}`;
  }

  #descend(object: object): unknown {
    const level = this.#depth;
    try {
      this.#containers[level] = object;
      this.#depth = level + 1;
      return this.#node(object, kindOf(object));
    } catch (error) {
      if (error instanceof CodecError) throw error;
      this.#depth = level;
      return this.#refuse(refusals.unreadableRefusal(error));
    } finally {
      this.#depth = level;
    }
  }

  #node(object: object, kind: Kind): unknown {
    if (kind === 'record') return this.#fields(this.#copyFields(object));
    if (kind === 'array') return this.#array(object as unknown[]);
    this.#tagged ||= kind !== 'refused';
    switch (kind) {
      case 'bare-record':
        return ['$NullPrototype', this.#fields(this.#copyFields(object))];
      case 'date':
        return encodeDate(object as Date);
      case 'map':
        return this.#map(object as Map<unknown, unknown>);
      case 'set':
        return this.#items(['$Set', ...Set.prototype.values.call(object)], 1);
      case 'regexp':
        return encodeRegExp(object as RegExp);
      case 'url':
        return ['$URL', (object as URL).href];
      case 'error':
        return this.#error(object as Error);
      case 'bytes':
        return this.#bytes(object as ArrayBufferView);
      case 'buffer':
        return this.#arrayBuffer(object as ArrayBuffer);
      case 'boxed':
        return ['$Boxed', this.#value(unboxed(object), this.#table, 0)];
      case 'refused':
        break;
    }
    return this.#refuseContainer(refusals.refusalOf(object));
  }

  /** Own enumerable properties, each read once; a getter that throws is found and named. */
  #copyFields(object: object): Fields {
    try {
      return { ...object };
    } catch {
      const copy: Fields = {};
      for (const key of Object.keys(object)) {
        Object.defineProperty(copy, key, { value: this.#read(object, key), enumerable: true, writable: true });
      }
      return copy;
    }
  }

  #read(object: object, key: string): unknown {
    try {
      return Reflect.get(object, key);
    } catch (error) {
      this.#keys[this.#depth - 1] = key;
      return this.#refuse(refusals.unreadableRefusal(error));
    }
  }

  /** Encodes the fields of a copy in place. An own `__proto__` is assigned as the plain key that it is. */
  #fields(copy: Fields): Fields {
    const level = this.#depth - 1;
    for (const key of Object.keys(copy)) {
      this.#keys[level] = key;
      copy[key] = this.#value(copy[key], copy, key);
    }
    return copy;
  }

  /** Encodes the items of a copy in place, from position `first` on. */
  #items(copy: unknown[], first: number): unknown[] {
    const level = this.#depth - 1;
    for (let position = first; position < copy.length; position++) {
      this.#keys[level] = position - first;
      copy[position] = this.#value(copy[position], copy, position);
    }
    return copy;
  }

  #array(array: readonly unknown[]): unknown[] {
    const copy: unknown[] = [];
    for (let index = 0; index < array.length && this.#budget-- > 0; index++) {
      const item = array[index];
      if (item === undefined && !Object.hasOwn(array, index)) return this.#sparse(array);
      copy.push(item);
    }
    return this.#items(copy, 0);
  }

  /** `["$Sparse", length, index, item, index, item ...]`. Time goes by the items, not by the length. */
  #sparse(array: readonly unknown[]): unknown[] {
    this.#tagged = true;
    const node: unknown[] = ['$Sparse', array.length];
    for (const key of Object.keys(array)) {
      const index = Number(key);
      // Indexes come first, in ascending order; what follows are named properties.
      if (String(index >>> 0) !== key || index >= array.length) break;
      this.#keys[this.#depth - 1] = index;
      node.push(index, null);
      const position = node.length - 1;
      node[position] = this.#value(array[index], node, position);
    }
    return node;
  }

  #map(map: Map<unknown, unknown>): unknown[] {
    const node: unknown[] = ['$Map'];
    Map.prototype.forEach.call(map, (item, key) => node.push(key, item));
    return this.#items(node, 1);
  }

  #error(error: Error): unknown[] {
    const { base, hidden, own } = errorParts(error, this.#copyFields(error));
    const node = ['$Error', base, this.#fields(hidden)];
    if (Object.keys(own).length > 0) node.push(this.#fields(own));
    return node;
  }

  #bytes(view: ArrayBufferView): unknown {
    const { tag, whole, buffer } = viewParts(view);
    if (buffer.detached) return this.#refuseContainer(refusals.detachedRefusal());
    if (!whole) return [tag, encodeBytes(view)];
    const node: unknown[] = [tag, null];
    this.#keys[this.#depth - 1] = 'buffer';
    node[1] = this.#value(buffer, node, 1);
    return node;
  }

  #arrayBuffer(buffer: ArrayBuffer): unknown {
    if (buffer.detached) return this.#refuseContainer(refusals.detachedRefusal());
    return ['$ArrayBuffer', encodeBytes(new Uint8Array(buffer))];
  }

  /** Refuses the container that is being encoded itself, not an item of it. */
  #refuseContainer(refusal: refusals.Refusal): string {
    this.#depth--;
    return this.#refuse(refusal);
  }

  /** The current value cannot be sent: throws, or gives the text that stands for it. */
  #refuse({ reason, advice, standIn }: refusals.Refusal): string {
    if (this.#lossy) return `[${standIn}]`;
    const steps = this.#containers.slice(0, this.#depth).map((container, level) => {
      return { container, key: this.#keys[level] ?? 0 };
    });
    const path = formatPath(this.#root, steps);
    throw new CodecError(`Cannot send ${shortenPath(path)}: ${reason}. ${advice}`, { path, reason });
  }
}
