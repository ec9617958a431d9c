/**
 * Keeps one sandbox started ahead, without code: what a new environment then costs is loading the handler.
 * It has the runtime in memory and waits; it counts as no environment, as it can run nothing yet.
 */
import { Waiters } from '../queue/waiters.ts';
import type { Sandbox, SandboxListener, SandboxSettings } from '../sandbox/sandbox.ts';

export class Spares implements Disposable {
  readonly #start: () => Sandbox;
  readonly #keepsSpare: boolean;
  #spare: Sandbox | undefined;
  /** Those that nobody has taken, on their way out included. */
  readonly #alive = new Set<Sandbox>();
  readonly #gone = new Waiters();
  #refilling: NodeJS.Immediate | undefined;
  #disposed = false;

  constructor(start: () => Sandbox, { inspectPort }: Pick<SandboxSettings, 'inspectPort'>) {
    this.#start = start;
    // A second process could not listen for a debugger where the first one does.
    this.#keepsSpare = inspectPort === undefined;
  }

  get pid(): number | undefined {
    return this.#spare?.pid;
  }

  /** The caller listens to the sandbox in this very tick. */
  take(): Sandbox {
    const sandbox = this.#spare ?? this.#start();
    this.#spare = undefined;
    this.#alive.delete(sandbox);
    return sandbox;
  }

  /** What environments are started with has changed: the one that is there is of no more use. */
  renew(): void {
    const old = this.#spare;
    this.#spare = undefined;
    old?.kill();
  }

  /** Starts a spare unless there is one, as soon as the event loop has done what is urgent. */
  refill(): void {
    if (!this.#keepsSpare || this.#spare !== undefined || this.#refilling !== undefined || this.#disposed) return;
    this.#refilling = setImmediate(() => {
      this.#refilling = undefined;
      if (this.#spare === undefined) this.#fill();
    });
    this.#refilling.unref();
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    clearImmediate(this.#refilling);
    this.#spare?.kill();
  }

  /** Resolves when none of those is left that nobody has taken. To be called after disposing. */
  async gone(): Promise<void> {
    if (this.#alive.size > 0) await this.#gone.wait();
  }

  #fill(): void {
    const spare = this.#start();
    this.#spare = spare;
    this.#alive.add(spare);
    const listener: SandboxListener = {
      loaded: () => {},
      loadFailed: () => {},
      answered: () => {},
      output: () => {},
      // Not replaced at once: what killed it might kill them all.
      exited: () => {
        if (this.#spare === spare) this.#spare = undefined;
        this.#alive.delete(spare);
        if (this.#alive.size === 0) this.#gone.resolve();
      },
    };
    spare.listen(listener);
  }
}
