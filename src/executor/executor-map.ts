/** What `executor.map` returns: the results in order, and the time that the whole may take. */
import type { ImapJob } from '../pool/imap-job.ts';
import { waitFor } from '../shared/abort.ts';
import { LambdaPoolError, isLambdaPoolError } from '../shared/errors.ts';

/**
 * Results of an executor's `map`. Leaving the loop, `return()` and the end of an `await using` block cancel the calls that
 * were not sent.
 */
export class ExecutorMap<R> implements AsyncIterableIterator<R, undefined>, AsyncDisposable {
  readonly #job: ImapJob;
  readonly #timeoutMs: number | undefined;
  readonly #endsAt: number;
  readonly #onError: (error: unknown) => void;

  /** Made by executors only. */
  constructor(job: ImapJob, timeoutMs: number | undefined, onError: (error: unknown) => void) {
    this.#job = job;
    this.#timeoutMs = timeoutMs;
    this.#endsAt = performance.now() + (timeoutMs ?? 0);
    this.#onError = onError;
  }

  /**
   * The next result; rejects with the error of a failed call in its place, and then goes on with the next one if asked
   * again. `for await` ends at an error.
   * @throws {LambdaPoolError} WAIT_TIMEOUT when the map's `timeoutMs` is over; what was not sent is cancelled, and the iterator
   * has ended.
   */
  async next(): Promise<IteratorResult<R, undefined>> {
    // The task's signature is the caller's word.
    const next = this.#job.next() as Promise<IteratorResult<R, undefined>>;
    const timeoutMs = this.#timeoutMs === undefined ? undefined : Math.max(0, this.#endsAt - performance.now());
    try {
      return await waitFor(next, { timeoutMs }, 'map()');
    } catch (error) {
      this.#onError(error);
      // What a task throws, a timeout too, has the code TASK_THREW.
      if (this.#timeoutMs === undefined || !isLambdaPoolError(error, 'WAIT_TIMEOUT')) throw error;
      await this.#job.stop();
      throw outOfTime(this.#job.task, this.#timeoutMs);
    }
  }

  /** Ends the iteration, cancels what was not sent, and closes the source. */
  async return(): Promise<IteratorResult<R, undefined>> {
    await this.#job.stop();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#job.stop();
  }
}

function outOfTime(task: string, timeoutMs: number): LambdaPoolError {
  const message = `map('${task}') did not finish within its \`timeoutMs\` of ${timeoutMs} ms. Calls that had not been sent were cancelled.`;
  return new LambdaPoolError('WAIT_TIMEOUT', message, { details: { task, timeoutMs } });
}
