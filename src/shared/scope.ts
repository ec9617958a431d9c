/** Teardown that always finishes: steps run last in, first out, all of them, however many throw. */

/** Node 22 has no AsyncDisposableStack; this is the part of it that we need. */
export class Scope implements AsyncDisposable {
  readonly #steps: (() => unknown)[] = [];
  readonly #controller = new AbortController();
  #closed: Promise<void> | undefined;

  /** Aborts when closing begins. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Runs `step` at closing, at once if that is over. */
  defer(step: () => unknown): void {
    this.#steps.push(step);
  }

  /** Defers disposal of `resource` and returns it. */
  use<T extends AsyncDisposable | Disposable>(resource: T): T {
    this.defer(() => (Symbol.asyncDispose in resource ? resource[Symbol.asyncDispose]() : resource[Symbol.dispose]()));
    return resource;
  }

  /** Idempotent: later calls return the first one's promise. Throws an AggregateError of whatever the steps threw. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#controller.abort();
    const errors: unknown[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, `${errors.length} step(s) of closing failed.`);
  }
}
