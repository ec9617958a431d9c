/** Runs Event invocations in the background: up to two retries of a failed one, and no error ever escapes. */
import type { InvocationResult } from '../invocation.ts';

export class EventQueue implements Disposable {
  readonly #retryDelaysMs: readonly number[];
  readonly #timers = new Set<NodeJS.Timeout>();
  #disposed = false;

  constructor(retryDelaysMs: readonly number[]) {
    this.#retryDelaysMs = retryDelaysMs;
  }

  /** @param invoke Makes one attempt. */
  add(invoke: () => Promise<InvocationResult>): void {
    this.#attempt(invoke, 0);
  }

  /** Retries that still wait are dropped. */
  [Symbol.dispose](): void {
    this.#disposed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #attempt(invoke: () => Promise<InvocationResult>, failures: number): void {
    invoke().then(
      (result) => this.#judge(result, invoke, failures),
      // The emulator is closing, or the code does not build: nobody is left to tell but those who follow the events.
      () => {},
    );
  }

  #judge(result: InvocationResult, invoke: () => Promise<InvocationResult>, failures: number): void {
    if (result.functionError === undefined || this.#disposed) return;
    const delayMs = this.#retryDelaysMs[failures];
    if (delayMs === undefined) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#attempt(invoke, failures + 1);
    }, delayMs);
    // A retry minutes away is no reason for a script to stay.
    timer.unref();
    this.#timers.add(timer);
  }
}
