/** A result that may still be under way, in Python's words; can also be awaited. */
import { waitFor } from '../shared/abort.ts';
import type { WaitOptions } from '../shared/abort.ts';
import { LambdaPoolError } from '../shared/errors.ts';
import { checkInteger, checkKeys, checkSignal } from '../shared/options.ts';
import { LONGEST_TIMER_MS } from './keep-alive.ts';
import { warn } from './observers.ts';
import type { Callbacks } from './options.ts';

/**
 * What `applyAsync`, `mapAsync` and `starmapAsync` return. A failure that nobody asks for is no unhandled rejection.
 * @example
 * const result = pool.applyAsync('math.fibonacci', { args: [30] });
 * if (!result.ready()) console.log('still at it');
 * const value = await result; // or: await result.get({ timeoutMs: 1000 })
 */
export class AsyncResult<R> implements PromiseLike<R> {
  readonly #promise: Promise<R>;
  readonly #what: string;
  #state: 'pending' | 'succeeded' | 'failed' = 'pending';

  /** @param what Names it in messages. */
  constructor(promise: Promise<R>, what: string, { callback, errorCallback }: Callbacks<R>) {
    this.#what = what;
    // Callbacks first: whoever finds it ready finds them called.
    this.#promise = promise.then(
      (value) => {
        observe('callback', callback, value);
        this.#state = 'succeeded';
        return value;
      },
      (error: unknown) => {
        observe('errorCallback', errorCallback, error);
        this.#state = 'failed';
        throw error;
      },
    );
    this.#promise.catch(() => {});
  }

  /** Makes it awaitable. */
  // oxlint-disable-next-line unicorn/no-thenable -- being awaitable is what it is for
  then<A = R, B = never>(
    onFulfilled?: ((value: R) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#promise.then(onFulfilled, onRejected);
  }

  /**
   * The result, or the call's error. Giving up the wait does not give up the call.
   * @throws {LambdaPoolError} WAIT_TIMEOUT after `timeoutMs`.
   * @throws `signal.reason` when the signal of this wait fires.
   */
  async get(options: WaitOptions = {}): Promise<R> {
    checkWait('get()', options);
    return waitFor(this.#promise, options, this.#what);
  }

  /**
   * Waits for the end, good or bad, for at most `timeoutMs`. Never throws the call's error.
   * @returns whether the end has come.
   * @throws `signal.reason` when the signal of this wait fires.
   */
  async wait(options: WaitOptions = {}): Promise<boolean> {
    checkWait('wait()', options);
    const end = this.#promise.then(
      () => true,
      () => true,
    );
    try {
      return await waitFor(end, options, this.#what);
    } catch (error) {
      if (options.signal?.aborted === true) throw error;
      return false;
    }
  }

  /** Whether the call has ended. */
  ready(): boolean {
    return this.#state !== 'pending';
  }

  /**
   * Whether the call has ended well.
   * @throws {LambdaPoolError} INVALID_STATE while it is under way.
   */
  successful(): boolean {
    if (this.#state === 'pending') {
      throw new LambdaPoolError(
        'INVALID_STATE',
        `${this.#what} has not ended, so nobody knows whether it is successful. Ask \`ready()\` first, or await it.`,
      );
    }
    return this.#state === 'succeeded';
  }
}

/** @throws {LambdaPoolError} OPTION_INVALID */
export function checkWait(what: string, options: WaitOptions): void {
  checkKeys(what, options, ['timeoutMs', 'signal']);
  if (options.timeoutMs !== undefined) checkInteger('timeoutMs', options.timeoutMs, { min: 0, max: LONGEST_TIMER_MS });
  if (options.signal !== undefined) checkSignal('signal', options.signal);
}

function observe<T>(name: string, callback: ((value: T) => void) | undefined, value: T): void {
  try {
    callback?.(value);
  } catch (error) {
    warn(name, error);
  }
}
