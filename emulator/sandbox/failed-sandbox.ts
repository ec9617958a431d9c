/** A sandbox that could not be started: its end is told as any other's, so that whoever waits for it gets an answer. */
import type { Sandbox, SandboxListener, StartSandbox } from './sandbox.ts';

/** Makes a start that throws, for want of memory or threads, an exit. */
export function neverThrowing(start: StartSandbox): StartSandbox {
  return (settings) => {
    try {
      return start(settings);
    } catch (error) {
      return new FailedSandbox(error instanceof Error ? error.message : String(error));
    }
  };
}

class FailedSandbox implements Sandbox {
  readonly pid: undefined;
  #listener: SandboxListener | undefined;

  constructor(why: string) {
    setImmediate(() => this.#listener?.exited({ reason: `could not start: ${why}`, outOfMemory: false }));
  }

  listen(listener: SandboxListener): void {
    this.#listener = listener;
  }

  load(): void {}

  invoke(): void {}

  kill(): void {}
}
