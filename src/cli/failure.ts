/** What a failed command prints, and the code that it exits with. */
import { inspect } from 'node:util';
import { isLambdaPoolError } from '../shared/errors.ts';
import type { LambdaPoolError, LambdaPoolErrorCode } from '../shared/errors.ts';
import { Interrupted } from './interruption.ts';
import { ownFrames } from './stack.ts';

/** 0: all is well · 1: a task or a deployment failed · 2: nothing was done: the command, its input or its target is wrong. */
export type ExitCode = number;

/** Something was done, or may have been. All the other codes say that nothing was. */
const RAN: ReadonlySet<LambdaPoolErrorCode> = new Set<LambdaPoolErrorCode>([
  'TASK_THREW',
  'TASK_TIMEOUT',
  'TASK_OUT_OF_MEMORY',
  'TASK_EXITED',
  'INIT_FAILED',
  'RESULT_NOT_SERIALIZABLE',
  'OUTCOME_UNKNOWN',
  'WAIT_TIMEOUT',
  'DEPLOY_FAILED',
  'BUG',
]);

export interface Failure {
  readonly exitCode: ExitCode;
  /** For stderr; empty where there is nothing to say. */
  readonly text: string;
}

export function describeFailure(error: unknown, options: { readonly verbose: boolean }): Failure {
  if (error instanceof Interrupted) return { exitCode: error.exitCode, text: '' };
  if (!isLambdaPoolError(error)) return { exitCode: 1, text: `lambdapool: ${unexpected(error)}\n` };
  const exitCode = RAN.has(error.code) ? 1 : 2;
  const lines = options.verbose ? [inspect(error, { depth: 5 })] : [error.message, ...remoteStack(error)];
  return { exitCode, text: `lambdapool: ${lines.join('\n')}\n` };
}

/** One line: which error, and the place in the user's source. For lists of failures. */
export function failureLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [place] = isLambdaPoolError(error) ? remoteStack(error) : [];
  return `${error.message.split('\n')[0]}${place === undefined ? '' : ` (${place.trim()})`}`;
}

/** Where the task failed. */
function remoteStack(error: LambdaPoolError): readonly string[] {
  const { cause } = error;
  if (error.code !== 'TASK_THREW' || !(cause instanceof Error) || cause.stack === undefined) return [];
  return ownFrames(cause.stack.split('\n'));
}

/** Not one of ours: a bug, or the machine's trouble. The stack is what helps. */
function unexpected(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
