/** Options of a pool and of its calls: documentation, defaults and checks. */
import { checkBoolean, checkFunction, checkInteger, checkKeys, checkSignal, invalidOption } from '../shared/options.ts';
import { LONGEST_TIMER_MS } from './keep-alive.ts';

/** How the calls of a task are treated. Given with the call, for the task, or for the pool: the nearest wins. */
export interface TaskOptions {
  /**
   * Whether running a call twice does no harm. Only then is it sent again when nobody can tell whether it ran: its
   * environment died together with other calls, or the connection was lost.
   * @default false
   */
  readonly idempotent?: boolean | undefined;
  /**
   * How often a call is run again whose task failed: it threw, timed out, ran out of memory or left its process.
   * @default 0
   */
  readonly retries?: number | undefined;
  /**
   * Milliseconds that one attempt of a call may take from its first sending to its outcome, throttling included and the
   * wait in the pool's queue not. A chunk has this time for each of its calls. After that the call rejects with
   * TASK_TIMEOUT; the function may run on, up to its own timeout.
   * @default no limit but the function's own
   */
  readonly timeoutMs?: number | undefined;
}

/** Options of a pool over a given transport. */
export interface PoolOptions extends TaskOptions {
  /** How many invocations may be in flight at once, in the whole pool. At least 1. */
  readonly workers: number;
  /** Options for some tasks, by full name: `{ 'math.fibonacci': { retries: 2 } }`. */
  readonly taskOptions?: Readonly<Record<string, TaskOptions>> | undefined;
}

/** Options that all kinds of calls have. */
export interface CallOptions extends TaskOptions {
  /**
   * Ends the call with `signal.reason`. What was not sent never is; what runs on Lambda runs, and bills, to its end.
   */
  readonly signal?: AbortSignal | undefined;
}

/** Options of `apply`. */
export interface ApplyOptions extends CallOptions {
  /** Arguments by position. */
  readonly args?: readonly unknown[] | undefined;
  /** Arguments by parameter name. */
  readonly kwds?: Readonly<Record<string, unknown>> | undefined;
}

/** Whom to tell of the end; before anybody who waits for the AsyncResult learns of it. What they throw becomes a warning. */
export interface Callbacks<R> {
  /** Called once with the result. */
  readonly callback?: ((result: R) => void) | undefined;
  /** Called once with the error. */
  readonly errorCallback?: ((error: unknown) => void) | undefined;
}

/** How far a map is. */
export interface Progress {
  /** Calls that have returned. */
  readonly done: number;
  /** Calls that have failed. */
  readonly failed: number;
  /** All calls, those under way included. */
  readonly total: number;
}

/** Options of `map` and `starmap`. */
export interface MapOptions extends CallOptions {
  /**
   * Calls that travel in one invocation, at least 1. Fewer if they would be larger than an invocation may be.
   * @default ceil(items / (workers * 4))
   */
  readonly chunksize?: number | undefined;
  /** Called whenever an invocation has ended. What it throws becomes a process warning. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Options of `imap` and `imapUnordered`. */
export interface ImapOptions extends CallOptions {
  /**
   * Calls that travel in one invocation, at least 1.
   * @default 1
   */
  readonly chunksize?: number | undefined;
  /**
   * How many items may have been taken from the source whose results have not been consumed, at least 1. Fewer than
   * `chunksize` makes smaller chunks.
   * @default 2 * workers * chunksize
   */
  readonly buffersize?: number | undefined;
}

/** TaskOptions with all defaults in place. */
export interface CallPolicy {
  readonly idempotent: boolean;
  readonly retries: number;
  /** Infinity: no limit. */
  readonly timeoutMs: number;
}

const TASK_KEYS = ['idempotent', 'retries', 'timeoutMs'];
const CALL_KEYS = [...TASK_KEYS, 'signal'];
const CALLBACK_KEYS = ['callback', 'errorCallback'];
const DEFAULT_POLICY: CallPolicy = { idempotent: false, retries: 0, timeoutMs: Infinity };

/** Names of the options that each call knows. */
export const APPLY_KEYS: readonly string[] = [...CALL_KEYS, 'args', 'kwds'];
export const APPLY_ASYNC_KEYS: readonly string[] = [...APPLY_KEYS, ...CALLBACK_KEYS];
export const MAP_KEYS: readonly string[] = [...CALL_KEYS, 'chunksize', 'onProgress'];
export const MAP_ASYNC_KEYS: readonly string[] = [...MAP_KEYS, ...CALLBACK_KEYS];
export const IMAP_KEYS: readonly string[] = [...CALL_KEYS, 'chunksize', 'buffersize'];
export const POOL_KEYS: readonly string[] = [...TASK_KEYS, 'workers', 'taskOptions'];

/** Which policy a call has. */
export interface Policies {
  /**
   * The policy of a call of `task` with these options of its own.
   * @throws {LambdaPoolError} OPTION_INVALID
   */
  of(task: string, options: TaskOptions): CallPolicy;
}

/**
 * Reads the pool's policies once, so that a call that adds nothing costs nothing.
 * @throws {LambdaPoolError} OPTION_INVALID
 */
export function resolvePolicies(options: TaskOptions & Pick<PoolOptions, 'taskOptions'>): Policies {
  const general = refine(DEFAULT_POLICY, options, '');
  const byTask = new Map<string, CallPolicy>();
  const { taskOptions = {} } = options;
  if (typeof taskOptions !== 'object' || taskOptions === null || Array.isArray(taskOptions)) {
    throw invalidOption('taskOptions', 'an object of options by task name', taskOptions);
  }
  for (const [task, own] of Object.entries(taskOptions)) {
    checkKeys(`taskOptions['${task}']`, own, TASK_KEYS);
    byTask.set(task, refine(general, own, `taskOptions['${task}'].`));
  }
  return { of: (task, own) => refine(byTask.get(task) ?? general, own, '') };
}

function refine(base: CallPolicy, own: TaskOptions, prefix: string): CallPolicy {
  const { idempotent, retries, timeoutMs } = own;
  if (idempotent === undefined && retries === undefined && timeoutMs === undefined) return base;
  return {
    idempotent: idempotent === undefined ? base.idempotent : checkBoolean(`${prefix}idempotent`, idempotent),
    retries: retries === undefined ? base.retries : checkInteger(`${prefix}retries`, retries, { min: 0 }),
    timeoutMs: timeoutMs === undefined ? base.timeoutMs : checkTimeout(`${prefix}timeoutMs`, timeoutMs),
  };
}

/** A number of milliseconds that a timer can count. */
function checkTimeout(name: string, value: unknown): number {
  return checkInteger(name, value, { min: 1, max: LONGEST_TIMER_MS });
}

/** Checks what all calls have in common, before anything happens. */
export function checkCall(name: string, task: unknown, options: CallOptions & Callbacks<never>): void {
  if (typeof task !== 'string' || task === '') {
    throw invalidOption(`task`, `the name of a task for ${name}(), such as 'math.fibonacci'`, task);
  }
  if (options.signal !== undefined) checkSignal('signal', options.signal);
  if (options.callback !== undefined) checkFunction('callback', options.callback);
  if (options.errorCallback !== undefined) checkFunction('errorCallback', options.errorCallback);
}

/** Checks `chunksize` and `buffersize`, which may be absent. */
export function checkCount(name: string, value: unknown): number | undefined {
  return value === undefined ? undefined : checkInteger(name, value, { min: 1 });
}
