/** The command that writes a template instead of deploying: `template`. */
import type { Command } from 'commander';
import { withSettings } from '../command-settings.ts';
import type { Context } from '../context.ts';
import { DEFAULTS, DEFAULT_FUNCTION, DEFAULT_TASKS_ROOT } from '../defaults.ts';
import { common } from './common.ts';
import { functionSettings, settingOptions, settingValues } from './function-settings.ts';
import type { SettingFlags } from './function-settings.ts';

interface TemplateFlags extends SettingFlags {
  readonly function?: string;
  readonly out: string;
  readonly force?: boolean;
  readonly alarms?: boolean;
  readonly json?: boolean;
}

const FLAG_NAMES = { tasksRoot: 'the argument tasksRoot' } as const;
const DEFAULT_OUT = 'sam';

export function addTemplateCommand(program: Command, context: Context): readonly Command[] {
  const command = settingOptions(common(program.command('template')), context, { isNew: true })
    .description('Write a SAM template of the function, and beside it the folder that it deploys.')
    .argument('[tasksRoot]', `folder of the task modules (default: ${DEFAULT_TASKS_ROOT})`)
    .option('-f, --function <name>', `name of the function (default: ${DEFAULT_FUNCTION})`)
    .option('-o, --out <folder>', 'where to write template.yaml and the folder bundle', DEFAULT_OUT)
    .option('--alarms', 'add alarms: errors, throttles, invocations near their timeout')
    .option('--force', 'overwrite a template that lambdapool did not write, or that was edited')
    .option('--json', 'print what was written as JSON')
    .addHelpText('after', EXAMPLES);
  command.action(async (tasksRoot: string | undefined, flags: TemplateFlags) => {
    const given = { tasksRoot, functionName: flags.function, ...settingValues(flags) };
    const request = { command, context, flags: given, flagNames: FLAG_NAMES, defaults: DEFAULTS };
    await withSettings(request, async (settings) => {
      const { template } = await import('../commands/template.ts');
      const { out: outDir, force = false, alarms = false, json = false } = flags;
      const {
        tasksRoot: root = DEFAULT_TASKS_ROOT,
        functionName = DEFAULT_FUNCTION,
        external,
        assets,
      } = settings.values;
      const tasks = { functionName, tasksRoot: root, external, assets, settings: functionSettings(settings) };
      await template({ ...tasks, outDir, force, alarms, json, signal: context.signal }, context.io);
    });
  });
  return [command];
}

const EXAMPLES = `
Nothing is deployed. \`sam deploy\` and \`aws cloudformation package\` take the folder as it is; \`sam build\` is not needed.

Examples:
  $ lambdapool template
  $ lambdapool template src/tasks --function math-helpers --out deploy --alarms
  $ lambdapool template --memory 3008 --timeout 300 --architecture arm64`;
