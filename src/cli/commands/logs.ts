/** `lambdapool logs`: what a function has logged, from CloudWatch. */
import type { Target } from '../../deploy/target/target.ts';
import { Interrupted } from '../interruption.ts';
import type { Io } from '../io.ts';

export interface LogsCommandOptions {
  readonly target: Target;
  readonly functionName: string;
  readonly sinceMs: number | undefined;
  readonly follow: boolean;
  readonly json: boolean;
}

/** Ends by itself unless it follows. */
export async function logs(options: LogsCommandOptions, io: Io, signal: AbortSignal): Promise<void> {
  const { target, functionName, sinceMs, follow, json } = options;
  const { functionLogs } = await import('../../deploy/function-logs.ts');
  const { colors } = io.stdout;
  try {
    for await (const log of functionLogs(target, functionName, { sinceMs, follow, signal })) {
      const line = `${colors.dim(log.at.toISOString())}  ${log.text}`;
      await io.stdout.write(`${json ? JSON.stringify(log) : line}\n`);
    }
  } catch (error) {
    // There is no other way to end it.
    if (!(follow && error instanceof Interrupted)) throw error;
  }
}
