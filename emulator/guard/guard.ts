/** The emulator's side of the guard: sees to it that no process and no folder outlives it, however it ends. */
import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { killTree } from './kill-tree.ts';

const ENTRY = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './guard-entry.ts' : './guard-entry.js', import.meta.url),
);

/** A guard that somebody kills is replaced at once, but not over and over where none can live. */
const MIN_MS_BETWEEN_REPLACEMENTS = 1_000;

/** It needs next to no memory. */
const FLAGS = ['--max-old-space-size=16', '--max-semi-space-size=1'];

/** Those with something to watch: one hook serves them all. */
const GUARDS = new Set<Guard>();

function warn(error: unknown): void {
  process.emitWarning(`The guard process could not be started: ${String(error)}`, 'LambdaPoolWarning');
}

function killAll(): void {
  for (const guard of GUARDS) guard.killAll();
}

/** A path may hold anything but what ends the line. */
function folderLine(folder: string): string {
  return `*${encodeURIComponent(folder)}\n`;
}

/** Starts its process with the first thing to watch, and never keeps the parent alive. */
export class Guard implements Disposable {
  readonly #pids = new Set<number>();
  readonly #folders = new Set<string>();
  #child: ChildProcess | undefined;
  #starting = false;
  #replacedAt = -Infinity;

  /** Process id of the guard itself, once there is one. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  watch(pid: number): void {
    // A process that ends of its own accord need not wait for the guard.
    if (GUARDS.size === 0) process.on('exit', killAll);
    GUARDS.add(this);
    this.#pids.add(pid);
    if (this.#child !== undefined) this.#tell(`+${pid}\n`);
    else this.#startSoon();
  }

  /** Removes the folder in the end, after the processes. */
  guardFolder(folder: string): void {
    this.#folders.add(folder);
    if (this.#child !== undefined) this.#tell(folderLine(folder));
    else this.#startSoon();
  }

  unwatch(pid: number): void {
    if (!this.#pids.delete(pid)) return;
    if (this.#pids.size === 0) this.#leave();
    this.#tell(`-${pid}\n`);
  }

  /** Ends the guard, which kills whatever is still watched. */
  [Symbol.dispose](): void {
    this.#leave();
    this.#starting = false;
    this.#child?.stdin?.end();
    this.#child = undefined;
  }

  killAll(): void {
    for (const pid of this.#pids) killTree(pid);
  }

  #leave(): void {
    GUARDS.delete(this);
    if (GUARDS.size === 0) process.off('exit', killAll);
  }

  /** After the first environment has been started: that one is waited for. */
  #startSoon(): void {
    if (this.#starting) return;
    this.#starting = true;
    setImmediate(() => {
      if (!this.#starting) return;
      this.#starting = false;
      this.#start();
    });
  }

  #start(): void {
    try {
      this.#child = this.#spawn();
    } catch (error) {
      // Most failures are events; want of memory is thrown.
      return warn(error);
    }
    this.#tell([...[...this.#pids].map((pid) => `+${pid}\n`), ...[...this.#folders].map(folderLine)].join(''));
  }

  #spawn(): ChildProcess {
    const child = spawn(process.execPath, [...FLAGS, ENTRY], {
      env: {},
      stdio: ['pipe', 'ignore', 'ignore'],
      // Neither the parent's terminal nor the death of its process group may end the guard.
      detached: true,
      windowsHide: true,
    });
    child.unref();
    // Without file descriptors left there is no `stdin`, whatever its type says.
    const stdin: ChildProcess['stdin'] | undefined = child.stdin;
    if (stdin instanceof Socket) stdin.unref();
    stdin?.on('error', () => {});
    child.on('error', (error) => {
      // It could not start: the next process to watch tries again.
      if (this.#child === child) this.#child = undefined;
      warn(error);
    });
    child.on('exit', () => {
      if (this.#child === child) this.#replace();
    });
    return child;
  }

  /** Somebody killed it. What it was told in the meantime is lost, so that waiting for the next to watch would not do. */
  #replace(): void {
    this.#child = undefined;
    const now = performance.now();
    if (this.#pids.size + this.#folders.size === 0 || now - this.#replacedAt < MIN_MS_BETWEEN_REPLACEMENTS) return;
    this.#replacedAt = now;
    this.#startSoon();
  }

  #tell(lines: string): void {
    this.#child?.stdin?.write(lines);
  }
}
