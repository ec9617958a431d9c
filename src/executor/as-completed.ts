/** `asCompleted`: many futures, each given out when it has ended. */
import { checkWait } from '../pool/async-result.ts';
import { waitFor } from '../shared/abort.ts';
import type { WaitOptions } from '../shared/abort.ts';
import { LambdaPoolError, isLambdaPoolError } from '../shared/errors.ts';
import { checkFutures } from './check-futures.ts';
import type { Future } from './future.ts';

/**
 * Gives out each of the futures, of any executors, once it has ended, however it ended: first those that have ended already.
 * A future that is given twice comes once.
 * @param options `timeoutMs` counts from this call; after it, the iterator rejects with WAIT_TIMEOUT if more is asked for.
 * @example
 * for await (const future of asCompleted(futures)) console.log(await future.exception());
 */
export function asCompleted<F extends Future<unknown>>(
  futures: Iterable<F>,
  options: WaitOptions = {},
): AsyncIterableIterator<F, undefined> & AsyncDisposable {
  checkWait('asCompleted()', options);
  return new AsCompleted(checkFutures('asCompleted()', futures), options);
}

class AsCompleted<F extends Future<unknown>> implements AsyncIterableIterator<F, undefined>, AsyncDisposable {
  readonly #total: number;
  readonly #pending = new Map<F, Disposable>();
  readonly #signal: AbortSignal | undefined;
  readonly #endsAt: number | undefined;
  /** Ended and not given out. */
  #ready: F[] = [];
  /** One request after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  #wake: () => void = () => {};

  constructor(futures: ReadonlySet<F>, { timeoutMs, signal }: WaitOptions) {
    this.#total = futures.size;
    this.#signal = signal;
    this.#endsAt = timeoutMs === undefined ? undefined : performance.now() + timeoutMs;
    for (const future of futures) {
      if (future.done()) this.#ready.push(future);
      else
        this.#pending.set(
          future,
          future.addDoneCallback(() => this.#arrive(future)),
        );
    }
  }

  next(): Promise<IteratorResult<F, undefined>> {
    const result = this.#turn.then(() => this.#next());
    // Not the result itself: it would be held until the next request.
    this.#turn = result.then(nothing, nothing);
    return result;
  }

  return(): Promise<IteratorResult<F, undefined>> {
    this.#stop();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop();
  }

  async #next(): Promise<IteratorResult<F, undefined>> {
    this.#signal?.throwIfAborted();
    if (this.#ready.length === 0 && this.#pending.size > 0) await this.#wait();
    const value = this.#ready.shift();
    return value === undefined ? { done: true, value } : { done: false, value };
  }

  async #wait(): Promise<void> {
    const woken = Promise.withResolvers<void>();
    this.#wake = woken.resolve;
    const timeoutMs = this.#endsAt === undefined ? undefined : Math.max(0, this.#endsAt - performance.now());
    try {
      await waitFor(woken.promise, { timeoutMs, signal: this.#signal }, 'asCompleted()');
    } catch (error) {
      const unfinished = this.#pending.size;
      this.#stop();
      throw isLambdaPoolError(error, 'WAIT_TIMEOUT') ? outOfTime(unfinished, this.#total) : error;
    }
  }

  #arrive(future: F): void {
    this.#pending.delete(future);
    this.#ready.push(future);
    this.#wake();
  }

  /** Forgets all futures: nobody is told of them any more. */
  #stop(): void {
    for (const link of this.#pending.values()) link[Symbol.dispose]();
    this.#pending.clear();
    this.#ready = [];
    this.#wake();
  }
}

function nothing(): void {}

function outOfTime(unfinished: number, total: number): LambdaPoolError {
  const message = `${unfinished} (of ${total}) futures unfinished. They go on; wait again, or cancel them.`;
  return new LambdaPoolError('WAIT_TIMEOUT', message, { details: { unfinished, total }, retryable: true });
}
