/** The accepted runs of a function until their end: counts them, hears who gives up, tells callers and watchers. */
import { LambdaPoolError } from '../../src/shared/errors.ts';
import type { Events } from '../../src/shared/events.ts';
import { Aborts } from './aborts.ts';
import type { GenerationSettings } from '../functions/generation.ts';
import type { EmulatorEvents } from '../invocation.ts';
import { createReport, type Ending } from './report.ts';
import { createResult } from './result.ts';
import type { Run } from './run.ts';
import { Waiters } from '../queue/waiters.ts';

export interface OpenRunsOptions {
  readonly events: Events<EmulatorEvents>;
  /** Takes back a run that still waits; false if it has started. */
  readonly withdraw: (run: Run) => boolean;
}

export class OpenRuns {
  readonly #events: Events<EmulatorEvents>;
  readonly #aborts: Aborts<Run>;
  readonly #drained = new Waiters();
  #count = 0;

  constructor({ events, withdraw }: OpenRunsOptions) {
    this.#events = events;
    this.#aborts = new Aborts((run, reason) => {
      if (withdraw(run)) this.#leave(run, reason);
    });
  }

  enter(): void {
    this.#count += 1;
  }

  /** It waits: only now can it be given up, as a run that has started goes on. */
  wait(run: Run): void {
    const { signal } = run.request;
    if (signal !== undefined) this.#aborts.add(signal, run);
  }

  /** It waits no longer. */
  start(run: Run): void {
    const { signal } = run.request;
    if (signal !== undefined) this.#aborts.delete(signal, run);
  }

  end(run: Run, ending: Ending, facts: { settings: GenerationSettings; buildError: string | undefined }): void {
    const { settings, buildError } = facts;
    if (this.#events.has('invocation.finished')) {
      this.#events.emit('invocation.finished', createReport(run, ending, settings));
    }
    run.resolve(createResult(run, ending, { reported: settings, buildError }));
    this.#countDown();
  }

  /** The emulator itself ends it. */
  abandon(run: Run, code: 'UNREACHABLE' | 'OUTCOME_UNKNOWN', message: string): void {
    this.reject(run, new LambdaPoolError(code, message, { details: { requestId: run.request.requestId } }));
  }

  reject(run: Run, error: unknown): void {
    this.start(run);
    this.#leave(run, error);
  }

  /** Resolves when none is open. */
  drained(): Promise<void> {
    return this.#count === 0 ? Promise.resolve() : this.#drained.wait();
  }

  #leave(run: Run, reason: unknown): void {
    run.reject(reason);
    this.#countDown();
  }

  #countDown(): void {
    this.#count -= 1;
    if (this.#count === 0) this.#drained.resolve();
  }
}
