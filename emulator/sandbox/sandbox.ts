/** The interface between an environment and whatever runs its code: a process or a thread. Types only. */
import type { CodeLocation, SandboxAnswer, SandboxInvocation } from './messages.ts';

/** How a sandbox ended. */
export interface SandboxExit {
  /** As Lambda words it: `exit status 3`, `signal: killed`. Undefined: it ended itself with status 0. */
  readonly reason: string | undefined;
  /** The memory limit of the runtime itself was hit, where that can be told. */
  readonly outOfMemory: boolean;
}

/** Hears what a sandbox does. `exited` comes exactly once, last. */
export interface SandboxListener {
  /** The handler is loaded. */
  loaded(): void;
  /** The handler could not be loaded; the sandbox is of no more use. */
  loadFailed(errorType: string, payload: string): void;
  answered(answer: SandboxAnswer): void;
  /** Something was written to stdout or stderr. */
  output(text: string): void;
  exited(exit: SandboxExit): void;
}

/** A runtime in a place of its own. It takes one job at a time; the caller keeps count. */
export interface Sandbox {
  /** Undefined for a thread, and for a process that could not be started. */
  readonly pid: number | undefined;
  /** Replaces the listener. To be called in the tick in which the sandbox was started, so that nothing is missed. */
  listen(listener: SandboxListener): void;
  load(code: CodeLocation): void;
  invoke(job: SandboxInvocation): void;
  /** Ends it at once, whatever it does. Idempotent. */
  kill(): void;
}

/** What a sandbox needs to know before it has code. */
export interface SandboxSettings {
  readonly memoryMb: number;
  /** The whole environment of the code: nothing is added but what the platform needs to start a process. */
  readonly env: Readonly<Record<string, string>>;
  /** Port on 127.0.0.1 at which it waits for a debugger. Processes only. */
  readonly inspectPort?: number | undefined;
}

/** Starts a sandbox without code. Never throws: failing to start is an exit. */
export type StartSandbox = (settings: SandboxSettings) => Sandbox;
