/** Commands that work on deployed functions: `create`, `update`, `list`, `delete` and `logs`. */
import type { Command } from 'commander';
import type { Target } from '../../deploy/target/target.ts';
import { isLambdaPoolError } from '../../shared/errors.ts';
import { duration, usage } from '../arguments.ts';
import { withSettings } from '../command-settings.ts';
import type { Context } from '../context.ts';
import { DEFAULTS, DEFAULT_TASKS_ROOT } from '../defaults.ts';
import { openDeployTarget } from '../deploy-target.ts';
import type { FlagValues, Settings } from '../settings.ts';
import { common, placeOptions } from './common.ts';
import type { PlaceFlags } from './common.ts';
import { functionSettings, settingOptions, settingValues } from './function-settings.ts';
import type { SettingFlags } from './function-settings.ts';

export function addDeployCommands(program: Command, context: Context): readonly Command[] {
  const create = addDeploy(program, context, 'create');
  const update = addDeploy(program, context, 'update');
  return [create, update, addList(program, context), addDelete(program, context), addLogs(program, context)];
}

/** What was asked for, with the place where to do it; closed when `use` is done. */
interface Deployment {
  readonly settings: Settings;
  readonly target: Target;
}

interface Request {
  readonly command: Command;
  readonly context: Context;
  readonly flags: FlagValues;
  /** Refuses what is wrong wherever it is to be done: before credentials are looked for, or anybody is asked. */
  readonly check?: (settings: Settings) => void;
}

async function withDeployment(
  { check, ...request }: Request,
  use: (deployment: Deployment) => Promise<void>,
): Promise<void> {
  const names = { functionName: 'the argument name', tasksRoot: 'the argument tasksRoot' };
  await withSettings({ ...request, flagNames: names, defaults: DEFAULTS }, async (settings) => {
    check?.(settings);
    await using target = await openDeployTarget(settings, request.context.io);
    try {
      await use({ settings, target });
    } catch (error) {
      // A function that should be there and is not is a failure like one that should not be there and is.
      if (isLambdaPoolError(error, 'FUNCTION_NOT_FOUND')) request.context.setExitCode(1);
      throw error;
    }
  });
}

interface DeployFlags extends PlaceFlags, SettingFlags {
  readonly codeBucket?: string;
  readonly json?: boolean;
}

const VERBS = {
  create: 'Deploy a tasks root as a new Lambda function.',
  update: 'Deploy what has changed: code, settings or both. What is not said stays as it is.',
} as const;

function addDeploy(program: Command, context: Context, verb: 'create' | 'update'): Command {
  const command = settingOptions(placeOptions(common(program.command(verb))), context, { isNew: verb === 'create' })
    .description(VERBS[verb])
    .argument('[name]', 'name of the function (default: functionName of the configuration)')
    .argument('[tasksRoot]', `folder of the task modules (default: ${DEFAULT_TASKS_ROOT})`)
    .option('--code-bucket <name>', 'S3 bucket through which more than 50 MB of code travel')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', verb === 'create' ? CREATE_EXAMPLES : UPDATE_EXAMPLES);
  return command.action(async (name: string | undefined, tasksRoot: string | undefined, flags: DeployFlags) => {
    const { region, profile, endpoint } = flags;
    const given = { functionName: name, tasksRoot, region, profile, endpoint, ...settingValues(flags) };
    const { checkFunctionName, checkSettings } = await import('../../deploy/settings.ts');
    const check = (settings: Settings): void => {
      checkFunctionName(nameOf(settings, verb));
      checkSettings(functionSettings(settings));
    };
    await withDeployment({ command, context, flags: given, check }, async ({ settings, target }) => {
      const { deploy } = await import('../commands/deploy.ts');
      const { tasksRoot: root = DEFAULT_TASKS_ROOT, external, assets } = settings.values;
      const request = {
        functionName: nameOf(settings, verb),
        tasks: { tasksRoot: root, external, assets },
        settings: { ...functionSettings(settings), codeBucket: flags.codeBucket },
      };
      const { json = false } = flags;
      await deploy({ verb, target, request, json, onHalfDone: failed(context) }, context.io, context.signal);
    });
  });
}

function nameOf({ values }: Settings, verb: string): string {
  if (values.functionName !== undefined) return values.functionName;
  throw usage(`Name the function: \`lambdapool ${verb} NAME\`, or set \`functionName\` in the configuration.`);
}

/** Whatever the failure's code says, something was done. */
function failed({ setExitCode }: Context): () => void {
  return () => setExitCode(1);
}

function hasName(verb: string): (settings: Settings) => void {
  return (settings) => void nameOf(settings, verb);
}

function addList(program: Command, context: Context): Command {
  const command = placeOptions(common(program.command('list')))
    .description('List the functions that lambdapool has deployed, newest first.')
    .option('--json', 'print them as JSON')
    .addHelpText('after', LIST_EXAMPLES);
  return command.action(async ({ json = false, ...flags }: PlaceFlags & { readonly json?: boolean }) =>
    withDeployment({ command, context, flags }, async ({ target }) => {
      const { list: listCommand } = await import('../commands/list.ts');
      await listCommand({ target, json }, context.io, context.signal);
    }),
  );
}

type DeleteFlags = PlaceFlags & { readonly yes?: boolean; readonly json?: boolean };

function addDelete(program: Command, context: Context): Command {
  const command = placeOptions(common(program.command('delete')))
    .description('Delete a function that lambdapool has deployed, with its role and its log group.')
    .argument('[name]', 'name of the function (default: functionName of the configuration)')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', DELETE_EXAMPLES);
  return command.action(async (name: string | undefined, { yes = false, json = false, ...flags }: DeleteFlags) => {
    const request = { command, context, flags: { functionName: name, ...flags }, check: hasName('delete') };
    await withDeployment(request, async ({ settings, target }) => {
      const { deleteCommand } = await import('../commands/delete.ts');
      const functionName = nameOf(settings, 'delete');
      const options = { target, functionName, yes, json, onHalfDone: failed(context) };
      if (!(await deleteCommand(options, context.io, context.signal))) context.setExitCode(1);
    });
  });
}

type LogsFlags = PlaceFlags & { readonly since?: number; readonly follow?: boolean; readonly json?: boolean };

function addLogs(program: Command, context: Context): Command {
  const command = placeOptions(common(program.command('logs')))
    .description('Print what a function has logged, from CloudWatch.')
    .argument('[name]', 'name of the function (default: functionName of the configuration)')
    .option('--since <duration>', 'how far to look back: 30s, 10m, 2h, 1d (default: 10m)', duration)
    .option('--follow', 'go on with what is logged from now on, until Ctrl-C')
    .option('--json', 'print one JSON object a line')
    .addHelpText('after', LOGS_EXAMPLES);
  return command.action(
    async (name: string | undefined, { since, follow = false, json = false, ...flags }: LogsFlags) => {
      const request = { command, context, flags: { functionName: name, ...flags }, check: hasName('logs') };
      await withDeployment(request, async ({ settings, target }) => {
        const { logs } = await import('../commands/logs.ts');
        const options = { target, functionName: nameOf(settings, 'logs'), sinceMs: since, follow, json };
        await logs(options, context.io, context.signal);
      });
    },
  );
}

const CREATE_EXAMPLES = `
Bundles the tasks, makes a role and a log group, creates the function, waits until it is active and calls it once.
An interrupted run is taken up by the same command.

Examples:
  $ lambdapool create math-helpers
  $ lambdapool create math-helpers src/tasks --memory 512 --timeout 30 --env STAGE=prod
  $ lambdapool create math-helpers --endpoint http://127.0.0.1:3001`;

const UPDATE_EXAMPLES = `
The same code and settings again: nothing is done. --env, --tag and --layers say all of what there is to be, together
with the configuration.

Examples:
  $ lambdapool update math-helpers
  $ lambdapool update math-helpers --memory 1024`;

const LIST_EXAMPLES = `
Examples:
  $ lambdapool list --region eu-central-1
  $ lambdapool list --json`;

const DELETE_EXAMPLES = `
Functions that lambdapool has not deployed are left alone.

Examples:
  $ lambdapool delete math-helpers
  $ lambdapool delete math-helpers --yes`;

const LOGS_EXAMPLES = `
Examples:
  $ lambdapool logs math-helpers --since 1h
  $ lambdapool logs math-helpers --follow`;
