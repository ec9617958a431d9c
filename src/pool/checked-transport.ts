/**
 * A transport that sends nothing to a function with other tasks than the pool expects. Asks it once, before the first
 * invocation, for all that wait for that; afterwards it costs an invocation the look at one property.
 */
import type { Manifest } from '../../agent/manifest.ts';
import { waitFor } from '../shared/abort.ts';
import { LambdaPoolError } from '../shared/errors.ts';
import type { InvokeRequest, InvokeResponse, Transport } from '../transport/transport.ts';
import { compareTasks, tasksDiffer } from './compare-tasks.ts';
import type { Whereabouts } from './compare-tasks.ts';
import { askForTasks } from './describe.ts';
import type { Expectation, ExpectedTasks } from './expected-tasks.ts';

/** One question, and those who wait for the answer. */
interface Check {
  readonly done: Promise<void>;
  readonly abort: AbortController;
  waiting: number;
}

export interface CheckedTransportParts {
  readonly expectation: Expectation;
  readonly where: Whereabouts;
  /** Told of each answer to the question: it costs what an invocation costs. */
  readonly onAnswer: (response: InvokeResponse) => void;
}

/**
 * Whoever waits for the answer has not been sent: what the question rejects with is known not to have run, and the next
 * invocation asks again.
 */
export class CheckedTransport implements Transport {
  readonly name: string;
  readonly maxPayloadBytes: number | undefined;
  readonly #transport: Transport;
  readonly #parts: CheckedTransportParts;
  #expected: ExpectedTasks | undefined;
  /** Hashes of the manifests that were found to hold what is expected. */
  readonly #accepted = new Set<string>();
  /** The one that calls last ran on. */
  #latest: string | undefined;
  #isOpen = false;
  #check: Check | undefined;

  /** Owns `transport`. */
  constructor(transport: Transport, parts: CheckedTransportParts) {
    this.name = transport.name;
    this.maxPayloadBytes = transport.maxPayloadBytes;
    this.#transport = transport;
    this.#parts = parts;
  }

  // Not async: see the transport to the emulator.
  invoke(request: InvokeRequest, options: { readonly signal: AbortSignal }): Promise<InvokeResponse> {
    return this.#isOpen ? this.#transport.invoke(request, options) : this.#checkAndInvoke(request, options);
  }

  /**
   * Calls ran on this manifest. A new one closes the way until the function was asked again: an agent knows names that it
   * lacks by itself, but not that its code has changed. While a deployment is under way, old and new environments answer in
   * turn: each manifest is asked for until its turn comes.
   */
  ranOn(hash: string): void {
    if (hash === this.#latest) return;
    if (!this.#accepted.has(hash) && this.#parts.expectation.comparesCode) {
      this.#isOpen = false;
      return;
    }
    this.#latest = hash;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#check?.abort.abort(new LambdaPoolError('POOL_CLOSED', 'The pool has ended.'));
    await this.#transport[Symbol.asyncDispose]();
  }

  async #checkAndInvoke(request: InvokeRequest, options: { readonly signal: AbortSignal }): Promise<InvokeResponse> {
    options.signal.throwIfAborted();
    const check = (this.#check ??= this.#begin());
    check.waiting += 1;
    try {
      await waitFor(check.done, options, 'The check of the tasks');
    } finally {
      check.waiting -= 1;
      if (check.waiting === 0 && this.#check === check) this.#giveUp(check, options.signal.reason);
    }
    return this.#transport.invoke(request, options);
  }

  #begin(): Check {
    const abort = new AbortController();
    const check: Check = { done: this.#ask(abort.signal), abort, waiting: 0 };
    const end = (isGood: boolean): void => {
      if (isGood) this.#isOpen = true;
      if (this.#check === check) this.#check = undefined;
    };
    check.done.then(
      () => end(true),
      () => end(false),
    );
    return check;
  }

  /** Nobody waits for it any more. */
  #giveUp(check: Check, reason: unknown): void {
    this.#check = undefined;
    check.abort.abort(reason);
  }

  async #ask(signal: AbortSignal): Promise<void> {
    const { expectation, where, onAnswer } = this.#parts;
    const expected = (this.#expected ??= await expectation.load());
    const found: Manifest = await askForTasks({ transport: this.#transport, where, signal, onAnswer });
    const differences = compareTasks(expected, found);
    if (differences !== undefined) {
      const comparison = { expected, found, differences, hasManifest: expectation.comparesCode };
      throw tasksDiffer(comparison, where);
    }
    this.#accepted.add(found.hash);
  }
}
