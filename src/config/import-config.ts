/** Runs a configuration file, which may be TypeScript: Node strips its types. Says in one sentence what is wrong with it. */
import { readFileSync } from 'node:fs';
import nodeModule from 'node:module';
import { pathToFileURL } from 'node:url';
import type { LambdaPoolError } from '../shared/errors.ts';
import { show } from '../shared/options.ts';
import { shownPath, unusable } from './find-config.ts';

const OWN_NAME = 'lambdapool';
const DEFINE_CONFIG = new URL(import.meta.url.endsWith('.ts') ? './config.ts' : './config.js', import.meta.url).href;
const EXAMPLE = 'export default { memoryMb: 1769 }';

export interface ImportedConfig {
  readonly text: string;
  readonly value: unknown;
}

/**
 * The default export of `file`.
 * @throws {LambdaPoolError} OPTION_INVALID
 */
export async function importConfig(file: string): Promise<ImportedConfig> {
  const text = read(file);
  const { href } = pathToFileURL(file);
  // Whoever has an old Node is told so, rather than that an import of ours failed.
  if (nodeModule.registerHooks === undefined) throw tooOld(file);
  const hooks = nodeModule.registerHooks({
    resolve(specifier, context, next) {
      // It needs `defineConfig` and no more: neither an installed package nor the time to load a whole pool.
      if (specifier === OWN_NAME && context.parentURL === href) return { url: DEFINE_CONFIG, shortCircuit: true };
      const found = next(specifier, context);
      // A package.json without "type" leaves it open, and Node would warn the user that it had to find out.
      if (found.url !== href || (found.format ?? null) !== null || !MODULE_SYNTAX.test(text)) return found;
      return { ...found, format: file.endsWith('ts') ? 'module-typescript' : 'module' };
    },
  });
  try {
    const module: { readonly default?: unknown } = await import(/* @vite-ignore */ href);
    return { text, value: defaultOf(module, file) };
  } catch (error) {
    throw describe(error, file);
  } finally {
    hooks.deregister();
  }
}

function tooOld(file: string): LambdaPoolError {
  return unusable(`Node ${process.versions.node} is too old to read ${shownPath(file)}: install Node 22.22 or newer.`);
}

const MODULE_SYNTAX = /^\s*(?:import|export)\b/m;

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw unusable(`${shownPath(file)} cannot be read (${messageOf(cause)}).`, cause);
  }
}

function defaultOf(module: { readonly default?: unknown }, file: string): unknown {
  const { default: value } = module;
  if (value === undefined) throw unusable(`${shownPath(file)} has no default export. Write \`${EXAMPLE}\`.`);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw unusable(
    `Expected the default export of ${shownPath(file)} to be an object, got ${show(value)}. Write \`${EXAMPLE}\`.`,
  );
}

function describe(error: unknown, file: string): LambdaPoolError {
  if (error instanceof Error && 'code' in error && error.code === 'OPTION_INVALID') return unusable(error.message);
  const { place, message } = located(error, file);
  const [, missing] = /does not provide an export named '(.+)'/.exec(message) ?? [];
  if (missing !== undefined && message.includes(`'${OWN_NAME}'`)) {
    const sentence = `${shownPath(file)} imports \`${missing}\` from '${OWN_NAME}', of which a configuration can use \`defineConfig\` only.`;
    return unusable(sentence, error);
  }
  const what = error instanceof SyntaxError || TRANSFORM.test(messageOf(error)) ? 'cannot be read' : 'failed';
  return unusable(`${place} ${what}: ${sentence(message)}`, error);
}

/** As esbuild, and so tsx, tells of a syntax error. */
const TRANSFORM = /^Transform failed with \d+ errors?:\s*.*?:(\d+):\d+: ERROR: (.*)/;

function located(error: unknown, file: string): { readonly place: string; readonly message: string } {
  const text = messageOf(error);
  const [, transformLine, transformMessage] = TRANSFORM.exec(text) ?? [];
  // Node puts the place of a syntax error above the stack, and that of a throw into it.
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const at = stack.indexOf(`${file}:`);
  const [, line = transformLine] = at === -1 ? [] : (/^:(\d+)/.exec(stack.slice(at + file.length)) ?? []);
  const [message = ''] = (transformMessage ?? text).split('\n');
  return { place: line === undefined ? shownPath(file) : `${shownPath(file)}:${line}`, message };
}

function sentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : show(error);
}
