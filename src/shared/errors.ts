/** The errors that users catch: one class with a closed set of codes, and a subclass for what a task threw. */

/** What went wrong. Codes are stable; messages are for people and may change. */
export type LambdaPoolErrorCode =
  // The caller's: nothing was sent.
  | 'OPTION_INVALID'
  | 'TASK_NOT_FOUND'
  | 'ARGUMENTS_INVALID'
  | 'NOT_SERIALIZABLE'
  | 'PAYLOAD_TOO_LARGE'
  | 'POOL_CLOSED'
  | 'INVALID_STATE'
  | 'TASKS_DIFFER'
  | 'BUILD_FAILED'
  | 'JOURNAL_UNUSABLE'
  // The task's: it ran, or tried to.
  | 'TASK_THREW'
  | 'TASK_TIMEOUT'
  | 'TASK_OUT_OF_MEMORY'
  | 'TASK_EXITED'
  | 'INIT_FAILED'
  | 'RESULT_NOT_SERIALIZABLE'
  // The way's.
  | 'THROTTLED'
  | 'ACCESS_DENIED'
  | 'FUNCTION_NOT_FOUND'
  | 'UNREACHABLE'
  | 'OUTCOME_UNKNOWN'
  | 'DEPLOY_FAILED'
  // The wait's.
  | 'WAIT_TIMEOUT'
  | 'CANCELLED'
  | 'POOL_TERMINATED'
  // Ours.
  | 'BUG';

export interface LambdaPoolErrorOptions extends ErrorOptions {
  /** Facts for programs: numbers with their unit in the name, names, paths. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** True if the same call may succeed when it is made again. Default: false. */
  readonly retryable?: boolean;
}

// A brand rather than instanceof, so that two copies of the package in one process understand each other's errors.
const BRAND = Symbol.for('lambdapool.error');

/**
 * Every failure that lambdapool reports on its own account.
 * @example
 * try { await pool.apply('math.fibonacci', { args: [10] }) }
 * catch (error) { if (isLambdaPoolError(error, 'TASK_TIMEOUT')) ... }
 */
export class LambdaPoolError extends Error {
  readonly code: LambdaPoolErrorCode;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;

  static {
    Object.defineProperty(this.prototype, 'name', { value: 'LambdaPoolError', writable: true, configurable: true });
    Object.defineProperty(this.prototype, BRAND, { value: true });
  }

  constructor(code: LambdaPoolErrorCode, message: string, options: LambdaPoolErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? {};
  }
}

/** One record that a task wrote with `console`. */
export interface LogLine {
  /** Milliseconds since 1970, by the clock of the function. */
  readonly at: number;
  /** The method of `console`. */
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'log';
  /** Formatted text as the console prints it, newlines kept. */
  readonly text: string;
}

/** What the function knew about a failed call. */
export interface TaskErrorFacts {
  /** Full name: `math.fibonacci`. */
  readonly task: string;
  /** Position of the call within its map, from 0. */
  readonly index: number;
  /** Lambda's request id of the invocation. */
  readonly requestId: string;
  /** Which attempt failed, from 1. */
  readonly attempt: number;
  /** What the call wrote with `console`, up to `maxLogBytes`. Absent if it wrote nothing, or its environment died. */
  readonly logs?: readonly LogLine[];
  /** Last 4 KB of the execution log; only of an environment that died. */
  readonly logTail?: string;
}

/**
 * A task failed. `cause` is what it threw, rebuilt: an instance of the built-in class where there is one, else an
 * Error with the remote name; a thrown non-error stands there as it is. `stack` of the cause is the remote one.
 */
export class TaskError extends LambdaPoolError implements TaskErrorFacts {
  readonly task: string;
  readonly index: number;
  readonly requestId: string;
  readonly attempt: number;
  readonly logs?: readonly LogLine[];
  readonly logTail?: string;

  static {
    Object.defineProperty(this.prototype, 'name', { value: 'TaskError', writable: true, configurable: true });
  }

  constructor(
    code: LambdaPoolErrorCode,
    message: string,
    options: LambdaPoolErrorOptions & { readonly facts: TaskErrorFacts },
  ) {
    super(code, message, options);
    this.task = options.facts.task;
    this.index = options.facts.index;
    this.requestId = options.facts.requestId;
    this.attempt = options.facts.attempt;
    if (options.facts.logs !== undefined) this.logs = options.facts.logs;
    if (options.facts.logTail !== undefined) this.logTail = options.facts.logTail;
  }
}

/** Whether `error` is one of ours, of any copy of the package; with `code`, whether it is that one. */
export function isLambdaPoolError(error: unknown, code?: LambdaPoolErrorCode): error is LambdaPoolError {
  return error instanceof Error && BRAND in error && (code === undefined || ('code' in error && error.code === code));
}
