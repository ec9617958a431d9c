/** The whole command line: groups of commands, help, and errors of the command line itself. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { withSettings } from './command-settings.ts';
import type { Context } from './context.ts';
import { DEFAULTS } from './defaults.ts';
import { addCallCommands } from './groups/calls.ts';
import { addDeployCommands } from './groups/deploy.ts';
import { addInsightCommands } from './groups/insight.ts';
import { addLocalCommands } from './groups/local.ts';
import { addTemplateCommand } from './groups/template.ts';
import type { Io } from './io.ts';

export interface ProgramOptions {
  /** No command is named: `lambdapool --print-config`. */
  readonly isBare: boolean;
}

/** It throws CommanderError instead of ending the process. */
export function createProgram(context: Context, { isBare }: ProgramOptions): Command {
  const program = new Command('lambdapool')
    .description("Python's multiprocessing.Pool for TypeScript on AWS Lambda, with a local Lambda to develop against.")
    .version(packageVersion(), '-v, --version', 'print the version')
    .option('--print-config', 'print each value of the configuration and where it comes from; with a command: for it')
    .option('--json', 'print it as JSON')
    .helpOption('-h, --help', 'show help')
    .enablePositionalOptions()
    .exitOverride()
    .addHelpText('after', EXIT_CODES);
  if (isBare) program.action(() => printBareConfig(program, context));
  for (const add of [addLocalCommands, addCallCommands, addDeployCommands, addTemplateCommand, addInsightCommands]) {
    for (const command of add(program, context)) printErrors(command, context.io);
  }
  return printErrors(program, context.io);
}

async function printBareConfig(program: Command, context: Context): Promise<void> {
  const { printConfig }: { printConfig?: boolean } = program.opts();
  if (printConfig !== true) program.help({ error: true });
  await withSettings({ command: program, context, flags: {}, defaults: DEFAULTS }, () => Promise.resolve());
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
        // Whoever spells a variable wrong must not find its value in a log.
        .replace(/^(option '--env .*? argument '[^=]*=).*(' is invalid)/s, '$1...$2')
        .trim()
        .replaceAll(/\s*\n\s*/g, ' ')
        .replace(/([^.?!)])$/, '$1.');
      write(`lambdapool: ${sentence} See \`${name} --help\`.\n`);
    },
  });
}

function packageVersion(): string {
  // By its own name: that works from the sources and from dist.
  const text = readFileSync(fileURLToPath(import.meta.resolve('lambdapool/package.json')), 'utf8');
  const { version }: { version: string } = JSON.parse(text);
  return version;
}

const EXIT_CODES = `
Exit codes:
  0    all is well
  1    a task or a deployment failed, or the doctor found a problem
  2    nothing was done: the command, its input, its target or the credentials are wrong
  130  interrupted with Ctrl-C; 128 and the number of the signal for others

More: lambdapool <command> --help`;
