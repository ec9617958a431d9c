/** `lambdapool replay`: runs failed calls again on this machine, if need be under a debugger. */
import { availableParallelism } from 'node:os';
import { decode } from '../../../agent/codec.ts';
import type { FailedCall, Failures } from '../../journal/read-failures.ts';
import type { LambdaPool } from '../../lambda-pool.ts';
import { usage } from '../arguments.ts';
import { describeFailure } from '../failure.ts';
import { Interrupted } from '../interruption.ts';
import type { Io } from '../io.ts';
import { isOfAll } from '../outcomes.ts';
import { showResult } from '../results.ts';

export interface ReplayCommandOptions {
  /** A journal, or a file of failures. */
  readonly file: string;
  readonly tasks: string;
  /** Only this call. */
  readonly index?: number | undefined;
  /** Port at which to wait for a debugger. */
  readonly inspect?: number | undefined;
  readonly env: Readonly<Record<string, string>>;
}

/** Runs the failed calls and prints what becomes of each. Returns how many still fail. */
export async function replay(options: ReplayCommandOptions, io: Io, signal: AbortSignal): Promise<number> {
  const { readFailures } = await import('../../journal/read-failures.ts');
  const failures = await readFailures(options.file);
  const chosen = choose(failures, options);
  if (chosen.length === 0) {
    await io.stdout.write(`No call in ${options.file} has failed.\n`);
    return 0;
  }
  await using pool = await openEmulator(options, chosen.length, io);
  if (options.inspect !== undefined) await io.stderr.write(attachLines(options.inspect));
  let failed = 0;
  // All are under way before the first is waited for.
  const started = chosen.map((each) => pool.applyAsync(failures.task, { args: argsOf(each, options.file), signal }));
  for (const [at, result] of started.entries()) {
    if (!(await report(chosen[at]?.index, result, io))) failed += 1;
  }
  await io.stdout.write(failed === 0 ? 'All succeed now.\n' : `Still failing: ${failed} of ${chosen.length}.\n`);
  return failed;
}

function argsOf({ index, call }: FailedCall, file: string): readonly unknown[] {
  const args = decode(call);
  if (Array.isArray(args)) return args;
  throw usage(`The arguments of call ${index} in ${file} cannot be read: the file is damaged.`);
}

function choose({ calls }: Failures, { index, file }: ReplayCommandOptions): readonly FailedCall[] {
  if (index === undefined) return calls;
  const found = calls.find((each) => each.index === index);
  if (found !== undefined) return [found];
  const first = calls.slice(0, 20).map((each) => each.index);
  const those = calls.length > first.length ? `${first.join(', ')} and more` : first.join(', ');
  throw usage(`Call ${index} has not failed in ${file}. ${calls.length === 0 ? 'None has.' : `These have: ${those}.`}`);
}

async function openEmulator({ tasks, inspect, env }: ReplayCommandOptions, calls: number, io: Io): Promise<LambdaPool> {
  const [{ LambdaPool }, { emulatorTransport }] = await Promise.all([
    import('../../lambda-pool.ts'),
    import('../../transport/emulator.ts'),
  ]);
  // One process, one debugger.
  const workers = inspect === undefined ? Math.min(calls, availableParallelism()) : 1;
  const inspectPort = inspect === undefined ? {} : { inspectPort: inspect };
  const transport = emulatorTransport({ tasksRoot: tasks, concurrency: workers, env, ...inspectPort });
  return new LambdaPool({
    workers,
    transport,
    onLog: ({ text }) => void io.stderr.write(`${text.replaceAll(/^/gm, '  | ')}\n`),
    // Somebody who looks for the debugger's window knows what the pool waits for.
    ...(inspect !== undefined && { onStall: () => {} }),
  });
}

/** Prints what became of a call. False if it still fails. */
async function report(index: number | undefined, result: PromiseLike<unknown>, io: Io): Promise<boolean> {
  const { colors, isTerminal } = io.stdout;
  try {
    const text = showResult(await result, { pretty: isTerminal, colors: colors.isColorSupported });
    await io.stdout.write(`call ${index}: ${colors.green('succeeds now')}: ${text}\n`);
    return true;
  } catch (error) {
    if (isOfAll(error)) throw error;
    if (error instanceof Interrupted) throw error;
    const { text } = describeFailure(error, { verbose: false });
    await io.stdout.write(`call ${index}: ${colors.red('still fails')}: ${text.replace(/^lambdapool: /, '')}`);
    return false;
  }
}

function attachLines(port: number): string {
  return `The task waits for a debugger at 127.0.0.1:${port}, without any timeout:
  Chrome    open chrome://inspect
  VS Code   { "type": "node", "request": "attach", "name": "lambdapool", "port": ${port} }
It stops before your code is loaded: set breakpoints, then let it go on.
`;
}
