/** Options of an executor's methods. */
import type { ApplyOptions, ImapOptions } from '../pool/options.ts';

/** Options of `submit`: those of a pool's `apply`. */
export type SubmitOptions = ApplyOptions;

/** Options of an executor's `map`. */
export interface ExecutorMapOptions extends Omit<ImapOptions, 'timeoutMs' | 'buffersize'> {
  /**
   * Milliseconds from this call within which the results must come: after that, whoever asks for one is rejected with
   * WAIT_TIMEOUT, and calls that were not sent are cancelled. How long one call may take is said for the task, in `taskOptions`.
   * @default no limit
   */
  readonly timeoutMs?: number | undefined;
  /**
   * How many items may have been taken whose results have not been consumed, at least 1. Without it, all items are taken at once.
   * @default no limit
   */
  readonly buffersize?: number | undefined;
}

/** Options of `shutdown`. */
export interface ShutdownOptions {
  /**
   * Whether the promise waits for the calls that are left. They finish in either case.
   * @default true
   */
  readonly wait?: boolean | undefined;
  /**
   * Cancel the calls that have not been sent.
   * @default false
   */
  readonly cancelFutures?: boolean | undefined;
}

export const SHUTDOWN_KEYS: readonly string[] = ['wait', 'cancelFutures'];
