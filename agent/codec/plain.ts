/** The hot path: tells whether JSON.stringify and JSON.parse alone carry a value without loss. Copies nothing. */
import { MAX_DEPTH } from './limits.ts';

type Container = Readonly<Record<string | number, unknown>>;

/**
 * Whether `value` is a tree of plain objects, dense arrays, strings, finite numbers, booleans and null, in which no
 * object stands twice, and which does not look encoded already (a root with the key `$lp`).
 *
 * A false is no verdict: the encoder looks again, exactly. So this may be hasty where that is cheaper, as with
 * inherited enumerable properties, other realms, or whatever throws when it is read.
 */
export function isPlain(value: unknown): boolean {
  if (typeof value !== 'object') return isPlainPrimitive(value);
  if (value === null) return true;
  try {
    return isPlainTree(value as Container, undefined, 1) && (Array.isArray(value) || !Object.hasOwn(value, '$lp'));
  } catch {
    return false;
  }
}

function isPlainPrimitive(value: unknown): boolean {
  if (typeof value === 'number') return isPlainNumber(value);
  return typeof value === 'string' || typeof value === 'boolean';
}

/** Neither NaN nor infinite (their difference with themselves is NaN), nor -0. */
function isPlainNumber(value: number): boolean {
  return value === 0 ? 1 / value > 0 : value - value === 0;
}

function isPlainTree(tree: Container, outer: Set<object> | undefined, depth: number): boolean {
  if (depth > MAX_DEPTH) return false;
  return Array.isArray(tree) ? isPlainArray(tree, outer, depth) : isPlainObject(tree, outer, depth);
}

// The two loops are alike on purpose: one over indexes and one over keys are each compiled to tight code, and a
// shared loop over Object.keys is not. `seen` is made at the first nested object, so that a flat value allocates nothing
// (a way back to the root is then noticed the second time round).

function isPlainArray(array: readonly unknown[], outer: Set<object> | undefined, depth: number): boolean {
  if (Object.getPrototypeOf(array) !== Array.prototype) return false;
  // JSON.stringify would call it, and the loop below does not see it.
  if ((array as { readonly toJSON?: unknown }).toJSON !== undefined) return false;
  let seen = outer;
  for (let index = 0; index < array.length; index++) {
    // A hole reads as undefined, so dense arrays need no check of their own.
    const item = array[index];
    if (typeof item === 'string' || typeof item === 'boolean' || item === null) continue;
    if (typeof item === 'number') {
      if (!isPlainNumber(item)) return false;
    } else {
      if (typeof item !== 'object') return false;
      seen ??= new Set();
      const before = seen.size;
      if (seen.add(item).size === before || !isPlainTree(item as Container, seen, depth + 1)) return false;
    }
  }
  return true;
}

function isPlainObject(object: Container, outer: Set<object> | undefined, depth: number): boolean {
  if (Object.getPrototypeOf(object) !== Object.prototype) return false;
  let seen = outer;
  // oxlint-disable-next-line guard-for-in -- An inherited property only sends the value the long way.
  for (const key in object) {
    const item = object[key];
    if (typeof item === 'string' || typeof item === 'boolean' || item === null) continue;
    if (typeof item === 'number') {
      if (!isPlainNumber(item)) return false;
    } else {
      if (typeof item !== 'object') return false;
      seen ??= new Set();
      const before = seen.size;
      if (seen.add(item).size === before || !isPlainTree(item as Container, seen, depth + 1)) return false;
    }
  }
  return true;
}
