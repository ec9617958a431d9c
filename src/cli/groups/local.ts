/** Commands that work on a tasks root on this machine: `dev` and `tasks`. */
import { availableParallelism } from 'node:os';
import { Option } from 'commander';
import type { Command } from 'commander';
import { integer, seconds } from '../arguments.ts';
import { withSettings } from '../command-settings.ts';
import type { Context } from '../context.ts';
import { DEFAULTS, DEFAULT_FUNCTION, DEFAULT_PORT, DEFAULT_TASKS_ROOT, LOCAL_DEFAULTS } from '../defaults.ts';
import { collect, common, environment, ENV_FLAG } from './common.ts';

export function addLocalCommands(program: Command, context: Context): readonly Command[] {
  return [addDev(program, context), addTasks(program, context)];
}

const TASKS_ROOT = `folder of the task modules (default: ${DEFAULT_TASKS_ROOT})`;
const FLAG_NAMES = { tasksRoot: 'the argument tasksRoot' } as const;

interface DevFlags {
  readonly function?: string;
  readonly port: number;
  readonly isolation: 'process' | 'thread';
  readonly memory?: number;
  readonly timeout?: number;
  readonly concurrency: number;
  readonly env?: Record<string, string>;
  readonly allowedHost?: readonly string[];
  readonly json?: boolean;
}

function addDev(program: Command, context: Context): Command {
  const { io, signal } = context;
  return common(program.command('dev'))
    .description('Serve a tasks root as a Lambda function on this machine, and reload it as you save.')
    .argument('[tasksRoot]', TASKS_ROOT)
    .option('-f, --function <name>', `name of the function (default: ${DEFAULT_FUNCTION})`)
    .option('-p, --port <number>', 'port on 127.0.0.1; 0 takes a free one', integer(0, 65_535), DEFAULT_PORT)
    .addOption(
      new Option('--isolation <kind>', 'what an environment is').choices(['process', 'thread']).default('process'),
    )
    .option('--memory <MB>', 'memory of each environment (default: 1769)', integer(128, 10_240))
    .option('--timeout <seconds>', 'longest time of one invocation (default: 60)', seconds(900))
    .option('--concurrency <number>', 'environments at once', integer(1, 1_000), availableParallelism())
    .option(ENV_FLAG, "environment variable of the tasks; without VALUE your shell's (repeatable)", environment(io))
    .option('--allowed-host <name>', 'accept requests for this host name, too (repeatable)', collect)
    .option('--json', 'print one JSON object a line')
    .addHelpText('after', DEV_EXAMPLES)
    .action(async (tasksRoot: string | undefined, flags: DevFlags, command: Command) => {
      const { function: functionName, memory: memoryMb, timeout: timeoutMs, env, ...others } = flags;
      const given = { tasksRoot, functionName, memoryMb, timeoutMs, env };
      const request = { command, context, flags: given, flagNames: FLAG_NAMES, defaults: LOCAL_DEFAULTS };
      await withSettings(request, async ({ values }) => {
        const { dev } = await import('../commands/dev.ts');
        const { port, isolation, concurrency, allowedHost: allowedHosts = [], json = false } = others;
        await dev({ settings: values, port, isolation, concurrency, allowedHosts, json }, io, signal);
      });
    });
}

interface TasksFlags {
  readonly json?: boolean;
  readonly types?: string;
}

function addTasks(program: Command, context: Context): Command {
  return common(program.command('tasks'))
    .description('List the tasks of a tasks root, with their parameters.')
    .argument('[tasksRoot]', TASKS_ROOT)
    .option('--json', 'print everything that is known as JSON')
    .addOption(
      new Option('--types <file>', 'write their types to this file, for `new LambdaPool<Tasks>()`').conflicts('json'),
    )
    .addHelpText('after', TASKS_EXAMPLES)
    .action(async (tasksRoot: string | undefined, { json = false, types }: TasksFlags, command: Command) => {
      const request = { command, context, flags: { tasksRoot }, flagNames: FLAG_NAMES, defaults: DEFAULTS };
      await withSettings(request, async ({ values }) => {
        const { tasks } = await import('../commands/tasks.ts');
        const { tasksRoot: root = DEFAULT_TASKS_ROOT, external = [], assets = [] } = values;
        await tasks({ tasksRoot: root, external, assets, json, types }, context.io);
      });
    });
}

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
