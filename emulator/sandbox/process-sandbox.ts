/** A sandbox that is a process: the default, as native modules, `process.exit`, memory and signals behave as on Lambda. */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Duplex, Readable } from 'node:stream';
import type { Guard } from '../guard/guard.ts';
import { killTree } from '../guard/kill-tree.ts';
import { ENTRY_FLAGS, entryFile } from './entry-file.ts';
import { exitReason } from './exit-reason.ts';
import { FrameReader, frameHeader } from './frames.ts';
import { encodeInvocation, type CodeLocation, type SandboxInvocation } from './messages.ts';
import { receiveMessage } from './receive.ts';
import type { Sandbox, SandboxExit, SandboxListener, SandboxSettings, StartSandbox } from './sandbox.ts';

/** A grandchild may hold our pipes open after its parent is gone; then we stop listening. */
const DRAIN_MS = 200;

/** AWS: the runtime's bootstrap gives the old generation of the heap 90 % of the memory. */
const HEAP_SHARE = 0.9;

const HEAP_EXHAUSTED = 'JavaScript heap out of memory';

/** Processes started with this are registered with `guard` as long as they live. */
export function createProcessStarter(guard: Guard): StartSandbox {
  return (settings) => new ProcessSandbox(settings, guard);
}

class ProcessSandbox implements Sandbox {
  readonly #child: ChildProcess;
  /** Missing when the process could not be started. */
  readonly #channel: Duplex | undefined;
  readonly #guard: Guard;
  #listener: SandboxListener | undefined;
  #exit: SandboxExit | undefined;
  #heapExhausted = false;
  #exited = false;

  constructor(settings: SandboxSettings, guard: Guard) {
    this.#guard = guard;
    const heapMb = Math.max(16, Math.floor(settings.memoryMb * HEAP_SHARE));
    this.#child = spawn(
      process.execPath,
      [`--max-old-space-size=${heapMb}`, ...inspectFlags(settings), ...ENTRY_FLAGS, entryFile('process-entry')],
      {
        env: settings.env,
        stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
        // A process group of its own: the terminal's Ctrl-C stays with the parent, and its children can be killed with it.
        detached: process.platform !== 'win32',
        windowsHide: true,
      },
    );
    // Without file descriptors left there is no `stdio`, whatever its type says.
    const stdio: ChildProcess['stdio'] | undefined = this.#child.stdio;
    this.#channel = stdio?.[3] as Duplex | undefined;
    if (this.#child.pid !== undefined) guard.watch(this.#child.pid);
    this.#unref();
    this.#hear();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  listen(listener: SandboxListener): void {
    this.#listener = listener;
  }

  load(code: CodeLocation): void {
    this.#send(`L${JSON.stringify(code)}`);
  }

  invoke(job: SandboxInvocation): void {
    this.#send(encodeInvocation(job));
  }

  kill(): void {
    if (this.#child.pid !== undefined && this.#exit === undefined) killTree(this.#child.pid);
  }

  #send(message: string): void {
    // One string, one write: the stream passes it to the kernel in this very tick.
    this.#channel?.write(frameHeader(Buffer.byteLength(message)) + message);
  }

  /** Whoever waits for an answer keeps the parent alive; environments never do. */
  #unref(): void {
    this.#child.unref();
    for (const stream of this.#streams()) {
      if ('unref' in stream && typeof stream.unref === 'function') stream.unref();
    }
  }

  #streams(): (Readable | Duplex)[] {
    return [this.#child.stdout, this.#child.stderr, this.#channel].filter(
      (each) => each !== null && each !== undefined,
    );
  }

  #hear(): void {
    const reader = new FrameReader((message) => this.#receive(message));
    this.#channel?.on('data', (chunk: Buffer) => {
      try {
        reader.push(chunk);
      } catch {
        this.kill();
      }
    });
    // A broken pipe is a dead process, which is told by its exit.
    this.#channel?.on('error', () => {});
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => this.#hearRaw(text));
      stream?.on('error', () => {});
    }
    this.#child.on('error', (error) => this.#end({ reason: `could not start: ${error.message}`, outOfMemory: false }));
    this.#child.on('exit', (code, signal) => this.#drain(code, signal));
    this.#child.on('close', () => this.#finish());
  }

  #hearRaw(text: string): void {
    if (text.includes(HEAP_EXHAUSTED)) this.#heapExhausted = true;
    this.#listener?.output(text);
  }

  #receive(message: string): void {
    if (this.#listener !== undefined && !receiveMessage(message, this.#listener)) this.kill();
  }

  #drain(code: number | null, signal: NodeJS.Signals | null): void {
    const { pid } = this.#child;
    if (pid !== undefined) {
      // Processes that the code has started and left behind.
      killTree(pid);
      this.#guard.unwatch(pid);
    }
    this.#exit ??= { reason: exitReason(code, signal), outOfMemory: false };
    setTimeout(() => {
      for (const stream of this.#streams()) stream.destroy();
      this.#finish();
    }, DRAIN_MS).unref();
  }

  #finish(): void {
    if (this.#exit === undefined) return;
    this.#end({ ...this.#exit, outOfMemory: this.#heapExhausted });
  }

  #end(exit: SandboxExit): void {
    if (this.#exited) return;
    this.#exit = exit;
    this.#exited = true;
    this.#listener?.exited(exit);
  }
}

function inspectFlags({ inspectPort }: SandboxSettings): string[] {
  return inspectPort === undefined ? [] : [`--inspect-brk=127.0.0.1:${inspectPort}`];
}
