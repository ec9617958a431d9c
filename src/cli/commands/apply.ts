/** `lambdapool apply`: one call of one task. */
import { jsonArray, jsonObject } from '../arguments.ts';
import type { Io } from '../io.ts';
import { openPool } from '../open-pool.ts';
import { showResult } from '../results.ts';
import type { Target } from '../target.ts';

export interface ApplyCommandOptions {
  readonly target: Target;
  readonly task: string;
  /** JSON of an array. */
  readonly args?: string | undefined;
  /** JSON of an object. */
  readonly kwds?: string | undefined;
}

/** Prints what the task returned. */
export async function apply(options: ApplyCommandOptions, io: Io, signal: AbortSignal): Promise<void> {
  const args = options.args === undefined ? [] : jsonArray(options.args);
  const kwds = options.kwds === undefined ? {} : jsonObject(options.kwds);
  await using pool = await openPool(options.target, { workers: 1, signal });
  const result = await pool.apply(options.task, { args, kwds, signal });
  const { isTerminal, colors } = io.stdout;
  await io.stdout.write(`${showResult(result, { pretty: isTerminal, colors: colors.isColorSupported })}\n`);
}
