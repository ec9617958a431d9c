/** What a pool expects the function to hold: names of tasks, and what a manifest says of them. Reads the manifest's file. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Manifest, TaskEntry, TaskParameter } from '../../agent/manifest.ts';
import { LambdaPoolError } from '../shared/errors.ts';
import { invalidOption, show } from '../shared/options.ts';

/** What must be the same of a task that a manifest lists. */
type ExpectedTask = Pick<TaskEntry, 'params' | 'hash'>;

/** Tasks by full name; undefined where nothing but the name is known. */
export type ExpectedTasks = ReadonlyMap<string, ExpectedTask | undefined>;

/** Where what is expected comes from. */
export interface ExpectationOptions {
  /**
   * The tasks that this program was written against: a file that `lambdapool tasks --json` has written, as a path relative
   * to the working directory or a `file:` URL, or a manifest. Before its first call the pool asks the function what it holds,
   * and refuses to run, with TASKS_DIFFER, where one of these tasks is missing, takes other parameters, or was built from
   * other code. Whatever else the function holds does not matter.
   * @default no such check, but for the names of `tasks`
   */
  readonly manifest?: string | URL | Manifest | undefined;
}

export const EXPECTATION_KEYS: readonly string[] = ['manifest'];

/** What a pool expects. */
export interface Expectation {
  /** Whether more than names is compared: only then can a function that has changed be wrong without saying so itself. */
  readonly comparesCode: boolean;
  /** @throws {LambdaPoolError} OPTION_INVALID if the file is not there, or no manifest. */
  load(): Promise<ExpectedTasks>;
}

/**
 * Undefined where a pool expects nothing.
 * @param names Of the tasks that the pool was given the modules of.
 * @throws {LambdaPoolError} OPTION_INVALID
 */
export function expectationOf(
  names: readonly string[] | undefined,
  { manifest }: ExpectationOptions,
): Expectation | undefined {
  const named = (names ?? []).map((name) => [name, undefined] as const);
  if (manifest === undefined) {
    if (names === undefined) return undefined;
    return { comparesCode: false, load: () => Promise.resolve(new Map(named)) };
  }
  const read = openManifest(manifest);
  return { comparesCode: true, load: async () => new Map([...named, ...(await read())]) };
}

type Entries = readonly (readonly [name: string, task: ExpectedTask])[];

function openManifest(manifest: unknown): () => Promise<Entries> {
  if (typeof manifest === 'string' && manifest !== '') return () => readManifest(manifest);
  if (manifest instanceof URL && manifest.protocol === 'file:') return () => readManifest(fileURLToPath(manifest));
  const entries = typeof manifest === 'string' || manifest instanceof URL ? undefined : entriesOf(manifest);
  if (entries === undefined) throw invalidOption('manifest', 'a path, a file: URL or a manifest of tasks', manifest);
  return () => Promise.resolve(entries);
}

async function readManifest(file: string): Promise<Entries> {
  let entries: Entries | undefined;
  let cause: unknown;
  try {
    entries = entriesOf(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    cause = error;
  }
  if (entries !== undefined) return entries;
  const why = cause instanceof Error ? `could not be read (${cause.message})` : 'holds no manifest of tasks';
  const message = `The file ${show(file)} of the option \`manifest\` ${why}. Write it with \`lambdapool tasks --json\`. Nothing was sent.`;
  throw new LambdaPoolError('OPTION_INVALID', message, { details: { option: 'manifest', file }, cause });
}

/** Both forms in which tasks are written down: a manifest, and the list that `lambdapool tasks --json` prints. */
function entriesOf(value: unknown): Entries | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    return every(value.map((each: unknown) => (hasName(each) ? ([each.name, each] as const) : undefined)));
  }
  if (!('tasks' in value) || typeof value.tasks !== 'object' || value.tasks === null) return undefined;
  return every(Object.entries(value.tasks));
}

function every(entries: readonly (readonly [string, unknown] | undefined)[]): Entries | undefined {
  const good = entries.flatMap((each) => (each !== undefined && isTask(each[1]) ? [[each[0], each[1]] as const] : []));
  return good.length === entries.length ? good : undefined;
}

function hasName(value: unknown): value is { readonly name: string } {
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string';
}

function isTask(value: unknown): value is ExpectedTask {
  if (typeof value !== 'object' || value === null || !('hash' in value) || !('params' in value)) return false;
  const { hash, params } = value;
  return typeof hash === 'string' && (params === null || (Array.isArray(params) && params.every(isParameter)));
}

function isParameter(value: unknown): value is TaskParameter {
  return hasName(value) && 'required' in value && typeof value.required === 'boolean';
}
