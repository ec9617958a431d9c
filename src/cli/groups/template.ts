/** The command that writes a template instead of deploying: `template`. */
import { Option } from 'commander';
import type { Command } from 'commander';
import type { FunctionSettings } from '../../deploy/settings.ts';
import { integer, seconds } from '../arguments.ts';
import { withSettings } from '../command-settings.ts';
import type { Context } from '../context.ts';
import { DEFAULTS, DEFAULT_FUNCTION, DEFAULT_TASKS_ROOT } from '../defaults.ts';
import type { SettingValues } from '../settings.ts';
import { collect, common, environment, ENV_FLAG } from './common.ts';

interface TemplateFlags {
  readonly function?: string;
  readonly out: string;
  readonly force?: boolean;
  readonly alarms?: boolean;
  readonly memory?: number;
  readonly timeout?: number;
  readonly runtime?: string;
  readonly architecture?: 'x86_64' | 'arm64';
  readonly env?: Record<string, string>;
  readonly layers?: readonly string[];
  readonly external?: readonly string[];
  readonly role?: string;
  readonly subnets?: readonly string[];
  readonly securityGroups?: readonly string[];
  readonly logRetention?: number;
  readonly json?: boolean;
}

/** What the template says of the function. */
const SETTINGS = [
  'memoryMb',
  'timeoutMs',
  'runtime',
  'architecture',
  'layers',
  'env',
  'subnetIds',
  'securityGroupIds',
  'roleArn',
  'tags',
  'logRetentionDays',
] as const satisfies readonly (keyof FunctionSettings & keyof SettingValues)[];

const FLAG_NAMES = { tasksRoot: 'the argument tasksRoot' } as const;
const DEFAULT_OUT = 'sam';

export function addTemplateCommand(program: Command, context: Context): readonly Command[] {
  const { io } = context;
  const command = common(program.command('template'))
    .description('Write a SAM template of the function, and the folder of code that it deploys.')
    .argument('[tasksRoot]', `folder of the task modules (default: ${DEFAULT_TASKS_ROOT})`)
    .option('-o, --out <folder>', 'where to write template.yaml and the folder bundle', DEFAULT_OUT)
    .option('--force', 'overwrite a template that lambdapool did not write, or that was edited')
    .option('--alarms', 'add alarms: errors, throttles, invocations near their timeout')
    .option('-f, --function <name>', `name of the function (default: ${DEFAULT_FUNCTION})`);
  withFunctionFlags(command, context)
    .option('--json', 'print what was written as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (tasksRoot: string | undefined, flags: TemplateFlags, self: Command) => {
      const given = { tasksRoot, ...settingsOf(flags) };
      const request = { command: self, context, flags: given, flagNames: FLAG_NAMES, defaults: DEFAULTS };
      await withSettings(request, async ({ values }) => {
        const { template } = await import('../commands/template.ts');
        const { tasksRoot: root = DEFAULT_TASKS_ROOT, functionName = DEFAULT_FUNCTION, external, assets } = values;
        const settings = pick(values, SETTINGS);
        const { out: outDir, force = false, alarms = false, json = false } = flags;
        await template({ functionName, tasksRoot: root, external, assets, settings, outDir, force, alarms, json }, io);
      });
    });
  return [command];
}

function withFunctionFlags(command: Command, { io }: Context): Command {
  return command
    .option('--memory <MB>', 'memory (default: 1769)', integer(128, 10_240))
    .option('--timeout <seconds>', 'longest time of one invocation (default: 60)', seconds(900))
    .option('--runtime <name>', 'runtime, such as nodejs24.x')
    .addOption(new Option('--architecture <name>', 'processor').choices(['x86_64', 'arm64']))
    .option(ENV_FLAG, "environment variable of the tasks; without VALUE your shell's (repeatable)", environment(io))
    .option('--layers <ARN>', 'layer version, at most 5 (repeatable, or separated by commas)', commaList)
    .option('--external <package>', 'package that a layer brings (repeatable)', collect)
    .option('--role <ARN>', 'role of your own to run with')
    .option('--subnets <id>', 'subnet of a VPC (repeatable, or separated by commas)', commaList)
    .option('--security-groups <id>', 'security group in it (repeatable, or separated by commas)', commaList)
    .option('--log-retention <days>', 'days to keep the log (default: 30)', integer(1, 3653));
}

function settingsOf(flags: TemplateFlags): object {
  return {
    ...pick(flags, ['runtime', 'architecture', 'env', 'layers', 'external']),
    functionName: flags.function,
    memoryMb: flags.memory,
    timeoutMs: flags.timeout,
    roleArn: flags.role,
    subnetIds: flags.subnets,
    securityGroupIds: flags.securityGroups,
    logRetentionDays: flags.logRetention,
  };
}

function pick<T extends object, const Key extends keyof T>(values: T, keys: readonly Key[]): Pick<T, Key> {
  return Object.fromEntries(keys.map((key) => [key, values[key]])) as Pick<T, Key>;
}

function commaList(text: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, ...text.split(',').filter((each) => each !== '')];
}

const EXAMPLES = `
Examples:
  $ lambdapool template
  $ lambdapool template src/tasks --function math-helpers --out deploy --alarms
  $ lambdapool template --memory 3008 --timeout 300 --architecture arm64`;
