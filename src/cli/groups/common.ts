/** Options that several commands have. */
import type { Command } from 'commander';
import { environmentVariable } from '../arguments.ts';
import type { Io } from '../io.ts';

/** Of all commands. */
export function common(command: Command): Command {
  return command
    .helpOption('-h, --help', 'show help')
    .option('--print-config', 'print what holds for this command and where it comes from, and do nothing')
    .option('--verbose', 'print all that is known of an error');
}

/** Where functions are deployed. */
export interface PlaceFlags {
  readonly region?: string;
  readonly profile?: string;
  readonly endpoint?: string;
}

export function placeOptions(command: Command): Command {
  return command
    .option('--region <name>', 'AWS region (default: AWS_REGION, the configuration, the profile)')
    .option('--profile <name>', 'profile of the shared AWS configuration files (default: AWS_PROFILE)')
    .option('-e, --endpoint <url>', 'an emulator, LocalStack or another stand-in for AWS');
}

export const ENV_FLAG = '--env <KEY[=VALUE]>';

/** A parser for `--env`, which may be given several times. */
export function environment(io: Io): (text: string, earlier?: Record<string, string>) => Record<string, string> {
  return (text, earlier = {}) => environmentVariable(text, earlier, io.env);
}

/** A parser for what may be given several times. */
export function collect(text: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, text];
}
