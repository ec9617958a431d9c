/** A folder as a zip file: equal files give equal bytes, wherever, whenever and by whomever they were written. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isExecutable } from './binary.ts';

const PROGRAM = 0o100755;
const FILE = 0o100644;
const UNIX = 3;
const LEVEL = 6;

/**
 * Zips what lies in a folder. Dates are fixed and modes follow from the contents, as file systems, umasks and checkouts
 * disagree about both: a program is 0755, everything else 0644. Links are followed.
 */
export async function zipFolder(directory: string): Promise<Uint8Array> {
  const { zipSync } = await import('fflate');
  // The format holds local time without a zone. Noon exists on that day in every zone, midnight need not.
  const mtime = new Date(1980, 0, 1, 12);
  const entries: Record<string, [Uint8Array, object]> = {};
  // One after the other: some systems let a process have no more than 256 files open.
  for (const path of await listFiles(directory)) {
    const contents = await readFile(join(directory, path));
    const attrs = (isExecutable(contents) ? PROGRAM : FILE) * 0x1_00_00;
    entries[path] = [contents, { mtime, attrs, os: UNIX, level: LEVEL }];
  }
  return zipSync(entries);
}

/** Paths of all files below a folder, with forward slashes, in the order of their code units on every machine. */
async function listFiles(directory: string, prefix = ''): Promise<string[]> {
  const names = await readdir(join(directory, prefix));
  const found = await Promise.all(
    names.map(async (name) => {
      const path = prefix === '' ? name : `${prefix}/${name}`;
      return (await stat(join(directory, path))).isDirectory() ? listFiles(directory, path) : [path];
    }),
  );
  return found.flat().sort();
}
