/**
 * Reads the directory at the end of a zip: which entries there are, of what kind, how large, where. Pure, and trusts
 * nothing: whatever the bytes say stays within them. By hand, as libraries keep the attributes to themselves that tell a
 * symbolic link from a file.
 */

/** What is wrong with a zip, as a sentence. */
export class ZipError extends Error {}

export interface ZipEntry {
  /** As it stands there: nobody has looked at it yet. */
  readonly name: string;
  readonly type: 'file' | 'directory' | 'other';
  readonly isExecutable: boolean;
  readonly isDeflated: boolean;
  /** Unpacked, as it claims. */
  readonly size: number;
  readonly crc32: number;
  /** The packed bytes. */
  readonly data: Buffer;
}

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 0xffff;
const ENTRY_SIGNATURE = 0x02014b50;
const ENTRY_BYTES = 46;
const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_BYTES = 30;
const ENCRYPTED = 0x1;
const STORED = 0;
const DEFLATED = 8;
const UNIX = 3;
/** Stands for a number that is elsewhere, in zips beyond 4 GB. */
const ELSEWHERE = 0xffffffff;
const TYPE_MASK = 0xf000;
const TYPES: Readonly<Record<number, ZipEntry['type']>> = { 0x0000: 'file', 0x8000: 'file', 0x4000: 'directory' };

/** @throws {ZipError} for bytes that are no zip, or one of a kind that nobody deploys. */
export function readZipDirectory(zip: Buffer): ZipEntry[] {
  const end = findEnd(zip);
  const count = zip.readUInt16LE(end + 10);
  const start = zip.readUInt32LE(end + 16);
  if (zip.readUInt16LE(end + 8) !== count || start + zip.readUInt32LE(end + 12) > end) {
    throw new ZipError('Its directory is damaged.');
  }
  const entries: ZipEntry[] = [];
  for (let at = start; entries.length < count;) {
    if (at + ENTRY_BYTES > end || zip.readUInt32LE(at) !== ENTRY_SIGNATURE) {
      throw new ZipError('Its directory is damaged.');
    }
    const next = at + ENTRY_BYTES + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
    if (next > end) throw new ZipError('Its directory is damaged.');
    entries.push(readEntry(zip, at));
    at = next;
  }
  return entries;
}

function findEnd(zip: Buffer): number {
  const first = Math.max(0, zip.length - END_BYTES - MAX_COMMENT_BYTES);
  for (let at = zip.length - END_BYTES; at >= first; at -= 1) {
    if (zip.readUInt32LE(at) === END_SIGNATURE && at + END_BYTES + zip.readUInt16LE(at + 20) <= zip.length) return at;
  }
  throw new ZipError('It is no zip.');
}

function readEntry(zip: Buffer, at: number): ZipEntry {
  const name = readName(zip.subarray(at + ENTRY_BYTES, at + ENTRY_BYTES + zip.readUInt16LE(at + 28)));
  const method = zip.readUInt16LE(at + 10);
  if ((zip.readUInt16LE(at + 8) & ENCRYPTED) !== 0) throw new ZipError(`The entry ${name} is encrypted.`);
  if (method !== STORED && method !== DEFLATED) throw new ZipError(`The entry ${name} is packed by method ${method}.`);
  const size = zip.readUInt32LE(at + 24);
  const packed = zip.readUInt32LE(at + 20);
  const offset = zip.readUInt32LE(at + 42);
  if (size === ELSEWHERE || packed === ELSEWHERE || offset === ELSEWHERE) {
    throw new ZipError(`The entry ${name} is in the format for zips of more than 4 GB.`);
  }
  const isUnix = zip.readUInt8(at + 5) === UNIX;
  const mode = isUnix ? zip.readUInt32LE(at + 38) >>> 16 : 0;
  return {
    name,
    type: name.endsWith('/') && (mode & TYPE_MASK) === 0 ? 'directory' : (TYPES[mode & TYPE_MASK] ?? 'other'),
    isExecutable: (mode & 0o111) !== 0,
    isDeflated: method === DEFLATED,
    size,
    crc32: zip.readUInt32LE(at + 16),
    data: readData(zip, offset, packed),
  };
}

function readData(zip: Buffer, offset: number, length: number): Buffer {
  if (offset + LOCAL_BYTES > zip.length || zip.readUInt32LE(offset) !== LOCAL_SIGNATURE) {
    throw new ZipError('An entry is not where its directory says.');
  }
  const start = offset + LOCAL_BYTES + zip.readUInt16LE(offset + 26) + zip.readUInt16LE(offset + 28);
  if (start + length > zip.length) throw new ZipError('An entry is cut off.');
  return zip.subarray(start, start + length);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function readName(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new ZipError('The name of an entry is not UTF-8.');
  }
}
