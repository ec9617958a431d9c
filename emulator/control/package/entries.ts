/**
 * Judges the entries of a deployment package, which is anybody's input: their names, kinds and sizes, before a byte is
 * unpacked. Pure.
 */
import type { Entry } from 'yauzl';
import { invalidParameter } from '../../api-errors.ts';
import { MAX_PACKAGE_FILES, MAX_UNZIPPED_BYTES } from '../../limits.ts';
import type { ServiceError } from '../../service-error.ts';

/** A file of the package that may be written. */
export interface PackageFile {
  /** Relative, with slashes, no `.` or `..` in it. */
  readonly path: string;
  readonly isExecutable: boolean;
  readonly entry: Entry;
}

export interface PackageEntries {
  /** Folders that stand there for themselves, such as empty ones. */
  readonly directories: readonly string[];
  readonly files: readonly PackageFile[];
}

/** Says of a name what makes it no path within a folder on some system. */
type ValidateFileName = (name: string) => string | null;

/** Longest name that common file systems take. */
const MAX_SEGMENT_BYTES = 255;
const MAX_PATH_BYTES = 1024;
/** Makers of zips that tell a file's mode: Unix and macOS. */
const UNIX_MAKERS: ReadonlySet<number> = new Set([3, 19]);
const TYPE_MASK = 0xf000;
const TYPES: Readonly<Record<number, 'file' | 'directory'>> = { 0x0000: 'file', 0x8000: 'file', 0x4000: 'directory' };

/** @throws {ServiceError} InvalidParameterValueException, in Lambda's words, with the reason. */
export function judgeEntries(entries: readonly Entry[], validateFileName: ValidateFileName): PackageEntries {
  if (entries.length === 0) throw invalidParameter('Uploaded file must be a non-empty zip');
  const total = entries.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
  if (total > MAX_UNZIPPED_BYTES) {
    throw invalidParameter(`Unzipped size must be smaller than ${MAX_UNZIPPED_BYTES} bytes`);
  }
  const directories = new Set<string>();
  const files = new Map<string, PackageFile>();
  for (const entry of entries) {
    const name = nameOf(entry);
    const { type, isExecutable } = kindOf(entry, name);
    const path = type === 'directory' && name.endsWith('/') ? name.slice(0, -1) : name;
    checkPath(path, name, validateFileName);
    if (!entry.canDecodeFileData()) throw unzipFailure(`The entry ${shown(name)} is encrypted, or not deflated.`);
    if (type === 'directory') directories.add(path);
    else if (files.has(path)) throw unzipFailure(`It has two entries of the name ${shown(path)}.`);
    else files.set(path, { path, isExecutable, entry });
  }
  const folders = new Set(directories);
  for (const path of [...directories, ...files.keys()]) addFolders(folders, path, files);
  return { directories: [...directories], files: [...files.values()] };
}

/** AWS: the sentence without a reason, recorded 2025-11. */
export function unzipFailure(reason = ''): ServiceError {
  const text = 'Could not unzip uploaded file. Please check your file, then try to upload again.';
  return invalidParameter(reason === '' ? text : `${text} ${reason}`);
}

/** For names in sentences: those of anybody can be long and strange. */
export function shown(name: string): string {
  return JSON.stringify(name.length > 100 ? `${name.slice(0, 97)}...` : name);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8, whether the entry says so or not: many makers leave that out, and other code pages have had their day. */
function nameOf({ fileNameRaw }: Entry): string {
  try {
    return utf8.decode(fileNameRaw);
  } catch {
    throw unzipFailure('The name of an entry is not UTF-8.');
  }
}

function kindOf(entry: Entry, name: string): { readonly type: 'file' | 'directory'; readonly isExecutable: boolean } {
  const mode = UNIX_MAKERS.has(entry.versionMadeBy >>> 8) ? entry.externalFileAttributes >>> 16 : 0;
  const type = name.endsWith('/') && (mode & TYPE_MASK) === 0 ? 'directory' : TYPES[mode & TYPE_MASK];
  if (type === undefined) throw unzipFailure(`The entry ${shown(name)} is a link or a device, not a file.`);
  return { type, isExecutable: (mode & 0o111) !== 0 };
}

/** Names that could mean another place on any system are refused on all. */
function checkPath(path: string, name: string, validateFileName: ValidateFileName): void {
  const segments = path.split('/');
  const isOutside = validateFileName(path) !== null || segments.some((each) => each === '' || each === '.');
  if (isOutside) throw unzipFailure(`The name ${shown(name)} leads out of the function's folder, or is not normal.`);
  const isUnusable =
    // oxlint-disable-next-line no-control-regex -- they are what is looked for
    /[\0-\x1f\x7f]/.test(path) ||
    Buffer.byteLength(path) > MAX_PATH_BYTES ||
    segments.some((each) => Buffer.byteLength(each) > MAX_SEGMENT_BYTES);
  if (isUnusable) throw unzipFailure(`The name ${shown(name)} is too long, or has control characters.`);
}

/** What has something below it must be no file. A short name can stand for hundreds of folders, which fill a disk, too. */
function addFolders(folders: Set<string>, path: string, files: ReadonlyMap<string, unknown>): void {
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
    const folder = path.slice(0, slash);
    if (files.has(folder)) throw unzipFailure(`The entry ${shown(folder)} is a file and a folder.`);
    folders.add(folder);
  }
  if (folders.size > MAX_PACKAGE_FILES) {
    throw unzipFailure(`It has more than ${MAX_PACKAGE_FILES} folders, which is as many as this emulator takes.`);
  }
}
