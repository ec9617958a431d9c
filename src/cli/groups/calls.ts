/** Commands that call tasks: `apply`, `map`, `resume` and `replay`. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { integer } from '../arguments.ts';
import { setProfile } from '../aws-profile.ts';
import { withSettings } from '../command-settings.ts';
import type { Context } from '../context.ts';
import { DEFAULTS, DEFAULT_FUNCTION, DEFAULT_PORT, DEFAULT_TASKS_ROOT, LOCAL_DEFAULTS } from '../defaults.ts';
import type { Settings } from '../settings.ts';
import { resolveTarget } from '../target.ts';
import type { Target, TargetFlags } from '../target.ts';
import { common, environment, ENV_FLAG } from './common.ts';

export function addCallCommands(program: Command, context: Context): readonly Command[] {
  return [addApply, addMap, addResume, addReplay].map((add) => add(program, context));
}

/** Runs `use` with the place that flags, environment and configuration name. */
async function withTarget(
  { command, context, flags }: { readonly command: Command; readonly context: Context; readonly flags: TargetFlags },
  use: (target: Target) => Promise<void>,
): Promise<void> {
  const given = { functionName: flags.function, tasksRoot: flags.tasks, endpoint: flags.endpoint };
  const request = { command, context, flags: given, defaults: LOCAL_DEFAULTS };
  await withSettings(request, ({ values }: Settings) => {
    const { env } = context.io;
    setProfile(values, env);
    return use(resolveTarget({ flags, values, env }));
  });
}

function addApply(program: Command, context: Context): Command {
  const { io, signal } = context;
  return targetOptions(common(program.command('apply')))
    .description('Call a task once and print what it returned.')
    .argument('<task>', 'name of the task: math.fibonacci')
    .option('-a, --args <JSON>', 'arguments by position, a JSON array')
    .option('-k, --kwds <JSON>', 'arguments by name, a JSON object')
    .addHelpText('after', APPLY_EXAMPLES)
    .action(async (task: string, { args, kwds, ...flags }: ApplyFlags, command: Command) =>
      withTarget({ command, context, flags }, async (target) => {
        const { apply } = await import('../commands/apply.ts');
        await apply({ task, args, kwds, target }, io, signal);
      }),
    );
}

type ApplyFlags = TargetFlags & { readonly args?: string; readonly kwds?: string };

function addMap(program: Command, context: Context): Command {
  const { io, signal, setExitCode } = context;
  const command = runOptions(targetOptions(common(program.command('map'))))
    .description('Call a task for each item of JSON lines and print the results as JSON lines, in order.')
    .argument('<task>', 'name of the task: math.fibonacci')
    .argument('[file]', 'one JSON value a line; - or nothing: standard input')
    .option('-j, --journal <file>', 'write the run down, so that it can go on after an interruption')
    .addHelpText('after', MAP_EXAMPLES);
  return command.action(async (task: string, file: string | undefined, flags: TargetFlags & MapFlags) =>
    withTarget({ command, context, flags }, async (target) => {
      const { map } = await import('../commands/map.ts');
      const { workers, chunksize, journal } = flags;
      const failed = await map({ task, file, workers, chunksize, journal, target }, io, signal);
      if (failed > 0) setExitCode(1);
    }),
  );
}

interface MapFlags {
  readonly workers?: number;
  readonly chunksize?: number;
  readonly journal?: string;
}

function addResume(program: Command, context: Context): Command {
  const { io, signal, setExitCode } = context;
  return runOptions(targetOptions(common(program.command('resume'))))
    .description(
      'Go on with an interrupted run: make the calls that its journal has no result of, and print all results.',
    )
    .argument('<journal>', 'file that `lambdapool map --journal` or the option `journal` of a map has written')
    .addHelpText('after', RESUME_EXAMPLES)
    .action(async (file: string, flags: TargetFlags & Omit<MapFlags, 'journal'>, command: Command) =>
      withTarget({ command, context, flags }, async (target) => {
        const { resume } = await import('../commands/resume.ts');
        const { workers, chunksize } = flags;
        const failed = await resume({ file, workers, chunksize, target }, io, signal);
        if (failed > 0) setExitCode(1);
      }),
    );
}

interface ReplayFlags {
  readonly tasks?: string;
  readonly index?: number;
  readonly inspect?: number;
  readonly env?: Record<string, string>;
}

function addReplay(program: Command, context: Context): Command {
  const { io, signal, setExitCode } = context;
  return common(program.command('replay'))
    .description('Run the calls of a run that failed again on this machine, with the same arguments.')
    .argument('<file>', 'a journal, or what the option `failures` of a map has written')
    .option('-t, --tasks <folder>', `folder of the task modules (default: ${DEFAULT_TASKS_ROOT})`)
    .option('-i, --index <number>', 'only the call of this index', integer(0, Number.MAX_SAFE_INTEGER))
    .addOption(
      new Option('--inspect [port]', 'wait for a debugger (default port: 9229)')
        .argParser(integer(1, 65_535))
        .preset('9229'),
    )
    .option(ENV_FLAG, "environment variable of the tasks; without VALUE your shell's (repeatable)", environment(io))
    .addHelpText('after', REPLAY_EXAMPLES)
    .action(async (file: string, { env, tasks: tasksRoot, index, inspect }: ReplayFlags, command: Command) =>
      withSettings({ command, context, flags: { tasksRoot, env }, defaults: DEFAULTS }, async ({ values }) => {
        const { replay } = await import('../commands/replay.ts');
        const { tasksRoot: tasks = DEFAULT_TASKS_ROOT, env: all = {} } = values;
        const failed = await replay({ file, tasks, env: all, index, inspect }, io, signal);
        if (failed > 0) setExitCode(1);
      }),
    );
}

function targetOptions(command: Command): Command {
  return command
    .option('-t, --tasks <folder>', 'run this tasks root here, in this process')
    .option('-e, --endpoint <url>', `where the function is (default: http://127.0.0.1:${DEFAULT_PORT})`)
    .option('-f, --function <name>', `the function to invoke (default: ${DEFAULT_FUNCTION})`)
    .addHelpText('after', TARGETS);
}

function runOptions(command: Command): Command {
  return command
    .option('-w, --workers <number>', 'invocations at once (default: number of cores; none on AWS)', integer(1, 10_000))
    .option('-c, --chunksize <number>', 'calls in one invocation (default: 1)', integer(1, 1_000_000));
}

const TARGETS = `
Where it runs: --tasks; else --endpoint; else what LAMBDAPOOL_TRANSPORT (a URL, 'lambda', 'localstack' or 'emulator'),
AWS_ENDPOINT_URL_LAMBDA or AWS_ENDPOINT_URL say; else the emulator that \`lambdapool dev\` starts.`;

const APPLY_EXAMPLES = `
Examples:
  $ lambdapool apply math.fibonacci --args '[10]'
  $ lambdapool apply math.fibonacci --kwds '{"n":10}' --tasks ./tasks
  $ LAMBDAPOOL_TRANSPORT=lambda lambdapool apply math.fibonacci --args '[10]' --function math-helpers`;

const MAP_EXAMPLES = `
A call that failed prints null, and one line on standard error; the exit code is then 1. A result that JSON cannot
hold becomes its nearest relative.

Examples:
  $ seq 1 30 | lambdapool map math.fibonacci --tasks ./tasks
  $ lambdapool map forecast.compute series.jsonl --workers 8 > forecasts.jsonl
  $ lambdapool map forecast.compute series.jsonl --journal run.jsonl > forecasts.jsonl

With --journal all items are read first, and the results are printed at the end. The same command, or
\`lambdapool resume run.jsonl\`, makes only the calls that have no result yet.`;

const RESUME_EXAMPLES = `
Results are printed as \`lambdapool map\` does, those of earlier runs included. Calls that had failed are made again.

Examples:
  $ lambdapool resume run.jsonl --tasks ./tasks > results.jsonl
  $ LAMBDAPOOL_TRANSPORT=lambda lambdapool resume run.jsonl --function math-helpers --workers 100`;

const REPLAY_EXAMPLES = `
Exits with 0 if all succeed now, 1 if some still fail, 2 if nothing ran.

Examples:
  $ lambdapool replay run.jsonl --tasks ./tasks
  $ lambdapool replay failures.jsonl --index 17 --inspect
  $ lambdapool replay failures.jsonl --env STAGE=dev --env DATABASE_URL`;
