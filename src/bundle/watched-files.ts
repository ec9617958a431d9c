/** Which files matter to a build: those that it read, and those whose appearance would mend it. */
import { basename, dirname, join, resolve } from 'node:path';
import type { LambdaPoolError } from '../shared/errors.ts';
import type { BuildFault } from './build-errors.ts';
import { isInside } from './paths.ts';

const EXTENSIONS = ['', '.ts', '.tsx', '.js', '.jsx', '.mts', '.mjs', '.json', '/index.ts', '/index.js'];

/** Files that say how sources are read: the project's package.json, and what esbuild may find for settings. */
export function settingsFiles(tasksRoot: string, project: string): string[] {
  const files = [join(project, 'package.json')];
  for (let folder = tasksRoot; isInside(project, folder); folder = dirname(folder)) {
    files.push(join(folder, 'tsconfig.json'), join(folder, 'jsconfig.json'));
    if (folder === dirname(folder)) break;
  }
  return files;
}

/** Files with faults, and for an import that leads nowhere the files that it could lead to. */
export function filesOfFailure(error: LambdaPoolError): string[] {
  const { errors } = error.details;
  return Array.isArray(errors) ? errors.flatMap(filesOfFault) : [];
}

function filesOfFault({ file, text }: BuildFault): string[] {
  if (file === undefined) return [];
  const [, specifier] = /^Could not resolve "(\.[^"]*)"/.exec(text) ?? [];
  if (specifier === undefined) return [file];
  const target = resolve(dirname(file), specifier);
  // TypeScript lets `./x.js` stand for `./x.ts`.
  const stem = basename(target).replace(/\.[cm]?jsx?$/, '');
  const targets = [target, join(dirname(target), stem)];
  return [file, ...new Set(targets.flatMap((each) => EXTENSIONS.map((extension) => `${each}${extension}`)))];
}
