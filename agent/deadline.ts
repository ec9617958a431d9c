/** How much time an invocation has left, and what may still be begun in it. Reads Lambda's clock once. */

/** Time that a call must find beyond twice the longest call of its chunk, for the call to be started. */
const RESERVE_MS = 500;
/** Kept for encoding and sending the answer of a chunk: a twentieth of the timeout, at most this. */
const MAX_ANSWER_MARGIN_MS = 200;
/** How long before the end the signal of a task fires: a tenth of the timeout, at most this; before the answer margin. */
const MAX_SIGNAL_MARGIN_MS = 500;

export class Deadline {
  /** Milliseconds that the invocation had at its start, in whole seconds as functions are configured. */
  readonly timeoutMs: number;
  readonly #endsAt: number;
  readonly #totalMs: number;

  /** @param remainingMs What Lambda says is left now. */
  constructor(remainingMs: number) {
    this.#endsAt = performance.now() + remainingMs;
    this.#totalMs = remainingMs;
    this.timeoutMs = Math.ceil(remainingMs / 1000) * 1000;
  }

  /** @param now A reading of `performance.now()`, where the caller has one already. */
  remainingMs(now: number = performance.now()): number {
    return Math.max(0, this.#endsAt - now);
  }

  /** Whether one more call may begin, given the longest call of this chunk so far. */
  allowsCall(now: number, longestMs: number): boolean {
    return this.#endsAt - now > 2 * longestMs + RESERVE_MS;
  }

  /** Milliseconds until a chunk must be answered with what it has. */
  untilAnswerMs(): number {
    return Math.max(0, this.remainingMs() - Math.min(MAX_ANSWER_MARGIN_MS, this.#totalMs / 20));
  }

  /** Milliseconds until tasks are told that the end is near. */
  untilSignalMs(): number {
    return Math.max(0, this.remainingMs() - Math.min(MAX_SIGNAL_MARGIN_MS, this.#totalMs / 10));
  }
}
