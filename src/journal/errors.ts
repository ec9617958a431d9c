/** What can be wrong with a journal, in sentences. */
import { LambdaPoolError } from '../shared/errors.ts';

/** Why a journal cannot be used. */
type JournalProblem = 'locked' | 'not-a-journal' | 'other-run' | 'damaged' | 'version';

/** @param sentences What is wrong, and what to do. */
export function unusable(path: string, problem: JournalProblem, sentences: string): LambdaPoolError {
  return new LambdaPoolError('JOURNAL_UNUSABLE', `The journal ${path} ${sentences}`, { details: { path, problem } });
}

/** What the system said to `verb` the journal. */
export function ioFailure(path: string, verb: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || error instanceof LambdaPoolError) return error;
  const sentences: Readonly<Record<string, string>> = {
    ENOENT: 'cannot be found: there is no such file or folder. Check the path.',
    EISDIR: 'is a folder. Give the name of a file.',
    EACCES: 'may not be opened by this user.',
    ENOSPC: 'cannot be written: the disk is full. Make room and run it again: what was done so far is kept.',
  };
  const said = sentences[String(error.code)] ?? `could not be ${verb} (${error.message}).`;
  const details = { path, problem: 'io', systemCode: error.code };
  return new LambdaPoolError('JOURNAL_UNUSABLE', `The journal ${path} ${said}`, { details, cause: error });
}
