/** Waiting that can end early. The only place that races a promise against a timer or a signal: both are always cleared. */
import { LambdaPoolError } from './errors.ts';

export interface WaitOptions {
  /** Milliseconds to wait; rejects with WAIT_TIMEOUT after that. Absent: no limit. */
  readonly timeoutMs?: number | undefined;
  /** Ends the wait with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Settles as `promise` does, unless the time is up or the signal fires before. What `promise` stands for goes on.
 * @throws {LambdaPoolError} WAIT_TIMEOUT after `timeoutMs`.
 * @throws `signal.reason` when aborted.
 */
export function waitFor<T>(promise: PromiseLike<T>, options: WaitOptions, what: string): Promise<T> {
  const { timeoutMs, signal } = options;
  if (timeoutMs === undefined && signal === undefined) return Promise.resolve(promise);
  return new Promise<T>((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const onAbort = (): void => settle(() => reject(signal?.reason));
    const settle = (how: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      how();
    };
    // Whoever stops waiting must still take the end of the promise: a failure that nobody hears ends the process.
    promise.then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => settle(() => reject(error)),
    );
    if (signal?.aborted === true) return onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    if (timeoutMs !== undefined) {
      timer = setTimeout(() => {
        const message = `${what} did not finish within ${timeoutMs} ms. It goes on; wait again, or use a \`signal\` to give it up.`;
        settle(() => reject(new LambdaPoolError('WAIT_TIMEOUT', message, { details: { timeoutMs }, retryable: true })));
      }, timeoutMs);
    }
  });
}

/** Resolves after `ms`; rejects with `signal.reason` when aborted before. Keeps the process alive. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason);
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
