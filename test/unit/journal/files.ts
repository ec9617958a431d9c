/** A folder for the files of one test, and the files of a journal. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Folder extends AsyncDisposable {
  path(name: string): string;
  /** The lines of a file, parsed. */
  lines(name: string): Promise<Record<string, unknown>[]>;
  text(name: string): Promise<string>;
  write(name: string, content: string | Uint8Array): Promise<void>;
}

export async function folder(): Promise<Folder> {
  const directory = await mkdtemp(path.join(tmpdir(), 'lambdapool-journal-'));
  const inside = (name: string): string => path.join(directory, name);
  const text = (name: string): Promise<string> => readFile(inside(name), 'utf8');
  return {
    path: inside,
    text,
    lines: async (name) =>
      (await text(name))
        .trimEnd()
        .split('\n')
        .map((line): Record<string, unknown> => JSON.parse(line)),
    write: (name, content) => writeFile(inside(name), content),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}
