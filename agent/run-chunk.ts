/** Runs the calls of a chunk one after another and says what became of each. Never rejects. */
import { Call, timeoutError } from './call.ts';
import type { Invocation } from './call.ts';
import { bindCall } from './call-arguments.ts';
import { failed, succeeded } from './outcome.ts';
import type { CallOutcome, ChunkRequest } from './protocol.ts';
import { currentCall } from './task-context.ts';
import type { Task } from './task-table.ts';
import { Watchdog } from './watchdog.ts';

const NOT_STARTED: CallOutcome = { notStarted: true };

/** One outcome for each call, in order. */
export async function runChunk(
  task: Task,
  request: ChunkRequest,
  invocation: Invocation,
): Promise<readonly CallOutcome[]> {
  const run = new ChunkRun(task, request, invocation);
  const { length } = request.calls;
  const outcomes: CallOutcome[] = [];
  let longestMs = 0;
  let now = performance.now();
  for (let index = 0; index < length; index += 1) {
    if (index > 0 && !invocation.deadline.allowsCall(now, longestMs)) break;
    const outcome = run.call(index);
    // A task that returns its result costs no turn of the microtask queue.
    outcomes.push(outcome instanceof Promise ? await outcome : outcome);
    const before = now;
    now = performance.now();
    longestMs = Math.max(longestMs, now - before);
  }
  run.stop();
  while (outcomes.length < length) outcomes.push(NOT_STARTED);
  return outcomes;
}

class ChunkRun {
  readonly #task: Task;
  readonly #request: ChunkRequest;
  readonly #invocation: Invocation;
  readonly #timeout = Symbol('timeout');
  /** A call that is alone is left to Lambda's own timeout: that replaces the environment, and nobody else is at stake. */
  readonly #watchdog: Watchdog | undefined;

  constructor(task: Task, request: ChunkRequest, invocation: Invocation) {
    this.#task = task;
    this.#request = request;
    this.#invocation = invocation;
    if (request.calls.length > 1) {
      this.#watchdog = new Watchdog(
        () => invocation.deadline.untilAnswerMs(),
        () => this.#timeout,
      );
    }
  }

  call(index: number): CallOutcome | Promise<CallOutcome> {
    let args: readonly unknown[];
    try {
      args = bindCall(this.#task, this.#request.calls[index]);
    } catch (thrown) {
      return failed('ARGUMENTS_INVALID', thrown);
    }
    const call = new Call(this.#invocation, this.#request.attempts?.[index] ?? 1, index);
    let outcome: CallOutcome;
    try {
      const value = currentCall.run(call, this.#task.fn, ...args);
      if (isThenable(value)) return this.#settle(call, index, value);
      outcome = succeeded(value, this.#hasMoreAfter(index));
    } catch (thrown) {
      outcome = failed('TASK_THREW', thrown);
    }
    return this.#finish(call, outcome);
  }

  stop(): void {
    this.#watchdog?.stop();
  }

  async #settle(call: Call, index: number, value: PromiseLike<unknown>): Promise<CallOutcome> {
    // Within the call: the `then` of a lazy query is what runs it.
    const promise = currentCall.run(call, () => Promise.resolve(value));
    let outcome: CallOutcome;
    try {
      outcome = succeeded(await (this.#watchdog?.guard(promise) ?? promise), this.#hasMoreAfter(index));
    } catch (thrown) {
      outcome =
        thrown === this.#timeout
          ? failed('TASK_TIMEOUT', timeoutError(this.#invocation))
          : failed('TASK_THREW', thrown);
    }
    return this.#finish(call, outcome);
  }

  #finish(call: Call, outcome: CallOutcome): CallOutcome {
    const logs = call.end();
    if (logs === undefined) return outcome;
    return outcome.error === undefined && this.#request.logsOf === 'failures' ? outcome : { ...outcome, logs };
  }

  #hasMoreAfter(index: number): boolean {
    return index < this.#request.calls.length - 1;
  }
}

/** Whether `await` would wait for it. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  return 'then' in value && typeof value.then === 'function';
}
