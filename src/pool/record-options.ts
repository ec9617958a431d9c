/** Options that say where a map is written down. */
import { checkString, invalidOption } from '../shared/options.ts';

/** Files that a map writes while it runs. */
export interface RecordOptions {
  /**
   * Path of a file that the calls and their results are written to as they come. The same map with the same journal,
   * after whatever has interrupted it, runs only the calls that have no result in it, those that failed included, and
   * resolves with all results. `pool.resume(path)` does so without the items.
   * @default no journal
   */
  readonly journal?: string | undefined;
  /**
   * Path of a file that calls which fail are written to with their arguments, for `lambdapool replay`. Begun anew by each
   * map. A journal serves as well.
   * @default no file
   */
  readonly failures?: string | undefined;
}

/** Checked paths. */
export interface RecordPaths {
  readonly journal: string | undefined;
  readonly failures: string | undefined;
}

export const RECORD_KEYS: readonly string[] = ['journal', 'failures'];

/**
 * What is to be written; undefined if nothing is.
 * @throws {LambdaPoolError} OPTION_INVALID
 */
export function recordPaths(options: RecordOptions): RecordPaths | undefined {
  const { journal, failures } = options;
  if (journal === undefined && failures === undefined) return undefined;
  if (journal !== undefined) checkString('journal', journal);
  if (failures !== undefined) checkString('failures', failures);
  if (journal === failures) throw invalidOption('failures', 'another file than the journal', failures);
  return { journal, failures };
}
