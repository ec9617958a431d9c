/** Unpacks a deployment package into a folder, file by file: never more than was announced and judged before. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Entry, ZipFile } from 'yauzl';
import { MAX_PACKAGE_FILES } from '../../limits.ts';
import { judgeEntries, type PackageFile, shown, unzipFailure } from './entries.ts';

/**
 * Writes the contents of a zip below `directory`, which it makes. When it fails, part of them may be there.
 * @throws {ServiceError} InvalidParameterValueException, in Lambda's words, for a zip that cannot be unpacked or should not be.
 */
export async function unzipInto(directory: string, zip: Uint8Array): Promise<void> {
  // Loaded here, as most emulators never see a zip.
  const { fromBufferPromise, validateFileName } = await import('yauzl');
  const bytes = Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength);
  // Names as bytes: how the library reads them depends on flags that many makers do not set.
  const zipFile = await readable(fromBufferPromise(bytes, { decodeStrings: false }));
  checkCount(zipFile);
  const { directories, files } = judgeEntries(await readable(readEntries(zipFile)), validateFileName);
  const folders = new Set([directory, ...directories.map((path) => join(directory, path))]);
  for (const { path } of files) folders.add(dirname(join(directory, path)));
  for (const each of folders) await mkdir(each, { recursive: true });
  for (const file of files) await writeNew(directory, file, zipFile);
}

function checkCount({ entryCount }: ZipFile): void {
  if (entryCount <= MAX_PACKAGE_FILES) return;
  throw unzipFailure(`It has ${entryCount} entries; this emulator takes ${MAX_PACKAGE_FILES}.`);
}

async function readEntries(zipFile: ZipFile): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of zipFile.eachEntry()) entries.push(entry);
  return entries;
}

async function writeNew(
  directory: string,
  { path, isExecutable, entry }: PackageFile,
  zipFile: ZipFile,
): Promise<void> {
  try {
    await writeFile(join(directory, path), contentsOf(entry, path, zipFile), {
      flag: 'wx',
      mode: isExecutable ? 0o755 : 0o644,
    });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // Two names that are one to this file system, which does not tell upper from lower case.
    if (code === 'EEXIST') throw unzipFailure('Two of its names differ in case only, which is one name here.');
    throw error;
  }
}

/** Ends with an error where there are more bytes than announced, fewer, or others. */
async function* contentsOf(entry: Entry, path: string, zipFile: ZipFile): AsyncGenerator<Buffer> {
  let checksum = 0;
  try {
    for await (const chunk of await zipFile.openReadStreamPromise(entry)) {
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
  } catch {
    throw unzipFailure(`The entry ${shown(path)} is damaged.`);
  }
  if (checksum !== entry.crc32) throw unzipFailure(`The entry ${shown(path)} is damaged.`);
}

/** What the library says of a zip that it cannot read is for its own developers. */
async function readable<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch {
    throw unzipFailure();
  }
}
