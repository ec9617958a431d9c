/** From open to closed or terminated: who may enter, when all is done, and what is torn down then. */
import { LambdaPoolError } from '../shared/errors.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Job } from './job.ts';
import { warn } from './observers.ts';
import { canMove, checkOpen, poolClosed, poolTerminated } from './state.ts';
import type { PoolState } from './state.ts';

export class Lifecycle {
  readonly #dispatcher: Dispatcher;
  readonly #dispose: () => PromiseLike<void>;
  readonly #jobs = new Set<Job>();
  readonly #ended = Promise.withResolvers<void>();
  #state: PoolState = 'open';
  #wasUsed = false;

  /** @param dispose Called once, at the end. */
  constructor(dispatcher: Dispatcher, dispose: () => PromiseLike<void>) {
    this.#dispatcher = dispatcher;
    this.#dispose = dispose;
    dispatcher.onIdle = () => this.#endIfDone();
    // Whoever joins learns of it; if nobody does, it was reported.
    this.#ended.promise.catch(() => {});
  }

  /** Whether it was left open after use: what it holds was not given back. */
  get isForgotten(): boolean {
    return this.#state === 'open' && this.#wasUsed;
  }

  /** @throws {LambdaPoolError} POOL_CLOSED */
  checkOpen(): void {
    checkOpen(this.#state);
  }

  /** The pool does not end before the job has left. */
  enter(job: Job): void {
    this.#wasUsed = true;
    this.#jobs.add(job);
  }

  /**
   * For a job that left before it was done.
   * @throws {LambdaPoolError} POOL_CLOSED if the pool has ended since.
   */
  reenter(job: Job): void {
    if (this.#state === 'closed' || this.#state === 'terminated') throw poolClosed(this.#state);
    this.#jobs.add(job);
  }

  leave(job: Job): void {
    this.#jobs.delete(job);
    this.#endIfDone();
  }

  close(): void {
    if (!canMove(this.#state, 'closing')) return;
    this.#state = 'closing';
    this.#endIfDone();
  }

  terminate(): Promise<void> {
    if (canMove(this.#state, 'terminated')) {
      this.#state = 'terminated';
      this.#dispatcher.stop(poolTerminated('The invocation'));
      for (const job of this.#jobs) job.cancel(poolTerminated(job.task));
      this.#end();
    }
    return this.#ended.promise;
  }

  async join(): Promise<void> {
    if (this.#state === 'open') {
      throw new LambdaPoolError(
        'INVALID_STATE',
        'The pool is still running: call `close()` (finish what was given) or `terminate()` (drop it) before `join()`.',
      );
    }
    return this.#ended.promise;
  }

  #endIfDone(): void {
    if (this.#state !== 'closing' || this.#jobs.size > 0 || !this.#dispatcher.isIdle) return;
    this.#state = 'closed';
    this.#end();
  }

  #end(): void {
    this.#dispose().then(this.#ended.resolve, (error: unknown) => {
      warn('Closing the transport', error);
      this.#ended.reject(error);
    });
  }
}
