/** Binary data and its encoded form: `["$Uint8Array", base64]`, or, in place of the text, the ArrayBuffer it views. */
import { malformed } from './leaf.ts';

type ViewConstructor = new (buffer: ArrayBuffer) => ArrayBufferView;

// Read from the prototype: a view may carry a property of the same name.
const typedArrayName = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag);

const VIEWS: ReadonlySet<string> = new Set([
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float16Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
  'DataView',
]);

/** Tag, buffer and extent of a view. */
export interface ViewParts {
  readonly tag: string;
  readonly buffer: ArrayBuffer;
  /** Whether it shows all of its buffer. Only then is the buffer sent: a slice must not carry what lies around it. */
  readonly whole: boolean;
}

/** Takes a view of unshared memory apart. */
export function viewParts(view: ArrayBufferView): ViewParts {
  const buffer = view.buffer as ArrayBuffer;
  return { tag: `$${nameOf(view)}`, buffer, whole: view.byteLength === buffer.byteLength };
}

/** The bytes that `view` shows, as base64. */
export function encodeBytes(view: ArrayBufferView): string {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('base64');
}

/** Fresh memory with the bytes of `base64`. */
export function decodeBytes(base64: unknown): ArrayBuffer {
  if (typeof base64 !== 'string' || base64.length % 4 !== 0) return malformed('bytes are not base64 text');
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  const buffer = new ArrayBuffer((base64.length / 4) * 3 - padding);
  // Node skips what is not base64, so that damaged text gives less than its length promises.
  if (Buffer.from(buffer).write(base64, 'base64') !== buffer.byteLength) malformed('bytes are not base64 text');
  return buffer;
}

/** Whether `tag` is that of a view. */
export function isViewTag(tag: string): boolean {
  return tag === '$Buffer' || VIEWS.has(tag.slice(1));
}

/** A view of the kind `tag` of all of `buffer`. */
export function makeView(tag: string, buffer: ArrayBuffer): ArrayBufferView {
  if (tag === '$Buffer') return Buffer.from(buffer);
  const name = tag.slice(1);
  const View: ViewConstructor | undefined = Reflect.get(globalThis, name);
  if (View === undefined) return malformed(`this Node.js has no ${name}`);
  try {
    return new View(buffer);
  } catch {
    return malformed(`${buffer.byteLength} bytes do not make a ${name}`);
  }
}

function nameOf(view: ArrayBufferView): string {
  if (Object.getPrototypeOf(view) === Buffer.prototype) return 'Buffer';
  const name: unknown = typedArrayName?.get?.call(view);
  return typeof name === 'string' ? name : 'DataView';
}
