/** A function with tasks in it, and what Lambda would give to its handler. */
import { vi } from 'vitest';
import { decode } from '../../../agent/codec.ts';
import { createHandler } from '../../../agent/index.ts';
import type {
  CallOutcome,
  ChunkReply,
  Handler,
  LambdaContext,
  Manifest,
  TaskEntry,
  TaskParameter,
} from '../../../agent/index.ts';

/** `params('a', 'b?', '...rest')`: a required, b optional. */
export function params(...written: readonly string[]): readonly TaskParameter[] {
  return written.map((text) => {
    if (text.startsWith('...')) return { name: text.slice(3), required: false, rest: true };
    return text.endsWith('?') ? { name: text.slice(0, -1), required: false } : { name: text, required: true };
  });
}

export function entry(name: string, given: readonly TaskParameter[] | null = null): TaskEntry {
  const [module = '', exported = ''] = name.split(/\.(?=[^.]*$)/);
  return { module, export: exported, params: given, file: `${module}.ts`, line: 1, hash: '0123456789abcdef' };
}

export function manifestOf(entries: Readonly<Record<string, readonly TaskParameter[] | null>>): Manifest {
  const tasks = Object.fromEntries(Object.entries(entries).map(([name, given]) => [name, entry(name, given)]));
  return { version: 1, hash: 'fedcba9876543210', tasks };
}

/** A handler whose module `t` exports `functions`; each takes whatever it is given unless `signatures` says more. */
export function handlerOf(
  functions: Readonly<Record<string, unknown>>,
  signatures: Readonly<Record<string, readonly TaskParameter[]>> = {},
): Handler {
  const entries = Object.keys(functions).map((name) => [`t.${name}`, signatures[name] ?? null] as const);
  return createHandler({ modules: { t: async () => functions }, manifest: manifestOf(Object.fromEntries(entries)) });
}

export function fakeContext(remainingMs = 60_000, awsRequestId = 'request-1'): LambdaContext {
  return { awsRequestId, getRemainingTimeInMillis: () => remainingMs };
}

/** Sends one chunk, and brings its reply through JSON as Lambda does. */
export async function sendChunk(
  handler: Handler,
  request: { readonly task: string; readonly calls: readonly unknown[] } & Readonly<Record<string, unknown>>,
  context: LambdaContext = fakeContext(),
): Promise<ChunkReply> {
  const event: unknown = JSON.parse(JSON.stringify({ lambdapool: 1, ...request }));
  return JSON.parse(JSON.stringify(await handler(event, context)));
}

/** The value that was thrown, rebuilt, with the code of the outcome. */
export function failureOf(outcome: CallOutcome | undefined): { code: string; thrown: unknown; message: string } {
  if (outcome?.error === undefined) throw new Error(`Not a failure: ${JSON.stringify(outcome)}`);
  const thrown = decode(outcome.error.thrown);
  return { code: outcome.error.code, thrown, message: thrown instanceof Error ? thrown.message : '' };
}

/** What `promise` rejects with; fails if it does not reject. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`Expected a rejection, got ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}

/** What `promise` rejects with, which must be an Error. */
export async function errorOf(promise: Promise<unknown>): Promise<Error> {
  const error = await rejection(promise);
  if (error instanceof Error) return error;
  throw new Error(`Not an Error: ${String(error)}`);
}

/** Timers and the performance clock stand still until told. */
export function fakeTime(): Disposable {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  return { [Symbol.dispose]: () => void vi.useRealTimers() };
}

/** An object that `await` waits for, as query builders are, with the `then` that `makeThen` gives when it is asked for. */
export function thenable(makeThen: () => unknown): object {
  return {
    // oxlint-disable-next-line unicorn/no-thenable -- it is what is tested
    get then() {
      return makeThen();
    },
  };
}
