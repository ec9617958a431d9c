/** Options that say what a deployed function is like: of `create`, `update` and `template`. */
import { Option } from 'commander';
import type { Command } from 'commander';
import type { FunctionSettings } from '../../deploy/settings.ts';
import { integer, keyValue, list } from '../arguments.ts';
import type { Context } from '../context.ts';
import type { FlagValues, Settings } from '../settings.ts';
import { environment, ENV_FLAG } from './common.ts';

export interface SettingFlags {
  readonly memory?: number;
  readonly timeout?: number;
  readonly layers?: readonly string[];
  readonly runtime?: string;
  readonly architecture?: 'x86_64' | 'arm64';
  readonly env?: Record<string, string>;
  readonly subnets?: readonly string[];
  readonly securityGroups?: readonly string[];
  readonly role?: string;
  readonly tag?: Record<string, string>;
  readonly logRetention?: number;
}

/** @param isNew Whether the function is made: one that is there stays as it is where nothing is said, and has no defaults. */
export function settingOptions(command: Command, { io }: Context, { isNew }: { readonly isNew: boolean }): Command {
  const byDefault = (value: string): string => (isNew ? ` (default: ${value})` : '');
  const architecture = new Option('--architecture <name>', `processor${byDefault('x86_64')}`);
  return command
    .option('--memory <MB>', `memory of the function, 128 to 10240${byDefault('1769')}`, integer(128, 10_240))
    .option('--timeout <seconds>', `longest time of one invocation, 1 to 900${byDefault('60')}`, integer(1, 900))
    .option('--layers <ARNs>', 'layer versions, at most 5, separated by commas (repeatable)', list)
    .option('--runtime <name>', `such as nodejs24.x${byDefault('the newest that AWS supports')}`)
    .addOption(architecture.choices(['x86_64', 'arm64']))
    .option(ENV_FLAG, "environment variable of the tasks; without VALUE your shell's (repeatable)", environment(io))
    .option('--subnets <ids>', 'subnets of a VPC, separated by commas; goes with --security-groups', list)
    .option('--security-groups <ids>', 'security groups in that VPC, separated by commas', list)
    .option('--role <ARN>', 'execution role of your own, instead of one that is made')
    .option('--tag <KEY=VALUE>', 'tag of the function and of what is made for it (repeatable)', keyValue)
    .option('--log-retention <days>', `days that CloudWatch keeps the log${byDefault('30')}`, integer(1, 3_653));
}

export function settingValues(flags: SettingFlags): FlagValues {
  const { memory, timeout, layers, runtime, architecture, env, subnets, securityGroups, role, tag, logRetention } =
    flags;
  return {
    memoryMb: memory,
    timeoutMs: timeout === undefined ? undefined : timeout * 1000,
    layers,
    runtime,
    architecture,
    env,
    subnetIds: subnets,
    securityGroupIds: securityGroups,
    roleArn: role,
    tags: tag,
    logRetentionDays: logRetention,
  };
}

/** What somebody said: the deployer has the defaults, and leaves a function as it is where nothing is said. */
export function functionSettings({ explicit }: Settings): FunctionSettings {
  const { memoryMb, timeoutMs, runtime, architecture, layers, env, subnetIds, securityGroupIds } = explicit;
  const { roleArn, tags, logRetentionDays } = explicit;
  const vpc = { subnetIds, securityGroupIds };
  return {
    memoryMb,
    timeoutMs,
    runtime,
    architecture,
    layers,
    env,
    ...vpc,
    roleArn,
    tags,
    logRetentionDays,
  };
}
