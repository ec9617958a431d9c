/**
 * A sandbox that is a worker thread: starts faster and answers faster than a process. What belongs to the whole process
 * is shared with the emulator: the working directory, native modules with global state, signals.
 */
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import { ENTRY_FLAGS, entryFile } from './entry-file.ts';
import { exitReason } from './exit-reason.ts';
import { encodeInvocation, type CodeLocation, type SandboxInvocation } from './messages.ts';
import { receiveMessage } from './receive.ts';
import type { Sandbox, SandboxExit, SandboxListener, SandboxSettings } from './sandbox.ts';
import type { ThreadData } from './thread-entry.ts';

export function startThread(settings: SandboxSettings): Sandbox {
  return new ThreadSandbox(settings);
}

class ThreadSandbox implements Sandbox {
  readonly pid: undefined;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #wake: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(4));
  #listener: SandboxListener | undefined;
  #exit: SandboxExit | undefined;
  #killed = false;
  #outOfMemory = false;

  constructor(settings: SandboxSettings) {
    const { port1, port2 } = new MessageChannel();
    const data: ThreadData = { port: port2, wake: this.#wake };
    this.#port = port1;
    this.#worker = new Worker(entryFile('thread-entry'), {
      workerData: data,
      transferList: [port2],
      env: settings.env,
      // Not the parent's loaders and flags.
      execArgv: [...ENTRY_FLAGS],
      resourceLimits: { maxOldGenerationSizeMb: settings.memoryMb },
      // Not to the parent's. Nobody reads them: all output comes as messages, and reading would keep the parent alive.
      stdout: true,
      stderr: true,
    });
    this.#hear();
    // Whoever waits for an answer keeps the parent alive; environments never do.
    this.#port.unref();
    this.#worker.unref();
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
    if (this.#killed || this.#exit !== undefined) return;
    this.#killed = true;
    // Rejects never; its end is told by 'exit'.
    void this.#worker.terminate();
  }

  #send(message: string): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port, not a window
    this.#port.postMessage(message);
    Atomics.add(this.#wake, 0, 1);
    Atomics.notify(this.#wake, 0);
  }

  #hear(): void {
    this.#port.on('message', (message: string) => this.#receive(message));
    this.#worker.on('error', (error) => this.#hearError(error));
    this.#worker.on('exit', (code) => this.#end(code));
  }

  #receive(message: string): void {
    if (this.#listener !== undefined && !receiveMessage(message, this.#listener)) this.kill();
  }

  #take(): string | undefined {
    const received: { message: string } | undefined = receiveMessageOnPort(this.#port);
    return received?.message;
  }

  /** An exception that nobody caught. A process would print it before it dies; so do we. */
  #hearError(error: unknown): void {
    const isError = error instanceof Error;
    this.#outOfMemory = isError && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    this.#listener?.output(`${isError ? (error.stack ?? String(error)) : `Uncaught ${String(error)}`}\n`);
  }

  #end(code: number): void {
    if (this.#exit !== undefined) return;
    const reason = this.#killed || this.#outOfMemory ? 'signal: killed' : exitReason(code, null);
    this.#exit = { reason, outOfMemory: this.#outOfMemory };
    // Messages that were sent before the end are to be heard before it is told.
    for (let next = this.#take(); next !== undefined; next = this.#take()) this.#receive(next);
    this.#port.close();
    this.#listener?.exited(this.#exit);
  }
}
