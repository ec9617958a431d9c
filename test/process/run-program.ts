/** Runs a program of this folder's `programs` on Node, from source, and gathers what it prints. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface RunningProgram extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly pid: number;
  /** The next line on stdout, parsed as JSON. Rejects with stderr if the program ends before. */
  nextJson<T>(): Promise<T>;
  /** Exit code or signal. */
  ended(): Promise<number | string>;
  stderr(): string;
}

export function runProgram(
  name: string,
  args: readonly string[] = [],
  nodeFlags: readonly string[] = [],
): RunningProgram {
  const file = fileURLToPath(new URL(`./programs/${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, [...nodeFlags, '--import', 'tsx', file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = once(child, 'exit').then(([code, signal]: (number | string | null)[]) => code ?? signal ?? 0);
  let stderr = '';
  let stdout = '';
  const lines: string[] = [];
  const waiting: (() => void)[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    const parts = stdout.split('\n');
    stdout = parts.pop() ?? '';
    lines.push(...parts);
    for (const wake of waiting.splice(0)) wake();
  });
  child.stdout.on('close', () => {
    for (const wake of waiting.splice(0)) wake();
  });
  return {
    child,
    pid: child.pid ?? -1,
    async nextJson<T>() {
      while (lines.length === 0) {
        if (child.stdout.closed) throw new Error(`${name} ended without an answer:\n${stderr}`);
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
        });
      }
      return JSON.parse(lines.shift() ?? '') as T;
    },
    ended: () => end,
    stderr: () => stderr,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await end;
    },
  };
}
