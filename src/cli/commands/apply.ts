/** `lambdapool apply`: one call of one task. */
import { jsonArray, jsonObject } from '../arguments.ts';
import type { Io } from '../io.ts';
import { openPool } from '../open-pool.ts';
import { showResult } from '../results.ts';
import { resolveTarget } from '../target.ts';
import type { TargetFlags } from '../target.ts';

export interface ApplyCommandOptions extends TargetFlags {
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
  await using pool = await openPool(resolveTarget(options, io.env), { workers: 1, signal });
  const result = await pool.apply(options.task, { args, kwds, signal });
  const { isTerminal, colors } = io.stdout;
  await io.stdout.write(`${showResult(result, { pretty: isTerminal, colors: colors.isColorSupported })}\n`);
}
