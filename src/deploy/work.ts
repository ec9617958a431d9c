/** What every part of a deployment is given: where, for which function, and how to tell of steps and of failures. */
import { sleep, waitFor } from '../shared/abort.ts';
import { explainFailure } from './errors.ts';
import type { Target } from './target/target.ts';

/** Names of steps, in the order in which they come. */
export type StepName =
  | 'find'
  | 'bundle'
  | 'zip'
  | 'log group'
  | 'role'
  | 'upload'
  | 'create'
  | 'update code'
  | 'update configuration'
  | 'update tags'
  | 'wait'
  | 'probe'
  | 'finish'
  | 'clean up'
  | 'delete function'
  | 'delete role'
  | 'delete log group';

/** Told before and after each step of a deployment. A step that fails has no end. */
export type Step =
  | { readonly name: StepName; readonly phase: 'start' }
  | {
      readonly name: StepName;
      readonly phase: 'end';
      readonly durationMs: number;
      /** What came of it, in a few words: `reused`, `18.2 KB`. */
      readonly detail?: string;
    };

/** Options of everything that takes a while. */
export interface DeployOptions {
  /** Ends the work; rejects with its reason. What was made stays, and another run goes on from there. */
  readonly signal?: AbortSignal | undefined;
  /** Told of each step. */
  readonly onStep?: ((step: Step) => void) | undefined;
}

/** Time, so that waits can be tested without waiting. */
export interface Timing {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** What tests give besides. */
export interface WorkOptions extends DeployOptions {
  readonly timing?: Timing | undefined;
}

const systemTiming: Timing = { now: () => performance.now(), sleep };

/** One piece of work on one function. */
export class Work {
  readonly target: Target;
  readonly functionName: string;
  readonly signal: AbortSignal | undefined;
  readonly timing: Timing;
  readonly #onStep: DeployOptions['onStep'];

  constructor(target: Target, functionName: string, options: WorkOptions = {}) {
    this.target = target;
    this.functionName = functionName;
    this.signal = options.signal;
    this.timing = options.timing ?? systemTiming;
    this.#onStep = options.onStep;
  }

  /** Runs one step between the two tellings of it. `note` says what came of it. */
  async step<T>(name: StepName, run: (note: (detail: string) => void) => Promise<T>): Promise<T> {
    const startedAt = this.timing.now();
    let detail: string | undefined;
    this.#onStep?.({ name, phase: 'start' });
    this.signal?.throwIfAborted();
    const value = await run((text) => (detail = text));
    const durationMs = this.timing.now() - startedAt;
    this.#onStep?.({ name, phase: 'end', durationMs, ...(detail !== undefined && { detail }) });
    this.signal?.throwIfAborted();
    return value;
  }

  /**
   * Sends one request to a service.
   * @param action the permission that it needs: `lambda:GetFunction`
   * @throws {LambdaPoolError} whatever went wrong, in a sentence with the next step
   */
  async send<T>(action: string, request: (options: SendOptions) => Promise<T>): Promise<T> {
    this.signal?.throwIfAborted();
    const { signal } = this;
    try {
      // The SDK heeds the signal only once credentials are there, which can take seconds.
      return await waitFor(request(signal === undefined ? {} : { abortSignal: signal }), { signal }, action);
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason;
      throw explainFailure(error, { action, functionName: this.functionName, target: this.target });
    }
  }

  sleep(ms: number): Promise<void> {
    return this.timing.sleep(ms, this.signal);
  }
}

interface SendOptions {
  readonly abortSignal?: AbortSignal;
}
