/** Child processes of the benchmarks: started, heard, and ended without leaving anything behind. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const ROOT: string = fileURLToPath(new URL('..', import.meta.url));

/** The built command line. */
export const CLI: string = fileURLToPath(new URL('../dist/src/cli/main.js', import.meta.url));

/** A child that serves something until it is disposed of. */
export interface Server extends AsyncDisposable {
  /** `http://127.0.0.1:4711` */
  readonly origin: string;
  /** Milliseconds from the spawn to the line with the address. */
  readonly readyMs: number;
}

/** Starts Node with `args` and waits until it prints an address. */
export async function startServing(args: readonly string[]): Promise<Server> {
  const start = performance.now();
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const origin = await addressOf(child);
    const readyMs = performance.now() - start;
    // What it prints later must not fill the pipe.
    child.stdout?.resume();
    return { origin, readyMs, [Symbol.asyncDispose]: () => end(child) };
  } catch (error) {
    await end(child);
    throw error;
  }
}

async function addressOf(child: ChildProcess): Promise<string> {
  let output = '';
  child.stdout?.setEncoding('utf8');
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (text: string) => {
      output += text;
      const [origin] = /http:\/\/127\.0\.0\.1:\d+/.exec(output) ?? [];
      if (origin === undefined) return;
      child.stdout?.removeAllListeners('data');
      resolve(origin);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the server ended with ${code} before it was ready:\n${output}`)));
  });
}

/** Asks a child to end, and insists after five seconds. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  const insist = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(insist);
}

/** Milliseconds that Node with `args` takes from spawn to exit. */
export async function runMs(args: readonly string[]): Promise<number> {
  const start = performance.now();
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}`);
  return performance.now() - start;
}

/** What starting Node costs on this machine, whatever it runs: `node -e 0`. */
export function floorMs(): Promise<number> {
  return runMs(['-e', '0']);
}
