/** One running call: what the task may ask about itself, and what it writes to the console. */
import type { Deadline } from './deadline.ts';
import { agentError } from './errors.ts';
import { LogBuffer } from './log-buffer.ts';
import type { LogLine } from './protocol.ts';

/** What a task can ask about the call that it is running for. */
export interface TaskContext {
  /** Lambda's id of this invocation. All calls of a chunk have the same. */
  readonly requestId: string;
  /** Full name of the task: `math.fibonacci`. */
  readonly task: string;
  /** From 1; higher when the pool sends the same call again. */
  readonly attempt: number;
  /** Position of the call in its chunk, from 0. Absent for a plain event. */
  readonly index?: number;
  /** Milliseconds until Lambda ends this invocation, 0 if that is over. */
  remainingMs(this: void): number;
  /**
   * Fires shortly before Lambda ends this invocation: a tenth of the function's timeout before, at most 500 ms. Its
   * reason is a DOMException named TimeoutError. Costs a timer from the first time that it is read to the end of the call.
   */
  readonly signal: AbortSignal;
}

/** What all calls of one invocation share. */
export interface Invocation {
  readonly requestId: string;
  readonly task: string;
  readonly deadline: Deadline;
  /** 0: console output is not captured. */
  readonly maxLogBytes: number;
}

// One is made for each of thousands of calls in a chunk, so it makes everything else only when asked.
export class Call {
  /** Set while the console writes through: what it writes by way of its own methods is one record, not two. */
  isWriting = false;
  readonly #invocation: Invocation;
  readonly #attempt: number;
  readonly #index: number | undefined;
  #hasEnded = false;
  #context: TaskContext | undefined;
  #logs: LogBuffer | undefined;
  #controller: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(invocation: Invocation, attempt: number, index?: number) {
    this.#invocation = invocation;
    this.#attempt = attempt;
    this.#index = index;
  }

  get context(): TaskContext {
    this.#context ??= this.#makeContext();
    return this.#context;
  }

  get wantsLogs(): boolean {
    return this.#invocation.maxLogBytes > 0 && !this.#hasEnded && !this.isWriting;
  }

  log(level: LogLine['level'], text: string): void {
    this.#logs ??= new LogBuffer(this.#invocation.maxLogBytes);
    this.#logs.add(level, text);
  }

  /** Ends capturing and the timer. What the task left running goes on without either. */
  end(): readonly LogLine[] | undefined {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    return this.#logs?.lines();
  }

  // A plain object rather than this: its parts can be taken off by destructuring.
  #makeContext(): TaskContext {
    const { requestId, task, deadline } = this.#invocation;
    const getSignal = (): AbortSignal => this.#getSignal();
    return {
      requestId,
      task,
      attempt: this.#attempt,
      ...(this.#index === undefined ? {} : { index: this.#index }),
      remainingMs: () => deadline.remainingMs(),
      get signal() {
        return getSignal();
      },
    };
  }

  #getSignal(): AbortSignal {
    if (this.#controller !== undefined) return this.#controller.signal;
    const controller = new AbortController();
    this.#controller = controller;
    if (this.#hasEnded) return controller.signal;
    const { task, deadline } = this.#invocation;
    this.#timer = setTimeout(() => {
      const left = Math.round(deadline.remainingMs());
      const message = `The time of ${task} is nearly up: ${left} ms of ${deadline.timeoutMs} ms are left.`;
      controller.abort(new DOMException(message, 'TimeoutError'));
    }, deadline.untilSignalMs());
    this.#timer.unref();
    return controller.signal;
  }
}

/** What a chunk says of a call that was still pending when the chunk had to be answered. */
export function timeoutError({ task, deadline }: Invocation): Error {
  const message =
    `${task} was still running when the ${deadline.timeoutMs} ms of its invocation were nearly up, so the chunk was ` +
    `answered without it. Give the function a longer timeout, or send fewer calls at once (chunksize).`;
  return agentError('TaskTimeout', message, { task, timeoutMs: deadline.timeoutMs });
}
