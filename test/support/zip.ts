/** Makes zips byte by byte, honest ones and others, for tests of who reads them. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipFile {
  readonly name: string | Uint8Array;
  readonly contents?: string | Uint8Array;
  /** Mode as on Unix, with the type: 0o120777 is a symbolic link. Default: none. */
  readonly mode?: number;
  /** Which system made it, where there is a mode. Default: Unix, 3. */
  readonly maker?: number;
  readonly flags?: number;
  readonly method?: number;
  /** What the directory says, if not the truth. */
  readonly claimedBytes?: number;
  readonly claimedCrc32?: number;
  /** Takes the bytes of the entry of this number for its own, as bombs do; `contents` is what these unpack to. */
  readonly sharedWith?: number;
}

const LOCAL_BYTES = 30;
const ENTRY_BYTES = 46;
const TRAILER_BYTES = 22;
const UNIX = 3;

export function zipOf(files: Readonly<Record<string, string>>): Uint8Array {
  return zip(Object.entries(files).map(([name, contents]) => ({ name, contents })));
}

export function zip(files: readonly ZipFile[]): Uint8Array {
  const locals: Buffer[] = [];
  const entries: Buffer[] = [];
  const offsets: number[] = [];
  let end = 0;
  for (const file of files) {
    const offset = offsets[file.sharedWith ?? -1] ?? end;
    const { local, entry } = pack(file, offset);
    offsets.push(offset);
    entries.push(entry);
    if (offset < end) continue;
    locals.push(local);
    end += local.length;
  }
  const directory = Buffer.concat(entries);
  const trailer = Buffer.alloc(TRAILER_BYTES);
  trailer.writeUInt32LE(0x06054b50, 0);
  trailer.writeUInt16LE(files.length, 8);
  trailer.writeUInt16LE(files.length, 10);
  trailer.writeUInt32LE(directory.length, 12);
  trailer.writeUInt32LE(end, 16);
  return Buffer.concat([...locals, directory, trailer]);
}

/** The same zip in the format for large ones, with another number of entries than it has. */
export function zip64Of(bytes: Uint8Array, claimedEntries: number): Uint8Array {
  const zip = Buffer.from(bytes);
  const trailerAt = zip.length - TRAILER_BYTES;
  const trailer64 = Buffer.alloc(56);
  trailer64.writeUInt32LE(0x06064b50, 0);
  trailer64.writeBigUInt64LE(BigInt(claimedEntries), 32);
  trailer64.writeBigUInt64LE(BigInt(zip.readUInt32LE(trailerAt + 16)), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(trailerAt), 8);
  return Buffer.concat([zip.subarray(0, trailerAt), trailer64, locator, zip.subarray(trailerAt)]);
}

function pack(file: ZipFile, offset: number): { readonly local: Buffer; readonly entry: Buffer } {
  const name = Buffer.from(file.name);
  const contents = Buffer.from(file.contents ?? '');
  const method = file.method ?? 8;
  const data = method === 8 ? deflateRawSync(contents) : contents;
  const local = Buffer.alloc(LOCAL_BYTES);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(name.length, 26);
  const entry = Buffer.alloc(ENTRY_BYTES);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(file.mode === undefined ? 20 : ((file.maker ?? UNIX) << 8) | 20, 4);
  entry.writeUInt16LE(file.flags ?? 0, 8);
  entry.writeUInt16LE(method, 10);
  entry.writeUInt32LE(file.claimedCrc32 ?? crc32(contents), 16);
  entry.writeUInt32LE(data.length, 20);
  entry.writeUInt32LE(file.claimedBytes ?? contents.length, 24);
  entry.writeUInt16LE(name.length, 28);
  entry.writeUInt32LE(((file.mode ?? 0) << 16) >>> 0, 38);
  entry.writeUInt32LE(offset, 42);
  return { local: Buffer.concat([local, name, data]), entry: Buffer.concat([entry, name]) };
}
