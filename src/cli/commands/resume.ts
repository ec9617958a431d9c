/** `lambdapool resume`: goes on with the run of a journal. */
import { availableParallelism } from 'node:os';
import { usage } from '../arguments.ts';
import type { Io } from '../io.ts';
import { openPool } from '../open-pool.ts';
import { printOutcomes } from '../outcomes.ts';
import { startProgress } from '../progress.ts';
import type { Target } from '../target.ts';

export interface ResumeCommandOptions {
  readonly target: Target;
  /** The journal. */
  readonly file: string;
  readonly workers?: number | undefined;
  readonly chunksize?: number | undefined;
}

/** Runs what has no result and prints all results. Returns how many calls failed. */
export async function resume(options: ResumeCommandOptions, io: Io, signal: AbortSignal): Promise<number> {
  const {
    file,
    chunksize,
    target,
    workers = options.target.kind === 'aws' ? undefined : availableParallelism(),
  } = options;
  if (workers === undefined) {
    throw usage('Give --workers, the number of invocations that may run on AWS Lambda at once: each costs money.');
  }
  await using pool = await openPool(target, { workers, signal });
  using progress = await startProgress(io.stderr, file, undefined);
  let told = 0;
  const outcomes = await pool.resume(file, {
    signal,
    onError: 'settle',
    chunksize: chunksize ?? 1,
    onProgress: ({ done, failed }) => {
      for (; told < done + failed; told += 1) progress.advance(told >= done);
    },
  });
  progress[Symbol.dispose]();
  return await printOutcomes(outcomes, io, (index) => `call ${index}`);
}
