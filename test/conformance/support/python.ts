/** Packages of Python, such as boto3 and the AWS CLI, in a virtual environment that is made once and kept. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export type Python =
  | {
      /** Interpreter that finds the packages. */
      readonly interpreter: string;
    }
  /** Why there is none. */
  | { readonly missing: string };

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Packages {
  /** Names and versions, as pip takes them. */
  readonly requirements: readonly string[];
  /** For whoever has to do without them: `boto3 and the AWS CLI`. */
  readonly shown: string;
}

// awscli before 1.29 does not know AWS_ENDPOINT_URL; awscli 2 is not on PyPI.
const CLIENTS: Packages = { requirements: ['awscli>=1.29,<2', 'boto3>=1.28,<2'], shown: 'boto3 and the AWS CLI' };
const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/lambdapool-python/', import.meta.url));
const INSTALL_TIMEOUT_MS = 300_000;
const COMMAND_TIMEOUT_MS = 60_000;

/** Finds or makes the virtual environment. Where CI is set, a missing one is an error rather than a skip. */
export async function findPython({ requirements, shown }: Packages = CLIENTS): Promise<Python> {
  const key = createHash('sha256').update(requirements.join('\n')).digest('hex').slice(0, 16);
  const directory = path.join(CACHE, key);
  const interpreter = path.join(
    directory,
    ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']),
  );
  try {
    if (!existsSync(interpreter)) await install(directory, requirements);
    return { interpreter };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const missing = `${shown} need python3 with venv, and PyPI: ${why.split('\n', 1)[0]}`;
    if (process.env['CI'] !== undefined) throw new Error(missing, { cause: error });
    return { missing };
  }
}

/**
 * Installs beside `directory` and renames: two test files may do this at the same time, and a half-made one never counts.
 * After that only `python -m` works, as the scripts in `bin` name the folder they were made in.
 */
async function install(directory: string, requirements: readonly string[]): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  const made = await mkdtemp(path.join(CACHE, 'making-'));
  try {
    const base = process.platform === 'win32' ? 'python' : 'python3';
    await checked(base, ['-m', 'venv', made], INSTALL_TIMEOUT_MS);
    const python = path.join(made, ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']));
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...requirements];
    await checked(python, pip, INSTALL_TIMEOUT_MS);
    if (!existsSync(directory)) await rename(made, directory);
  } catch (error) {
    if (!existsSync(directory)) throw error;
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}

async function checked(command: string, args: readonly string[], timeoutMs: number): Promise<void> {
  const { exitCode, stdout, stderr } = await run(command, args, { timeoutMs, env: process.env });
  if (exitCode === 0) return;
  // pip's last line says it; venv without ensurepip (Debian's python3 alone) speaks on standard output.
  const why = stderr.trim().split('\n').at(-1) || stdout.trim().split('\n')[0];
  throw new Error(`\`${command} ${args.join(' ')}\` failed: ${why}`);
}

/** The environment that points a client at an endpoint, and keeps it from reading any configuration of this machine. */
export function clientEnvironment(endpoint: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    SYSTEMROOT: process.env['SYSTEMROOT'],
    HOME: tmpdir(),
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_MAX_ATTEMPTS: '1',
    AWS_PAGER: '',
    NO_PROXY: '127.0.0.1,localhost',
  };
}

/** Runs a program to its end. Rejects only if it cannot be started. */
export function run(
  command: string,
  args: readonly string[],
  options: { readonly env: NodeJS.ProcessEnv; readonly input?: string; readonly timeoutMs?: number },
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const settings = {
      env: options.env,
      timeout: options.timeoutMs ?? COMMAND_TIMEOUT_MS,
      maxBuffer: 64 * 1024 * 1024,
    };
    const child = execFile(command, args, settings, (error, stdout, stderr) => {
      if (error !== null && typeof error.code === 'string') return reject(error);
      resolve({ exitCode: child.exitCode ?? 1, stdout, stderr });
    });
    child.stdin?.end(options.input ?? '');
  });
}
