/** The commands with their options and help texts. Loads a command's code only when it runs. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import { environmentVariable, integer, seconds } from './arguments.ts';
import type { ExitCode } from './failure.ts';
import type { Io } from './io.ts';
import { DEFAULT_FUNCTION, DEFAULT_PORT } from './target.ts';

/** What the commands need, and whom they tell their exit code. */
export interface Context {
  readonly io: Io;
  readonly signal: AbortSignal;
  readonly setExitCode: (code: ExitCode) => void;
}

const DEFAULT_TASKS_ROOT = './tasks';

/** The whole command line. It throws CommanderError instead of ending the process. */
export function createProgram(context: Context): Command {
  const program = new Command('lambdapool')
    .description("Python's multiprocessing.Pool for TypeScript on AWS Lambda, with a local Lambda to develop against.")
    .version(packageVersion(), '-v, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .exitOverride()
    .addHelpText('after', EXIT_CODES);
  for (const add of [addDev, addTasks, addApply, addMap, addResume, addReplay])
    printErrors(add(program, context), context.io);
  return printErrors(program, context.io);
}

function addDev(program: Command, { io, signal }: Context): Command {
  const env = (text: string, earlier?: Record<string, string>): Record<string, string> =>
    environmentVariable(text, earlier ?? {}, io.env);
  return common(program.command('dev'))
    .description('Serve a tasks root as a Lambda function on this machine, and reload it as you save.')
    .argument('[tasksRoot]', 'folder of the task modules', DEFAULT_TASKS_ROOT)
    .option('-f, --function <name>', 'name of the function', DEFAULT_FUNCTION)
    .option('-p, --port <number>', 'port on 127.0.0.1; 0 takes a free one', integer(0, 65_535), DEFAULT_PORT)
    .addOption(
      new Option('--isolation <kind>', 'what an environment is').choices(['process', 'thread']).default('process'),
    )
    .option('--memory <MB>', 'memory of each environment', integer(128, 10_240), 1_769)
    .addOption(
      new Option('--timeout <seconds>', 'longest time of one invocation').argParser(seconds(900)).default(60_000, '60'),
    )
    .option('--concurrency <number>', 'environments at once', integer(1, 1_000), availableParallelism())
    .option('--env <KEY[=VALUE]>', "environment variable of the tasks; without VALUE your shell's (repeatable)", env)
    .option('--allowed-host <name>', 'accept requests for this host name, too (repeatable)', collect)
    .option('--json', 'print one JSON object a line')
    .addHelpText('after', DEV_EXAMPLES)
    .action(async (tasksRoot: string, flags: DevFlags) => {
      const { dev } = await import('./commands/dev.ts');
      const { function: functionName, memory: memoryMb, timeout: timeoutMs, allowedHost: allowedHosts = [] } = flags;
      const { port, isolation, concurrency, env = {}, json = false } = flags;
      const options = {
        tasksRoot,
        functionName,
        port,
        isolation,
        concurrency,
        memoryMb,
        timeoutMs,
        env,
        allowedHosts,
        json,
      };
      await dev(options, io, signal);
    });
}

interface DevFlags {
  readonly function: string;
  readonly port: number;
  readonly isolation: 'process' | 'thread';
  readonly memory: number;
  readonly timeout: number;
  readonly concurrency: number;
  readonly env?: Record<string, string>;
  readonly allowedHost?: readonly string[];
  readonly json?: boolean;
}

function addTasks(program: Command, { io }: Context): Command {
  return common(program.command('tasks'))
    .description('List the tasks of a tasks root, with their parameters.')
    .argument('[tasksRoot]', 'folder of the task modules', DEFAULT_TASKS_ROOT)
    .option('--json', 'print everything that is known as JSON')
    .addOption(
      new Option('--types <file>', 'write their types to this file, for `new LambdaPool<Tasks>()`').conflicts('json'),
    )
    .addHelpText('after', TASKS_EXAMPLES)
    .action(async (tasksRoot: string, { json = false, types }: TasksFlags) => {
      const { tasks } = await import('./commands/tasks.ts');
      await tasks({ tasksRoot, json, types }, io);
    });
}

interface TasksFlags {
  readonly json?: boolean;
  readonly types?: string;
}

interface TargetOptions {
  readonly tasks?: string;
  readonly endpoint?: string;
  readonly function?: string;
}

function addApply(program: Command, { io, signal }: Context): Command {
  return withTarget(common(program.command('apply')))
    .description('Call a task once and print what it returned.')
    .argument('<task>', 'name of the task: math.fibonacci')
    .option('-a, --args <JSON>', 'arguments by position, a JSON array')
    .option('-k, --kwds <JSON>', 'arguments by name, a JSON object')
    .addHelpText('after', APPLY_EXAMPLES)
    .action(async (task: string, flags: TargetOptions & { readonly args?: string; readonly kwds?: string }) => {
      const { apply } = await import('./commands/apply.ts');
      await apply({ task, ...flags }, io, signal);
    });
}

function addMap(program: Command, { io, signal, setExitCode }: Context): Command {
  return withTarget(common(program.command('map')))
    .description('Call a task for each item of JSON lines and print the results as JSON lines, in order.')
    .argument('<task>', 'name of the task: math.fibonacci')
    .argument('[file]', 'one JSON value a line; - or nothing: standard input')
    .option('-w, --workers <number>', 'invocations at once (default: number of cores; none on AWS)', integer(1, 10_000))
    .option('-c, --chunksize <number>', 'items in one invocation (default: 1)', integer(1, 1_000_000))
    .option('-j, --journal <file>', 'write the run down, so that it can go on after an interruption')
    .addHelpText('after', MAP_EXAMPLES)
    .action(async (task: string, file: string | undefined, flags: TargetOptions & MapFlags) => {
      const { map } = await import('./commands/map.ts');
      const failed = await map({ task, file, ...flags }, io, signal);
      if (failed > 0) setExitCode(1);
    });
}

interface MapFlags {
  readonly workers?: number;
  readonly chunksize?: number;
  readonly journal?: string;
}

function addResume(program: Command, { io, signal, setExitCode }: Context): Command {
  return withTarget(common(program.command('resume')))
    .description(
      'Go on with an interrupted run: make the calls that its journal has no result of, and print all results.',
    )
    .argument('<journal>', 'file that `lambdapool map --journal` or the option `journal` of a map has written')
    .option('-w, --workers <number>', 'invocations at once (default: number of cores; none on AWS)', integer(1, 10_000))
    .option('-c, --chunksize <number>', 'calls in one invocation (default: 1)', integer(1, 1_000_000))
    .addHelpText('after', RESUME_EXAMPLES)
    .action(async (file: string, flags: TargetOptions & Omit<MapFlags, 'journal'>) => {
      const { resume } = await import('./commands/resume.ts');
      const failed = await resume({ file, ...flags }, io, signal);
      if (failed > 0) setExitCode(1);
    });
}

interface ReplayFlags {
  readonly tasks: string;
  readonly index?: number;
  readonly inspect?: number;
  readonly env?: Record<string, string>;
}

function addReplay(program: Command, { io, signal, setExitCode }: Context): Command {
  const env = (text: string, earlier?: Record<string, string>): Record<string, string> =>
    environmentVariable(text, earlier ?? {}, io.env);
  return common(program.command('replay'))
    .description('Run the calls of a run that failed again on this machine, with the same arguments.')
    .argument('<file>', 'a journal, or what the option `failures` of a map has written')
    .option('-t, --tasks <folder>', 'folder of the task modules', DEFAULT_TASKS_ROOT)
    .option('-i, --index <number>', 'only the call of this index', integer(0, Number.MAX_SAFE_INTEGER))
    .addOption(
      new Option('--inspect [port]', 'wait for a debugger (default port: 9229)')
        .argParser(integer(1, 65_535))
        .preset('9229'),
    )
    .option('--env <KEY[=VALUE]>', "environment variable of the tasks; without VALUE your shell's (repeatable)", env)
    .addHelpText('after', REPLAY_EXAMPLES)
    .action(async (file: string, { env = {}, ...flags }: ReplayFlags) => {
      const { replay } = await import('./commands/replay.ts');
      const failed = await replay({ file, env, ...flags }, io, signal);
      if (failed > 0) setExitCode(1);
    });
}

function withTarget(command: Command): Command {
  return command
    .option('-t, --tasks <folder>', 'run this tasks root here, in this process')
    .option('-e, --endpoint <url>', `where the function is (default: http://127.0.0.1:${DEFAULT_PORT})`)
    .option('-f, --function <name>', `the function to invoke (default: ${DEFAULT_FUNCTION})`)
    .addHelpText('after', TARGETS);
}

function common(command: Command): Command {
  return command.helpOption('-h, --help', 'show help').option('--verbose', 'print all that is known of an error');
}

/** One line for a wrong command line, and where to read on. */
function printErrors(command: Command, io: Io): Command {
  const name = command.parent === null ? 'lambdapool' : `lambdapool ${command.name()}`;
  return command.configureOutput({
    writeOut: (text) => void io.stdout.write(text),
    writeErr: (text) => void io.stderr.write(text),
    outputError: (text, write) => {
      const sentence = text
        .replace(/^error: /, '')
        .trim()
        .replaceAll(/\s*\n\s*/g, ' ')
        .replace(/([^.?!)])$/, '$1.');
      write(`lambdapool: ${sentence} See \`${name} --help\`.\n`);
    },
  });
}

function collect(text: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, text];
}

function packageVersion(): string {
  // By its own name: that works from the sources and from dist.
  const text = readFileSync(fileURLToPath(import.meta.resolve('lambdapool/package.json')), 'utf8');
  const { version }: { version: string } = JSON.parse(text);
  return version;
}

const EXIT_CODES = `
Exit codes:
  0  all is well
  1  a task failed
  2  nothing ran: the command, its input or its target is wrong

More: lambdapool <command> --help`;

const DEV_EXAMPLES = `
Examples:
  $ lambdapool dev
  $ lambdapool dev src/tasks --port 0 --isolation thread
  $ lambdapool dev --memory 512 --timeout 10 --env STAGE=dev --env DATABASE_URL`;

const TASKS_EXAMPLES = `
Examples:
  $ lambdapool tasks
  $ lambdapool tasks src/tasks --json
  $ lambdapool tasks src/tasks --types src/tasks.d.ts`;

const TARGETS = `
Where it runs: --tasks; else --endpoint; else what LAMBDAPOOL_TRANSPORT (a URL, 'lambda' or 'emulator'),
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
