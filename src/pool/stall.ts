/** Says what a pool waits for when nothing has finished for a while, so that nobody has to guess. */
import type { Clock } from '../shared/clock.ts';
import type { LambdaPoolError } from '../shared/errors.ts';
import { warn } from './observers.ts';
import type { Meter } from './stats.ts';

/** What `onStall` is told. */
export interface Stall {
  /** All of it in words. */
  readonly message: string;
  /** Milliseconds since a call last ended. */
  readonly stalledMs: number;
  /** Calls that wait to be sent. */
  readonly queued: number;
  /** Invocations that were sent and have not been answered. */
  readonly inFlight: number;
  /** Milliseconds since the oldest of those was sent. */
  readonly oldestMs: number;
  /** Invocations that were refused and wait for their next try. */
  readonly backingOff: number;
  /** The latest refusal since a call last ended, and how many there were. Absent if there was none. */
  readonly refusal?: { readonly error: LambdaPoolError; readonly times: number };
}

/** What the watch looks at when the time is up. */
export interface StallView {
  readonly queued: number;
  readonly inFlight: number;
  /** By the clock; undefined if nothing is in flight. */
  readonly oldestSentAt: number | undefined;
  readonly backingOff: number;
  /** By the clock. */
  readonly lastEndAt: number;
  /** The longest that an answer has taken so far. */
  readonly longestMs: number;
}

/** @param sent Chunks in flight, the oldest first. */
export function viewOf(
  sent: ReadonlySet<{ readonly sentAt: number | undefined }>,
  { queued, lastEndAt, longestMs }: Meter,
): Omit<StallView, 'backingOff'> {
  const [oldest] = sent;
  return { queued, inFlight: sent.size, oldestSentAt: oldest?.sentAt, lastEndAt, longestMs };
}

export interface StallParts {
  readonly clock: Clock;
  /** How long nothing may finish, while something waits, until that is told. */
  readonly afterMs: number;
  readonly look: () => StallView;
  readonly tell: (stall: Stall) => void;
}

/** Where tasks are known to take long, a stall is longer than that. */
const LONGEST_FACTOR = 2;
/** Each notice of the same stall comes this much later than the one before. */
const PATIENCE_FACTOR = 2;

/** Looks after the pool while it has work; has a timer only then. */
export class StallWatch {
  readonly #parts: StallParts;
  #timer: Disposable | undefined;
  #heldAt = 0;
  /** The `lastEndAt` of the stall that was told. */
  #toldOf: number | undefined;
  #patience = 1;
  #refusal: { readonly error: LambdaPoolError; readonly times: number; readonly since: number } | undefined;

  constructor(parts: StallParts) {
    this.#parts = parts;
  }

  /** There is work. */
  hold(): void {
    if (this.#timer !== undefined) return;
    this.#heldAt = this.#parts.clock.now();
    this.#wait(this.#parts.afterMs);
  }

  /** There is no more work. */
  release(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    this.#refusal = undefined;
  }

  /** An invocation was refused, and is to be sent again. */
  refused(error: LambdaPoolError, lastEndAt: number): void {
    const before = this.#refusal?.since === lastEndAt ? this.#refusal.times : 0;
    this.#refusal = { error, times: before + 1, since: lastEndAt };
  }

  #wait(ms: number): void {
    this.#timer = this.#parts.clock.after(ms, () => this.#check());
  }

  #check(): void {
    const view = this.#parts.look();
    const lastEndAt = Math.max(view.lastEndAt, this.#heldAt);
    if (lastEndAt !== this.#toldOf) this.#patience = 1;
    const limitMs = Math.max(this.#parts.afterMs, view.longestMs * LONGEST_FACTOR) * this.#patience;
    const stalledMs = this.#parts.clock.now() - lastEndAt;
    // At least a millisecond: what is left may be a rounding error.
    if (stalledMs < limitMs) return this.#wait(Math.max(1, limitMs - stalledMs));
    if (view.queued > 0 || view.backingOff > 0) {
      this.#toldOf = lastEndAt;
      this.#patience *= PATIENCE_FACTOR;
      this.#parts.tell(this.#stall(view, stalledMs));
    }
    // Whoever was told may have ended the pool.
    if (this.#timer !== undefined) this.#wait(limitMs);
  }

  #stall(view: StallView, stalledMs: number): Stall {
    const { queued, inFlight, oldestSentAt, backingOff } = view;
    const oldestMs = oldestSentAt === undefined ? 0 : this.#parts.clock.now() - oldestSentAt;
    const refusal = this.#refusal?.since === view.lastEndAt ? this.#refusal : undefined;
    const facts = {
      stalledMs,
      queued,
      inFlight,
      oldestMs,
      backingOff,
      ...(refusal !== undefined && { refusal: { error: refusal.error, times: refusal.times } }),
    };
    return { message: describe(facts), ...facts };
  }
}

/** `nothing has finished for 10 s: 40 invocations are in flight (the oldest for 32 s), 960 calls wait; ...` */
export function describe(stall: Omit<Stall, 'message'>): string {
  const { stalledMs, queued, inFlight, oldestMs, backingOff, refusal } = stall;
  const waiting = [
    inFlight > 0 &&
      `${count(inFlight, 'invocation is', 'invocations are')} in flight (the oldest for ${inSeconds(oldestMs)})`,
    backingOff > 0 && `${count(backingOff, 'invocation was', 'invocations were')} refused and will be sent again`,
    queued > 0 && `${count(queued, 'call waits', 'calls wait')} to be sent`,
  ].filter((part) => part !== false);
  const last =
    refusal === undefined ? '' : `; last refusal: ${nameOf(refusal.error)}, ${count(refusal.times, 'time', 'times')}`;
  return `nothing has finished for ${inSeconds(stalledMs)}: ${waiting.join(', ')}${last}`;
}

function nameOf({ code, details, message }: LambdaPoolError): string {
  const { reason } = details;
  return `${code} ${typeof reason === 'string' ? reason : message}`;
}

function count(n: number, one: string, many: string): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
}

function inSeconds(ms: number): string {
  return `${Math.round(ms / 1000).toLocaleString('en')} s`;
}

/** Tells the user's callback, or everybody by a process warning. */
export function stallTeller(onStall: ((stall: Stall) => void) | undefined): (stall: Stall) => void {
  return (stall) => {
    if (onStall === undefined) {
      process.emitWarning(`The pool waits: ${stall.message}.`, 'LambdaPoolWarning');
      return;
    }
    try {
      onStall(stall);
    } catch (error) {
      warn('onStall', error);
    }
  };
}
