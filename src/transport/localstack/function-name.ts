/** The name of a function that nobody has named. Pure. */
import { createHash } from 'node:crypto';
import path from 'node:path';

/** What makes one function another: the folder of its tasks, and what it is configured with. */
export interface FunctionFacts {
  /** Absolute path. */
  readonly tasksRoot: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * `lambdapool-forecasts-1a2b3c4d5e`: of the project's folder and a hash, so that two projects, and two pools with other
 * settings, do not overwrite each other in one LocalStack, and a second run finds what the first has deployed.
 */
export function defaultFunctionName({ tasksRoot, settings }: FunctionFacts): string {
  const hash = createHash('sha256').update(JSON.stringify([tasksRoot, sorted(settings)]));
  const folder = path.basename(path.dirname(tasksRoot)).replaceAll(/[^a-zA-Z0-9-_]+/g, '-');
  return ['lambdapool', folder.slice(0, 40), hash.digest('hex').slice(0, 10)].filter((part) => part !== '').join('-');
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, sorted(each)]);
}
