/** Commands that change nothing and tell what is so: `doctor` and `policy`. */
import { Option } from 'commander';
import type { Command } from 'commander';
import type { Finding } from '../../deploy/doctor/doctor-finding.ts';
import type { PolicyFacts } from '../../deploy/policy/policy.ts';
import { isLambdaPoolError } from '../../shared/errors.ts';
import { accountId, regionName } from '../arguments.ts';
import { readSettings, withSettings } from '../command-settings.ts';
import type { Context } from '../context.ts';
import { DEFAULTS, DEFAULT_TASKS_ROOT } from '../defaults.ts';
import { openDeployTarget } from '../deploy-target.ts';
import { originText } from '../origin-text.ts';
import type { FlagValues, Settings } from '../settings.ts';
import { common, placeOptions } from './common.ts';
import type { PlaceFlags } from './common.ts';

export function addInsightCommands(program: Command, context: Context): readonly Command[] {
  return [addDoctor(program, context), addPolicy(program, context)];
}

function addDoctor(program: Command, context: Context): Command {
  const { io, signal, setExitCode } = context;
  const command = placeOptions(common(program.command('doctor')))
    .description('Check Node, configuration, credentials, quotas, the function and its tasks, and say what to do.')
    .argument('[name]', 'name of the function (default: functionName of the configuration)')
    .argument('[tasksRoot]', `folder of the task modules (default: ${DEFAULT_TASKS_ROOT})`)
    .option('--json', 'print the checks as JSON')
    .addHelpText('after', DOCTOR_EXAMPLES);
  return command.action(async (name: string | undefined, tasksRoot: string | undefined, flags: DoctorFlags) => {
    const { json = false, printConfig = false, region, profile, endpoint } = flags;
    const given = { functionName: name, tasksRoot, region, profile, endpoint };
    if (printConfig)
      return withSettings({ command, context, flags: given, defaults: DEFAULTS }, () => Promise.resolve());
    const { settings, finding } = await settingsOrFinding(given, context);
    const { doctor } = await import('../commands/doctor.ts');
    const { functionName, tasksRoot: root = DEFAULT_TASKS_ROOT, external, assets } = settings.values;
    const isWell = await doctor(
      {
        readConfiguration: () => Promise.resolve(finding),
        openTarget: () => openDeployTarget(settings, io),
        functionName,
        tasks: { tasksRoot: root, external, assets },
        json,
      },
      io,
      signal,
    );
    if (!isWell) setExitCode(1);
  });
}

type DoctorFlags = PlaceFlags & { readonly json?: boolean; readonly printConfig?: boolean };

/** A configuration that cannot be read is a finding like others: the flags and the environment are left. */
async function settingsOrFinding(
  flags: FlagValues,
  { io }: Context,
): Promise<{ readonly settings: Settings; readonly finding: Finding }> {
  const request = { flags, defaults: DEFAULTS, env: io.env };
  try {
    const settings = await readSettings(request);
    const { file } = settings;
    const message = file === undefined ? 'No configuration file' : originText({ kind: 'file', file, line: undefined });
    return { settings, finding: { status: 'ok', message } };
  } catch (error) {
    if (!isLambdaPoolError(error)) throw error;
    const settings = await readSettings({ ...request, isIgnored: true });
    return { settings, finding: { status: 'problem', message: error.message } };
  }
}

type PolicyFlags = Pick<PlaceFlags, 'region'> & {
  readonly account?: string;
  readonly deploy?: boolean;
  readonly invoke?: boolean;
  readonly codeBucket?: string;
};

function addPolicy(program: Command, context: Context): Command {
  const command = common(program.command('policy'))
    .description('Print the least that IAM must allow for deploying and for calling functions. Asks nobody.')
    .argument('[names...]', 'names of the functions (default: functionName of the configuration, else all)')
    .addOption(new Option('--deploy', 'only what deploying needs, as a document that IAM takes').conflicts('invoke'))
    .option('--invoke', 'only what calling needs, as a document that IAM takes')
    .option('--region <name>', 'only in this region', regionName)
    .option('--account <id>', 'only in this account, twelve digits', accountId)
    .option('--code-bucket <name>', 'S3 bucket through which more than 50 MB of code travel')
    .addHelpText('after', POLICY_EXAMPLES);
  return command.action(async (names: readonly string[], flags: PolicyFlags) =>
    withSettings({ command, context, flags: { region: flags.region }, defaults: DEFAULTS }, async ({ values }) => {
      const { policy } = await import('../commands/policy.ts');
      const one = flags.invoke === true ? 'invoke' : undefined;
      const only = flags.deploy === true ? 'deploy' : one;
      await policy({ facts: policyFacts(names, flags, values), only }, context.io);
    }),
  );
}

function policyFacts(names: readonly string[], flags: PolicyFlags, values: Settings['values']): PolicyFacts {
  const { functionName, region, layers, roleArn, subnetIds = [], payloadBucket } = values;
  const configured = functionName === undefined ? [] : [functionName];
  return {
    functionNames: names.length > 0 ? names : configured,
    region,
    accountId: flags.account ?? roleArn?.split(':')[4],
    layers,
    roleArn,
    inVpc: subnetIds.length > 0,
    codeBucket: flags.codeBucket,
    payloadBucket,
  };
}

const DOCTOR_EXAMPLES = `
Makes all checks, also after one that fails. Exits with 1 if there is a problem.

Examples:
  $ lambdapool doctor
  $ lambdapool doctor math-helpers src/tasks --region eu-central-1
  $ lambdapool doctor --json`;

const POLICY_EXAMPLES = `
Examples:
  $ lambdapool policy math-helpers --region eu-central-1 --account 123456789012
  $ lambdapool policy math-helpers --invoke > invoke-policy.json`;
