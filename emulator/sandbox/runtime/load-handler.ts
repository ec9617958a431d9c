/** From `dir/index.handler` to a function, as Lambda's Node runtime does it. */
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RuntimeError } from './errors.ts';

export type Handler = (
  event: unknown,
  context: object,
  callback?: (error: unknown, result?: unknown) => void,
) => unknown;

const CALLBACKS_GONE =
  'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.';

/**
 * @param modern Node 24: refuses handlers that take a callback.
 * @throws {RuntimeError} with Lambda's name for what is wrong; what the code threw while loading is thrown on.
 */
export async function loadHandler(directory: string, handler: string, modern: boolean): Promise<Handler> {
  const { file, path } = parseHandler(handler);
  const module = await importModule(directory, file).catch((error: unknown) => {
    throw nameLoadError(error, modern);
  });
  const found = pick(module, path) ?? pick(isRecord(module) ? module['default'] : undefined, path);
  if (found === undefined) throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  if (typeof found !== 'function') throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is not a function`);
  if (modern && found.length >= 3) throw new RuntimeError('Runtime.CallbackHandlerDeprecated', CALLBACKS_GONE);
  return found as Handler;
}

function parseHandler(handler: string): { file: string; path: string[] } {
  if (handler.includes('..')) {
    const message = `'${handler}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`;
    throw new RuntimeError('Runtime.MalformedHandlerName', message);
  }
  const slash = handler.lastIndexOf('/') + 1;
  const dot = handler.indexOf('.', slash);
  if (dot <= slash || dot === handler.length - 1) throw new RuntimeError('Runtime.MalformedHandlerName', 'Bad handler');
  return { file: handler.slice(0, dot), path: handler.slice(dot + 1).split('.') };
}

async function importModule(directory: string, file: string): Promise<unknown> {
  const base = resolve(directory, file);
  const path = ['', '.js', '.mjs', '.cjs'].map((extension) => base + extension).find(isFile);
  if (path !== undefined) return (await import(pathToFileURL(path).href)) as unknown;
  return createRequire(join(directory, 'index.mjs'))(base) as unknown;
}

function nameLoadError(error: unknown, modern: boolean): unknown {
  if (!(error instanceof Error)) return error;
  const stack = error.stack ?? String(error);
  if (error instanceof SyntaxError) {
    const name = 'Runtime.UserCodeSyntaxError';
    return new RuntimeError(name, String(error), modern ? stack : `${name}: ${stack}`);
  }
  // ERR_MODULE_NOT_FOUND, which `import` throws, has no name of its own on Lambda.
  if (!('code' in error) || error.code !== 'MODULE_NOT_FOUND') return error;
  return new RuntimeError('Runtime.ImportModuleError', String(error), `Runtime.ImportModuleError: ${stack}`);
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

function pick(from: unknown, path: readonly string[]): unknown {
  let value = from;
  for (const name of path) value = isRecord(value) ? value[name] : undefined;
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
