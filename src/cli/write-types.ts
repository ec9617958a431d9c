/** Writes the declaration of `lambdapool tasks --types` to its place, seen from which its imports are right. */
import { readFile, realpath, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Manifest } from '../../agent/manifest.ts';
import { discoverModules, resolveTasksRoot } from '../bundle/discover.ts';
import { relativeTo } from '../bundle/paths.ts';
import { LambdaPoolError } from '../shared/errors.ts';
import { makeFolder } from '../shared/make-folder.ts';
import { typesFile } from './types-file.ts';

export interface TypesFile {
  readonly tasksRoot: string;
  readonly manifest: Manifest;
  /** Relative to the working directory. */
  readonly file: string;
}

const SOURCE = /\.[cm]?ts$/;
const DECLARATION = /\.d\.[cm]?ts$/;

/**
 * Writes the types, unless the file has them already: watchers then have nothing to do.
 * @returns whether it wrote.
 * @throws {LambdaPoolError} OPTION_INVALID for a file that is no TypeScript.
 */
export async function writeTypesFile({ tasksRoot, manifest, file }: TypesFile): Promise<boolean> {
  if (!SOURCE.test(file)) {
    throw new LambdaPoolError(
      'OPTION_INVALID',
      `Expected --types to name a TypeScript file, such as tasks.d.ts, got ${JSON.stringify(file)}.`,
      { details: { option: 'types' } },
    );
  }
  const path = resolve(file);
  await makeFolder(dirname(path)).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `The folder of ${file} cannot be made (${reason}). Name another file with --types.`;
    throw new LambdaPoolError('OPTION_INVALID', message, { cause, details: { option: 'types' } });
  });
  const from = await realpath(dirname(path));
  const { modules } = await discoverModules(await resolveTasksRoot(resolve(tasksRoot)));
  const files = new Map(modules.map((module) => [module.name, module.file] as const));
  const specifierOf = (module: string): string => {
    const way = relativeTo(from, files.get(module) ?? module);
    const specifier = way.startsWith('../') ? way : `./${way}`;
    return DECLARATION.test(file) ? specifier : compiled(specifier);
  };
  const text = typesFile({ manifest, specifierOf });
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return false;
  await writeFile(path, text);
  return true;
}

/** Outside of declarations, not every project may import `.ts`, but each may import what it becomes. */
function compiled(specifier: string): string {
  return specifier.replace(/\.([cm]?)tsx?$/, '.$1js');
}
