/** Finds the configuration of a project. Loads nothing. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { LambdaPoolError } from '../shared/errors.ts';

const NAMES = ['ts', 'mts', 'js', 'mjs'].map((ending) => `lambdapool.config.${ending}`);

/** Everybody may write, and remove only what is his. */
const STICKY_AND_OPEN = 0o1002;

/** Where a configuration stands. */
export type ConfigPlace =
  | { readonly kind: 'module'; readonly file: string }
  /** The key `lambdapool` in a package.json, whose text and value have been read on the way. */
  | { readonly kind: 'package'; readonly file: string; readonly text: string; readonly value: unknown };

/**
 * The nearest configuration from `directory` upwards, up to the first folder with a package.json; without any such folder
 * only in `directory` itself, as what lies above is nobody's project. A folder that all users share is no such folder.
 * @throws {LambdaPoolError} OPTION_INVALID where one folder holds two.
 */
export function findConfig(directory: string): ConfigPlace | undefined {
  const folders = foldersOfProject(directory);
  for (const folder of folders) {
    const files = NAMES.map((name) => join(folder, name)).filter((file) => existsSync(file));
    const inPackage = readPackage(join(folder, 'package.json'));
    const all = [
      ...files.map(shownPath),
      ...(inPackage === undefined ? [] : [`the key "lambdapool" in ${shownPath(inPackage.file)}`]),
    ];
    if (all.length > 1) throw unusable(`There are two configurations: ${all.join(' and ')}. Keep one of them.`);
    const [file] = files;
    if (file !== undefined) return { kind: 'module', file };
    if (inPackage !== undefined) return inPackage;
  }
  return undefined;
}

function foldersOfProject(directory: string): readonly string[] {
  const folders = [directory];
  for (let folder = directory; !existsSync(join(folder, 'package.json'));) {
    const above = dirname(folder);
    if (above === folder || isShared(above)) return [directory];
    folders.push(above);
    folder = above;
  }
  return folders;
}

/** A folder such as /tmp, where everybody may put a package.json, and beside it code for others to run. */
function isShared(folder: string): boolean {
  return ((statSync(folder, { throwIfNoEntry: false })?.mode ?? 0) & STICKY_AND_OPEN) === STICKY_AND_OPEN;
}

function readPackage(file: string): Extract<ConfigPlace, { kind: 'package' }> | undefined {
  if (!existsSync(file)) return undefined;
  // Editors on Windows put a byte order mark first, which npm reads over, too.
  const text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  // Most have no such key: they need not be parsed.
  if (!text.includes('"lambdapool"')) return undefined;
  const value = keyOf(parse(text, file), 'lambdapool');
  return value === undefined ? undefined : { kind: 'package', file, text, value };
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replaceAll(/\s+/g, ' ') : String(cause);
    throw unusable(`${shownPath(file)} is not JSON (${reason}).`, cause);
  }
}

/** Own members only: the text comes from a file. */
function keyOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return Object.entries(value).find(([name]) => name === key)?.[1];
}

/** A file as people name it: seen from the working directory, unless that leads out of it. */
export function shownPath(file: string): string {
  const way = relative(process.cwd(), file);
  return way.startsWith('..') ? file : way;
}

/** A configuration that cannot be used. */
export function unusable(message: string, cause?: unknown): LambdaPoolError {
  return new LambdaPoolError('OPTION_INVALID', message, { cause, details: { option: 'configuration' } });
}
