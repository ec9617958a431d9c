/** The folder of a template: `template.yaml`, and beside it the bundle that it deploys. What is not ours is not touched. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LambdaPoolError } from '../../shared/errors.ts';

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

function refusal(path: string, fact: string, cause?: unknown): LambdaPoolError {
  return new LambdaPoolError(
    'OPTION_INVALID',
    `${path} ${fact}. Name another folder with --out, or let it be overwritten with --force.`,
    { details: { option: 'out', path }, cause },
  );
}

/**
 * Fills the folder: `write` makes the bundle in a new folder and answers with the template and whatever else the caller wants to know. What was there stays until
 * both are made.
 */
export async function replaceFolder<T extends { readonly template: string }>(
  folder: string,
  write: (codeFolder: string) => Promise<T>,
): Promise<T> {
  await mkdir(folder, { recursive: true });
  const made = join(folder, `.${CODE_FOLDER}-${randomBytes(4).toString('hex')}`);
  try {
    const written = await write(made);
    await rm(join(folder, CODE_FOLDER), { recursive: true, force: true });
    await rename(made, join(folder, CODE_FOLDER));
    await writeFile(join(folder, TEMPLATE_FILE), withMark(written.template));
    return written;
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex').slice(0, 16);
}
