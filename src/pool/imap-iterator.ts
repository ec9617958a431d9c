/** What `imap` returns: the consumer's side of an ImapJob. */
import type { WaitOptions } from '../shared/abort.ts';
import { checkWait } from './async-result.ts';
import type { ImapJob } from './imap-job.ts';

/**
 * Results of an `imap`. Leaving the loop, `return()` and the end of an `await using` block end it: items that were not
 * taken stay where they are, calls that were not sent never are.
 */
export class ImapIterator<R> implements AsyncIterableIterator<R, undefined>, AsyncDisposable {
  readonly #job: ImapJob;

  constructor(job: ImapJob) {
    this.#job = job;
  }

  /**
   * The next result; rejects with the error of a failed call in its place. After that it goes on, if asked again, but
   * `for await` ends at an error. Giving up the wait loses nothing: the result goes to the next who asks.
   * @throws {LambdaPoolError} WAIT_TIMEOUT after `timeoutMs`.
   * @throws `signal.reason` when the signal of this wait fires.
   */
  next(wait?: WaitOptions): Promise<IteratorResult<R, undefined>> {
    if (wait !== undefined) return this.#nextWithin(wait);
    // The task's signature is the caller's word.
    return this.#job.next() as Promise<IteratorResult<R, undefined>>;
  }

  /** Ends the iteration and closes the source. */
  async return(): Promise<IteratorResult<R, undefined>> {
    await this.#job.stop();
    return { done: true, value: undefined };
  }

  async #nextWithin(wait: WaitOptions): Promise<IteratorResult<R, undefined>> {
    checkWait('next()', wait);
    return this.#job.next(wait) as Promise<IteratorResult<R, undefined>>;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#job.stop();
  }
}
