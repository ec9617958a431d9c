/** The command line as a child process, as users run it. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { eventually } from '../support/eventually.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');
const LIMIT_MS = 40_000;

export interface CliOptions {
  /** What comes in on standard input, which ends after it. Default: nothing. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. Disposing of it kills it if it still does. */
export interface Running extends AsyncDisposable {
  readonly pid: number;
  /** What it has written so far. */
  stdout(): string;
  stderr(): string;
  /** Resolves with the first match in stdout, also one that has come before. */
  seen(pattern: RegExp): Promise<RegExpExecArray>;
  kill(signal: NodeJS.Signals): void;
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** Starts `lambdapool` with `words`. */
export function startCli(words: readonly string[], options: CliOptions = {}): Running {
  const child = spawn(process.execPath, ['--import', TSX, MAIN, ...words], {
    cwd: options.cwd,
    env: { ...cleanEnvironment(), ...options.env },
    stdio: 'pipe',
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // It may end without having read everything.
  child.stdin.on('error', () => undefined);
  if (options.input !== undefined) child.stdin.end(options.input);
  const finished = new Promise<Finished>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const { pid = 0 } = child;
  return {
    pid,
    child,
    finished,
    stdout: () => stdout,
    stderr: () => stderr,
    kill: (signal) => void child.kill(signal),
    seen: (pattern) =>
      eventually(() => {
        const match = pattern.exec(stdout);
        if (match === null) throw new Error(`${pattern} has not come.\nstdout: ${stdout}\nstderr: ${stderr}`);
        return match;
      }, 20_000),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await finished;
    },
  };
}

/** Runs `lambdapool` with `words` to its end. */
export function runCli(words: readonly string[], options: CliOptions = {}): Promise<Finished> {
  return startCli(words, { input: '', ...options }).finished;
}

/** Without what the shell says about AWS and us, and without colours. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { NO_COLOR: '1' };
  for (const [name, value] of Object.entries(process.env)) {
    if (!/^(AWS_|LAMBDAPOOL_|NODE_OPTIONS|VITEST|DEBUG|FORCE_COLOR)/.test(name)) env[name] = value;
  }
  return env;
}
