/** Makes zips byte by byte, honest ones and others, for tests of who reads them. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipFile {
  readonly name: string | Uint8Array;
  readonly contents?: string | Uint8Array;
  /** Mode as on Unix, with the type: 0o120777 is a symbolic link. Default: none. */
  readonly mode?: number;
  readonly flags?: number;
  readonly method?: number;
  /** What the directory says, if not the truth. */
  readonly claimedBytes?: number;
  readonly claimedCrc32?: number;
}

const LOCAL_BYTES = 30;
const ENTRY_BYTES = 46;
const UNIX = 3 << 8;

export function zipOf(files: Readonly<Record<string, string>>): Uint8Array {
  return zip(Object.entries(files).map(([name, contents]) => ({ name, contents })));
}

export function zip(files: readonly ZipFile[]): Uint8Array {
  const locals: Buffer[] = [];
  const entries: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const { local, entry } = pack(file, offset);
    locals.push(local);
    entries.push(entry);
    offset += local.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
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
  entry.writeUInt16LE(file.mode === undefined ? 20 : UNIX | 20, 4);
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
