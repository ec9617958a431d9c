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

export const ENV_FLAG = '--env <KEY[=VALUE]>';

/** A parser for `--env`, which may be given several times. */
export function environment(io: Io): (text: string, earlier?: Record<string, string>) => Record<string, string> {
  return (text, earlier = {}) => environmentVariable(text, earlier, io.env);
}

/** A parser for what may be given several times. */
export function collect(text: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, text];
}
