/** One call of an executor, in the words of Python's `concurrent.futures.Future`; can also be awaited. */
import { checkWait } from '../pool/async-result.ts';
import type { GatherJob } from '../pool/gather-job.ts';
import { warn } from '../pool/observers.ts';
import { waitFor } from '../shared/abort.ts';
import type { WaitOptions } from '../shared/abort.ts';
import { LambdaPoolError } from '../shared/errors.ts';
import { checkFunction } from '../shared/options.ts';

/**
 * - `pending`: waits to be sent; can be cancelled
 * - `running`: was sent, and may run
 * - `cancelled`: was given up by `cancel()` or `abort()`
 * - `returned`, `failed`: has ended by itself
 */
export type FutureState = 'pending' | 'running' | 'cancelled' | 'returned' | 'failed';

/**
 * What `LambdaExecutor.submit` returns. A failure that nobody asks for is no unhandled rejection.
 * @example
 * const future = executor.submit('math.fibonacci', { args: [30] });
 * future.addDoneCallback((each) => console.log(each.state));
 * const value = await future; // or: await future.result({ timeoutMs: 1000 })
 */
export class Future<R> implements PromiseLike<R> {
  /** Full name: `math.fibonacci`. */
  readonly task: string;
  readonly #promise: Promise<R>;
  #settle: { resolve(value: R): void; reject(error: unknown): void };
  #callbacks: Set<DoneCallback> = new Set();
  /** Undefined once it has ended: the arguments are let go. */
  #job: Work | undefined;
  #end: 'cancelled' | 'returned' | 'failed' | undefined;

  /** Made by executors only. */
  constructor(job: GatherJob<R>) {
    this.task = job.task;
    this.#job = job;
    const { promise, resolve, reject } = Promise.withResolvers<R>();
    this.#promise = promise;
    this.#settle = { resolve, reject };
    promise.catch(() => {});
    job.promise.then(
      (value) => this.#finish('returned', () => this.#settle.resolve(value)),
      (error: unknown) => this.#finish('failed', () => this.#settle.reject(error)),
    );
  }

  /** Where the call stands now. */
  get state(): FutureState {
    if (this.#end !== undefined) return this.#end;
    return this.#hasStarted ? 'running' : 'pending';
  }

  /**
   * Gives the call up if it is certain that it does not run: it then never will.
   * @returns whether it is cancelled now. False if it has been sent or has ended.
   */
  cancel(): boolean {
    if (this.state !== 'pending') return this.#end === 'cancelled';
    return this.#giveUp();
  }

  /**
   * Goes further than `cancel()`: gives up a call that runs, too. Lambda does not stop it, and bills it to its end.
   * @returns whether it is cancelled now. False if it has ended by itself.
   */
  abort(): boolean {
    return this.#end === undefined ? this.#giveUp() : this.#end === 'cancelled';
  }

  /** Whether `cancel()` or `abort()` has given it up. */
  cancelled(): boolean {
    return this.#end === 'cancelled';
  }

  /** Whether it has been sent and has not ended. */
  running(): boolean {
    return this.state === 'running';
  }

  /** Whether it has ended: well, badly, or by being cancelled. */
  done(): boolean {
    return this.#end !== undefined;
  }

  /**
   * The result, or the call's error. Giving up the wait does not give up the call.
   * @throws {LambdaPoolError} WAIT_TIMEOUT after `timeoutMs`; CANCELLED if it was cancelled.
   * @throws `signal.reason` when the signal of this wait fires.
   */
  async result(options: WaitOptions = {}): Promise<R> {
    checkWait('result()', options);
    return waitFor(this.#promise, options, this.#what);
  }

  /**
   * The call's error, null if it returned.
   * @throws as `result`, but for the call's own error.
   */
  async exception(options: WaitOptions = {}): Promise<unknown> {
    checkWait('exception()', options);
    const error = this.#promise.then(
      () => null,
      (reason: unknown) => (this.#end === 'cancelled' ? Promise.reject(reason) : reason),
    );
    return waitFor(error, options, this.#what);
  }

  /**
   * Calls `callback` with this future when it has ended, each once and in the order in which they were added; at once, before
   * this method returns, if it has ended already. What a callback throws becomes a process warning.
   * @returns what takes the callback off again.
   */
  addDoneCallback(callback: (future: Future<R>) => unknown): Disposable {
    checkFunction('callback', callback);
    // One entry for each time it is added.
    const entry: DoneCallback = { call: () => callback(this) };
    if (this.#end === undefined) this.#callbacks.add(entry);
    else this.#tell(entry);
    return { [Symbol.dispose]: () => void this.#callbacks.delete(entry) };
  }

  /** Makes it awaitable. */
  // oxlint-disable-next-line unicorn/no-thenable -- being awaitable is what it is for
  then<A = R, B = never>(
    onFulfilled?: ((value: R) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#promise.then(onFulfilled, onRejected);
  }

  get #what(): string {
    return `submit('${this.task}')`;
  }

  get #hasStarted(): boolean {
    const job = this.#job;
    if (job === undefined || job.hasEnded) return true;
    for (const chunk of job.chunks) if (chunk.hasStarted) return true;
    return false;
  }

  #giveUp(): boolean {
    const job = this.#job;
    // Its end is known and about to be told.
    if (job === undefined || job.hasEnded) return false;
    const error = cancelled(this.task);
    this.#finish('cancelled', () => this.#settle.reject(error));
    job.cancel(error);
    return true;
  }

  #finish(end: 'cancelled' | 'returned' | 'failed', settle: () => void): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#job = undefined;
    settle();
    const callbacks = this.#callbacks;
    this.#callbacks = new Set();
    for (const entry of callbacks) this.#tell(entry);
  }

  #tell(entry: DoneCallback): void {
    try {
      const returned = entry.call();
      if (returned instanceof Promise) returned.catch((error: unknown) => warn('A done callback', error));
    } catch (error) {
      warn('A done callback', error);
    }
  }
}

interface DoneCallback {
  readonly call: () => unknown;
}

/** What a future needs of its job. */
type Work = Pick<GatherJob<unknown>, 'hasEnded' | 'chunks' | 'cancel'>;

/** What a call rejects with that was given up before it ran. */
export function cancelled(task: string): LambdaPoolError {
  return new LambdaPoolError('CANCELLED', `${task} was cancelled.`, { details: { task } });
}
