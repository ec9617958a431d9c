/** The configuration of a project: found, run and checked, with the place of each value. Reads no environment variables. */
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkConfig } from './check-config.ts';
import type { ConfigKey } from './check-config.ts';
import type { LambdaPoolConfig } from './config.ts';
import { findConfig, shownPath } from './find-config.ts';
import { lineOf } from './line-of.ts';

/** Values of a configuration: paths are absolute. */
export type ConfigValues = Omit<LambdaPoolConfig, 'tasksRoot'> & { readonly tasksRoot?: string };

/** Where a value of the configuration stands. */
interface ConfigOrigin {
  /** Absolute path. */
  readonly file: string;
  /** From 1; undefined where the key does not stand in the file as it is, such as one that is spread into it. */
  readonly line: number | undefined;
}

export interface LoadedConfig {
  readonly values: ConfigValues;
  /** The configuration file, or the package.json that has the key `lambdapool`. */
  readonly file: string | undefined;
  /** The place of each value that the file gives. */
  readonly origins: { readonly [Key in ConfigKey]?: ConfigOrigin };
}

const NONE: LoadedConfig = { values: {}, file: undefined, origins: {} };

/**
 * The nearest configuration from a folder upwards, up to the project's root, which is where package.json is:
 * `lambdapool.config.ts` (or `.mts`, `.js`, `.mjs`), or the key `lambdapool` in package.json. Empty if there is none.
 * @param fromDirectory Default: the working directory.
 * @throws {LambdaPoolError} OPTION_INVALID for one that does not run, or says what is not known or wrong.
 */
export async function loadConfig(fromDirectory: string = process.cwd()): Promise<LoadedConfig> {
  const place = findConfig(resolve(fromDirectory));
  if (place === undefined) return NONE;
  const { file } = place;
  const { text, value } = place.kind === 'package' ? place : await importModule(file);
  const start = place.kind === 'package' ? 'lambdapool' : undefined;
  const placeOf = (key?: string): string => {
    const line = key === undefined ? undefined : lineOf(text, key, start);
    return line === undefined ? shownPath(file) : `${shownPath(file)}:${line}`;
  };
  const config = checkConfig(value, placeOf);
  const origins = Object.fromEntries(
    Object.keys(config).map((key) => [key, { file, line: lineOf(text, key, start) }] as const),
  );
  return { values: withAbsolutePaths(config, dirname(file)), file, origins };
}

async function importModule(file: string): Promise<{ readonly text: string; readonly value: unknown }> {
  // Most projects have none: what it takes to run one is loaded when there is one.
  const { importConfig } = await import('./import-config.ts');
  return importConfig(file);
}

function withAbsolutePaths({ tasksRoot, ...others }: LambdaPoolConfig, folder: string): ConfigValues {
  if (tasksRoot === undefined) return others;
  return { ...others, tasksRoot: tasksRoot instanceof URL ? fileURLToPath(tasksRoot) : resolve(folder, tasksRoot) };
}
