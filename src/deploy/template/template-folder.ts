/** The folder of a template: `template.yaml`, and beside it the bundle that it deploys. What is not ours is not touched. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, realpath, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isInside } from '../../bundle/paths.ts';
import { LambdaPoolError } from '../../shared/errors.ts';
import { makeFolder } from '../../shared/make-folder.ts';

export const TEMPLATE_FILE = 'template.yaml';
export const CODE_FOLDER = 'bundle';

const MARK =
  /^# Written by lambdapool\. Without --force it is written again only as long as nobody edits it: ([0-9a-f]{16})\r?\n/;

/** The text with a first line by which we know it again, and whether somebody changed it. */
function withMark(text: string): string {
  return `# Written by lambdapool. Without --force it is written again only as long as nobody edits it: ${hashOf(text)}\n${text}`;
}

/** @throws {LambdaPoolError} OPTION_INVALID if there is something in its place that we did not write. */
export async function checkFolder(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown): string[] => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw refusal(folder, 'is not a folder that can be read', error);
  });
  const hasTemplate = names.includes(TEMPLATE_FILE);
  if (!hasTemplate && !names.includes(CODE_FOLDER)) return;
  if (!hasTemplate) throw refusal(join(folder, CODE_FOLDER), 'is there already, and no template of ours beside it');
  const file = join(folder, TEMPLATE_FILE);
  const text = await readFile(file, 'utf8');
  const [line, hash] = MARK.exec(text) ?? [];
  if (line === undefined) throw refusal(file, 'was not written by lambdapool');
  if (hash !== hashOf(text.slice(line.length))) throw refusal(file, 'was edited since lambdapool wrote it');
}

/** @throws {LambdaPoolError} OPTION_INVALID where the bundle would be among the tasks of the next one, or take their place. */
export async function checkApart(folder: string, tasksRoot: string): Promise<void> {
  const [place, root] = await Promise.all([realPlace(folder), realPlace(tasksRoot)]);
  const code = join(place, CODE_FOLDER);
  if (!isInside(root, place) && !isInside(code, root)) return;
  const fact = place === root ? `${folder} is` : isInside(root, place) ? `${folder} lies in` : `${code} would replace`;
  throw unusable(folder, `${fact} the tasks root ${tasksRoot}: tasks and their bundle need folders of their own`);
}

/** Where a path leads, also one at which nothing is yet. */
async function realPlace(path: string): Promise<string> {
  const found = await realpath(path).catch(() => undefined);
  if (found !== undefined || path === dirname(path)) return found ?? path;
  return join(await realPlace(dirname(path)), basename(path));
}

function refusal(path: string, fact: string, cause?: unknown): LambdaPoolError {
  const next = ', or let it be overwritten with --force';
  return unusable(path, `${path} ${fact}`, { next, cause });
}

function unusable(
  path: string,
  fact: string,
  { next = '', cause }: { readonly next?: string; readonly cause?: unknown } = {},
): LambdaPoolError {
  const message = `${fact}. Name another folder with --out${next}.`;
  return new LambdaPoolError('OPTION_INVALID', message, { details: { option: 'out', path }, cause });
}

/**
 * Fills the folder: `write` makes the bundle in a new folder and answers with the template and whatever else the caller wants to know. What was there stays until
 * both are made.
 */
export async function replaceFolder<T extends { readonly template: string }>(
  folder: string,
  write: (codeFolder: string) => Promise<T>,
): Promise<T> {
  const isNew = !existsSync(folder);
  await makeFolder(folder).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw unusable(folder, `The folder ${folder} cannot be made (${reason})`, { cause: error });
  });
  const made = join(folder, `.${CODE_FOLDER}-${randomBytes(4).toString('hex')}`);
  try {
    const written = await write(made);
    await rm(join(folder, CODE_FOLDER), { recursive: true, force: true });
    await rename(made, join(folder, CODE_FOLDER));
    await writeFile(join(folder, TEMPLATE_FILE), withMark(written.template));
    return written;
  } finally {
    await rm(made, { recursive: true, force: true });
    // Only where nothing was written: one that is empty.
    if (isNew) await rmdir(folder).catch(() => undefined);
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex').slice(0, 16);
}
