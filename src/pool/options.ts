/** Options of a pool and of its calls: documentation, defaults and checks. */
import { checkBoolean, checkFunction, checkInteger, checkKeys, checkSignal, invalidOption } from '../shared/options.ts';
import { ENVIRONMENT_KEYS, environmentRules } from './environment-rules.ts';
import type { EnvironmentOptions, EnvironmentRules } from './environment-rules.ts';
import { ERROR_CLASS_KEYS, errorClasses } from './error-classes.ts';
import type { ErrorClassOptions, ErrorClasses } from './error-classes.ts';
import { EXPECTATION_KEYS } from './expected-tasks.ts';
import type { ExpectationOptions } from './expected-tasks.ts';
import { LONGEST_TIMER_MS } from './keep-alive.ts';
import { RECORD_KEYS } from './record-options.ts';
import type { RecordOptions } from './record-options.ts';
import type { SpeculateOptions } from './speculation.ts';
import type { TaskLog } from './task-log.ts';
import { WATCH_KEYS } from './stats-options.ts';
import type { WatchOptions } from './stats-options.ts';
import type { PoolStats } from './stats.ts';

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
  /**
   * Called for each record that a task wrote with `console`, when its call has ended and before anybody learns of its
   * result. What it throws becomes a process warning.
   */
  readonly onLog?: ((line: TaskLog) => void) | undefined;
  /**
   * How many bytes of a call's console output come back, to `onLog` and, if the call failed, on its error. What is beyond
   * is cut, with a mark. 0: none.
   * @default 65_536
   */
  readonly maxLogBytes?: number | undefined;
}

/** Options of a pool over a given transport. */
export interface PoolOptions
  extends TaskOptions, EnvironmentOptions, ErrorClassOptions, ExpectationOptions, WatchOptions {
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
  /** The whole pool at this moment, as `pool.stats()` gives it. */
  readonly stats: PoolStats;
}

/** How far an `imap` is. */
export interface ImapProgress extends Omit<Progress, 'total'> {
  /** Items that were taken from the source. */
  readonly taken: number;
  /** All calls. Absent until the source has ended. */
  readonly total?: number;
}

/** Options of `map` and `starmap`. */
export interface MapOptions extends CallOptions, RecordOptions {
  /**
   * Calls that travel in one invocation, at least 1. Fewer if they would be larger than an invocation may be. With
   * `'auto'` chunks begin as single calls and grow until one takes about a second: for many short calls, and for those of
   * which nobody knows how long they take.
   * @default ceil(items / (workers * 4))
   */
  readonly chunksize?: number | 'auto' | undefined;
  /** Called whenever an invocation has ended. What it throws becomes a process warning. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /**
   * For idempotent calls: once half of them are done, an invocation that takes `factor` times longer than the `percentile`
   * of those so far is sent a second time. The first answer counts and the other is given up, though Lambda bills it to its
   * end. At most a tenth of the workers, and at least one, is busy with such copies.
   * @default false; true is `{ percentile: 0.95, factor: 2 }`
   */
  readonly speculate?: boolean | SpeculateOptions | undefined;
  /**
   * What a failed call does to the others: with `'wait'` all end before the map rejects, as in Python; with `'failFast'`
   * the map rejects at once, what was not sent never is, and nobody waits for what is in flight.
   * @default 'wait'
   */
  readonly onError?: 'wait' | 'failFast' | undefined;
}

/** Options of `resume`. */
export type ResumeOptions = Omit<MapOptions, 'journal'>;

/** Options of a map that never rejects because of its calls: it resolves with an outcome for each, as `mapSettled` does. */
export interface SettleOptions extends Omit<MapOptions, 'onError'> {
  readonly onError: 'settle';
}

/** Options of `imap` and `imapUnordered`. */
export interface ImapOptions extends CallOptions {
  /**
   * Calls that travel in one invocation, at least 1. With `'auto'` chunks begin as single calls and grow until one takes
   * about a second.
   * @default 1
   */
  readonly chunksize?: number | 'auto' | undefined;
  /**
   * How many items may have been taken from the source whose results have not been consumed, at least 1. Fewer than
   * `chunksize` makes smaller chunks.
   * @default 2 * workers * chunksize, which grows with the chunks if they are `'auto'`
   */
  readonly buffersize?: number | undefined;
  /** Called whenever an invocation has ended. What it throws becomes a process warning. */
  readonly onProgress?: ((progress: ImapProgress) => void) | undefined;
}

/** TaskOptions with all defaults in place. */
export interface CallPolicy {
  readonly idempotent: boolean;
  readonly retries: number;
  /** Infinity: no limit. */
  readonly timeoutMs: number;
  readonly onLog: ((line: TaskLog) => void) | undefined;
  readonly maxLogBytes: number;
  /** What the pool says to each environment; the same for all its tasks. */
  readonly environment: EnvironmentRules | undefined;
  /** Classes for what tasks throw; the same for all of the pool's. */
  readonly errors: ErrorClasses | undefined;
  /** Of a call that travels alone; undefined: what Lambda carries. The same for all of the pool's. */
  readonly maxPayloadBytes: number | undefined;
}

const TASK_KEYS = ['idempotent', 'retries', 'timeoutMs', 'onLog', 'maxLogBytes'] as const;
const CALL_KEYS = [...TASK_KEYS, 'signal'];
const CALLBACK_KEYS = ['callback', 'errorCallback'];
const DEFAULT_POLICY: CallPolicy = {
  idempotent: false,
  retries: 0,
  timeoutMs: Infinity,
  onLog: undefined,
  maxLogBytes: 65_536,
  environment: undefined,
  errors: undefined,
  maxPayloadBytes: undefined,
};

/** Names of the options that each call knows. */
export const APPLY_KEYS: readonly string[] = [...CALL_KEYS, 'args', 'kwds'];
export const APPLY_ASYNC_KEYS: readonly string[] = [...APPLY_KEYS, ...CALLBACK_KEYS];
export const SETTLED_KEYS: readonly string[] = [...CALL_KEYS, ...RECORD_KEYS, 'chunksize', 'onProgress', 'speculate'];
export const MAP_KEYS: readonly string[] = [...SETTLED_KEYS, 'onError'];
export const RESUME_KEYS: readonly string[] = MAP_KEYS.filter((key) => key !== 'journal');
export const MAP_ASYNC_KEYS: readonly string[] = [...MAP_KEYS, ...CALLBACK_KEYS];
export const IMAP_KEYS: readonly string[] = [...CALL_KEYS, 'chunksize', 'buffersize', 'onProgress'];
export const POOL_KEYS: readonly string[] = [
  ...TASK_KEYS,
  ...ENVIRONMENT_KEYS,
  ...ERROR_CLASS_KEYS,
  ...EXPECTATION_KEYS,
  ...WATCH_KEYS,
  'workers',
  'taskOptions',
];

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
 * @param maxPayloadBytes What the transport says of itself.
 * @throws {LambdaPoolError} OPTION_INVALID
 */
export function resolvePolicies(options: Omit<PoolOptions, 'workers'>, maxPayloadBytes?: number): Policies {
  const general = refine(
    { ...DEFAULT_POLICY, environment: environmentRules(options), errors: errorClasses(options), maxPayloadBytes },
    options,
    '',
  );
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
  if (TASK_KEYS.every((key) => own[key] === undefined)) return base;
  const { idempotent, retries, timeoutMs, onLog, maxLogBytes } = own;
  return {
    idempotent: idempotent === undefined ? base.idempotent : checkBoolean(`${prefix}idempotent`, idempotent),
    retries: retries === undefined ? base.retries : checkInteger(`${prefix}retries`, retries, { min: 0 }),
    timeoutMs: timeoutMs === undefined ? base.timeoutMs : checkTimeout(`${prefix}timeoutMs`, timeoutMs),
    onLog: onLog === undefined ? base.onLog : checkFunction(`${prefix}onLog`, onLog),
    maxLogBytes:
      maxLogBytes === undefined ? base.maxLogBytes : checkInteger(`${prefix}maxLogBytes`, maxLogBytes, { min: 0 }),
    environment: base.environment,
    errors: base.errors,
    maxPayloadBytes: base.maxPayloadBytes,
  };
}

/** A number of milliseconds that a timer can count. */
function checkTimeout(name: string, value: unknown): number {
  return checkInteger(name, value, { min: 1, max: LONGEST_TIMER_MS });
}

/** Checks what all calls have in common, before anything happens. */
export function checkCall(options: CallOptions & Callbacks<never>): void {
  if (options.signal !== undefined) checkSignal('signal', options.signal);
  if (options.callback !== undefined) checkFunction('callback', options.callback);
  if (options.errorCallback !== undefined) checkFunction('errorCallback', options.errorCallback);
}

/** Checks `chunksize`, which may be absent. */
export function checkChunksize(value: unknown): number | 'auto' | undefined {
  if (value === undefined || value === 'auto') return value;
  if (typeof value === 'string') throw invalidOption('chunksize', "an integer of at least 1, or 'auto'", value);
  return checkInteger('chunksize', value, { min: 1 });
}

/** Checks `chunksize` and `buffersize`, which may be absent. */
export function checkCount(name: string, value: unknown): number | undefined {
  return value === undefined ? undefined : checkInteger(name, value, { min: 1 });
}
