/**
 * Unpacks a deployment package, which is anybody's input: names, sizes and kinds are checked before a byte is unpacked, and
 * no more is unpacked than was announced.
 */
import { crc32, inflateRaw } from 'node:zlib';
import { invalidParameter } from '../../api-errors.ts';
import { MAX_PACKAGE_FILES, MAX_UNZIPPED_BYTES } from '../../limits.ts';
import type { ServiceError } from '../../service-error.ts';
import { readZipDirectory, ZipError, type ZipEntry } from './zip-directory.ts';

/** A file of the package that may be written. */
interface PackageFile {
  /** Relative, with slashes, no `.` or `..` in it. */
  readonly path: string;
  readonly isExecutable: boolean;
  /** @throws {ServiceError} InvalidParameterValueException for contents that are not what was announced. */
  readonly read: () => Promise<Buffer>;
}

export interface PackageContents {
  /** Folders that stand there for themselves, such as empty ones. */
  readonly directories: readonly string[];
  readonly files: readonly PackageFile[];
}

/** Longest name that common file systems take. */
const MAX_SEGMENT_BYTES = 255;
const MAX_PATH_BYTES = 1024;

/** @throws {ServiceError} InvalidParameterValueException, in Lambda's words, with the reason where the zip can be read. */
export function openPackage(zip: Uint8Array): PackageContents {
  const entries = readEntries(Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength));
  if (entries.length === 0) throw invalidParameter('Uploaded file must be a non-empty zip');
  if (entries.length > MAX_PACKAGE_FILES) {
    throw unzipFailure(`It has ${entries.length} entries; this emulator takes ${MAX_PACKAGE_FILES}.`);
  }
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  if (total > MAX_UNZIPPED_BYTES) {
    throw invalidParameter(`Unzipped size must be smaller than ${MAX_UNZIPPED_BYTES} bytes`);
  }
  return sort(entries);
}

/** AWS: the sentence without a reason, recorded 2025-11. */
export function unzipFailure(reason = ''): ServiceError {
  const text = 'Could not unzip uploaded file. Please check your file, then try to upload again.';
  return invalidParameter(reason === '' ? text : `${text} ${reason}`);
}

function readEntries(zip: Buffer): ZipEntry[] {
  try {
    return readZipDirectory(zip);
  } catch (error) {
    throw error instanceof ZipError ? unzipFailure() : error;
  }
}

function sort(entries: readonly ZipEntry[]): PackageContents {
  const directories = new Set<string>();
  const files = new Map<string, PackageFile>();
  for (const entry of entries) {
    const path = checkPath(entry);
    if (entry.type === 'directory') directories.add(path);
    else if (files.has(path)) throw unzipFailure(`It has two entries of the name ${shown(path)}.`);
    else files.set(path, { path, isExecutable: entry.isExecutable, read: () => unpack(entry) });
  }
  for (const path of [...directories, ...files.keys()]) checkFolders(path, files);
  return { directories: [...directories], files: [...files.values()] };
}

/** The path without its last slash. Names that could mean another place on any system are refused on all. */
function checkPath({ name, type }: ZipEntry): string {
  if (type === 'other') throw unzipFailure(`The entry ${shown(name)} is a link or a device, not a file.`);
  const path = type === 'directory' && name.endsWith('/') ? name.slice(0, -1) : name;
  const segments = path.split('/');
  const isOutside =
    /^[a-zA-Z]:/.test(path) || path.includes('\\') || segments.some((each) => each === '' || /^\.\.?$/.test(each));
  if (isOutside) throw unzipFailure(`The name ${shown(name)} leads out of the function's folder, or is not normal.`);
  const isUnusable =
    // oxlint-disable-next-line no-control-regex -- they are what is looked for
    /[\0-\x1f\x7f]/.test(path) ||
    Buffer.byteLength(path) > MAX_PATH_BYTES ||
    segments.some((each) => Buffer.byteLength(each) > MAX_SEGMENT_BYTES);
  if (isUnusable) throw unzipFailure(`The name ${shown(name)} is too long, or has control characters.`);
  return path;
}

/** What has something below it must be no file. */
function checkFolders(path: string, files: ReadonlyMap<string, unknown>): void {
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
    const folder = path.slice(0, slash);
    if (files.has(folder)) throw unzipFailure(`The entry ${shown(folder)} is a file and a folder.`);
  }
}

async function unpack(entry: ZipEntry): Promise<Buffer> {
  const contents = entry.isDeflated ? await inflate(entry) : entry.data;
  if (contents.length === entry.size && crc32(contents) === entry.crc32) return contents;
  throw unzipFailure(`The entry ${shown(entry.name)} is damaged.`);
}

function inflate(entry: ZipEntry): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // One byte more than announced, so that too much shows.
    inflateRaw(entry.data, { maxOutputLength: entry.size + 1 }, (error, contents) => {
      if (error === null) resolve(contents);
      else reject(unzipFailure(`The entry ${shown(entry.name)} is damaged.`));
    });
  });
}

function shown(name: string): string {
  return JSON.stringify(name.length > 100 ? `${name.slice(0, 97)}...` : name);
}
