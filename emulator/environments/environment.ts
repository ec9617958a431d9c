/**
 * One execution environment: a sandbox with code, which runs one invocation at a time.
 *
 *     init --loaded--> idle --invoke--> busy --answer--> idle
 *     any of them --exit--> dead
 *
 * It measures time and memory and turns every end, wanted or not, into an outcome. It knows no queue.
 */
import { LambdaPoolError } from '../../src/shared/errors.ts';
import type { Generation } from '../functions/generation.ts';
import { answered, exited, loadFailed, timedOut, type Outcome, type OutcomeFor } from '../invocations/outcome.ts';
import type { Ending } from '../invocations/report.ts';
import type { Run } from '../invocations/run.ts';
import type { SandboxAnswer } from '../sandbox/messages.ts';
import type { Sandbox, SandboxExit, SandboxListener } from '../sandbox/sandbox.ts';

type State = 'init' | 'idle' | 'busy' | 'dead';

const NEXT: Readonly<Record<State, readonly State[]>> = {
  init: ['idle', 'dead'],
  idle: ['busy', 'dead'],
  busy: ['idle', 'dead'],
  dead: [],
};

/** The end of what is written while no invocation runs is kept for the next one's log. */
const MAX_INIT_LOG_CHARS = 65_536;

/** Hears what becomes of an environment. */
export interface EnvironmentOwner {
  /** INIT is over and the environment idle. */
  environmentReady(environment: Environment): void;
  /** A run is over. The environment is idle, unless `environment.usable` is false. */
  runEnded(environment: Environment, run: Run, ending: Ending): void;
  /** It is gone. `initFailure` is set if INIT was not over: what to tell to the one who waits for it. */
  environmentDied(environment: Environment, initFailure: InitFailure | undefined): void;
}

export interface InitFailure {
  readonly outcomeFor: OutcomeFor;
  readonly initMs: number;
  readonly initLog: string;
  readonly maxMemoryMb: number;
}

export interface EnvironmentSettings {
  readonly generation: Generation;
  /** How long INIT may take altogether. */
  readonly initTimeoutMs: number;
  /** Somebody waits for it, and is told what the start has cost. */
  readonly onDemand: boolean;
}

export class Environment implements SandboxListener {
  readonly generation: Generation;
  readonly #sandbox: Sandbox;
  readonly #owner: EnvironmentOwner;
  readonly #settings: EnvironmentSettings;
  readonly #initDeadline: NodeJS.Timeout;
  /** Re-armed for each invocation, which is far cheaper than a timer for each. Fires in vain when nothing runs. */
  #deadline: NodeJS.Timeout | undefined;
  readonly #createdAt = performance.now();
  #state: State = 'init';
  #run: Run | undefined;
  #runStartedAt = 0;
  #runInitMs: number | undefined;
  /** What the start has cost, until somebody has been told. */
  #unreportedInitMs: number | undefined;
  #initLog = '';
  #maxMemoryMb = 0;
  /** Why it was killed, if that decides what its invocation gets. */
  #verdict: OutcomeFor | undefined;
  #retired = false;

  constructor(sandbox: Sandbox, owner: EnvironmentOwner, settings: EnvironmentSettings) {
    this.#sandbox = sandbox;
    this.#owner = owner;
    this.#settings = settings;
    this.generation = settings.generation;
    this.generation.acquire();
    this.#initDeadline = setTimeout(() => this.#timeOut(), settings.initTimeoutMs).unref();
    sandbox.listen(this);
    const { directory, handler } = settings.generation.bundle;
    sandbox.load({ directory, handler });
  }

  get pid(): number | undefined {
    return this.#state === 'dead' ? undefined : this.#sandbox.pid;
  }

  get busy(): boolean {
    return this.#state === 'busy';
  }

  /** Whether it may be given another invocation. */
  get usable(): boolean {
    return this.#state === 'idle' && !this.#retired;
  }

  invoke(run: Run): void {
    this.#become('busy');
    const { request } = run;
    run.initLog = this.#initLog;
    this.#initLog = '';
    this.#run = run;
    this.#runInitMs = this.#unreportedInitMs;
    this.#unreportedInitMs = undefined;
    this.#runStartedAt = performance.now();
    if (this.#deadline === undefined) this.#deadline = this.#createDeadline();
    else this.#deadline.refresh();
    this.#sandbox.invoke({
      requestId: request.requestId,
      deadlineMs: Date.now() + this.generation.settings.timeoutMs,
      functionArn: request.functionArn,
      traceId: request.traceId,
      clientContext: request.clientContext,
      payload: request.payload,
    });
  }

  /** Ends it as soon as it has nothing to do. */
  retire(): void {
    this.#retired = true;
    if (this.#state !== 'busy') this.#sandbox.kill();
  }

  kill(): void {
    this.#retired = true;
    this.#sandbox.kill();
  }

  /** It takes more memory than it may. */
  killForMemory(usedMb: number): void {
    this.#maxMemoryMb = Math.max(this.#maxMemoryMb, usedMb);
    this.#verdict ??= (requestId) => exited(requestId, { reason: 'signal: killed', outOfMemory: true });
    this.kill();
  }

  loaded(): void {
    if (this.#state !== 'init' || this.#verdict !== undefined || this.#retired) return;
    clearTimeout(this.#initDeadline);
    this.#become('idle');
    if (this.#settings.onDemand) this.#unreportedInitMs = performance.now() - this.#createdAt;
    this.#owner.environmentReady(this);
    // Whoever it was started for has been served elsewhere: nobody paid for the start.
    if (this.#run === undefined) this.#unreportedInitMs = undefined;
  }

  loadFailed(errorType: string, payload: string): void {
    this.#verdict ??= () => loadFailed(errorType, payload);
    this.kill();
  }

  answered(answer: SandboxAnswer): void {
    const run = this.#run;
    if (run === undefined || this.#verdict !== undefined) return;
    this.#maxMemoryMb = Math.max(this.#maxMemoryMb, answer.memoryMb);
    if (answer.last) this.#retired = true;
    this.#become('idle');
    this.#endRun(run, answered(answer), performance.now() - this.#runStartedAt);
  }

  output(text: string): void {
    if (this.#run !== undefined) this.#run.appendLog(text);
    else this.#initLog = (this.#initLog + text).slice(-MAX_INIT_LOG_CHARS);
  }

  exited(exit: SandboxExit): void {
    const wasInit = this.#state === 'init';
    this.#become('dead');
    clearTimeout(this.#initDeadline);
    clearTimeout(this.#deadline);
    const outcomeFor = this.#verdict ?? ((requestId) => exited(requestId, exit));
    const run = this.#run;
    if (run !== undefined) {
      const outcome = outcomeFor(run.request.requestId);
      const { timeoutMs } = this.generation.settings;
      // Lambda reports the timeout itself, not when it came to act on it.
      const durationMs = outcome.status === 'timeout' ? timeoutMs : performance.now() - this.#runStartedAt;
      this.#endRun(run, outcome, durationMs);
    }
    this.generation.release();
    this.#owner.environmentDied(this, wasInit ? this.#initFailure(outcomeFor) : undefined);
  }

  #initFailure(outcomeFor: OutcomeFor): InitFailure {
    const initMs = performance.now() - this.#createdAt;
    return { outcomeFor, initMs, initLog: this.#initLog, maxMemoryMb: this.#maxMemoryMb };
  }

  #endRun(run: Run, outcome: Outcome, durationMs: number): void {
    this.#run = undefined;
    if (this.#retired) this.#sandbox.kill();
    this.#owner.runEnded(this, run, {
      outcome,
      durationMs,
      initMs: this.#runInitMs,
      maxMemoryMb: this.#maxMemoryMb,
      generation: this.generation.number,
    });
  }

  #createDeadline(): NodeJS.Timeout {
    return setTimeout(() => {
      const run = this.#run;
      // Where the emulator's own thread was busy for long, the answer may be here, unread. It is read before this goes on.
      setImmediate(() => {
        if (run !== undefined && this.#run === run) this.#timeOut();
      });
    }, this.generation.settings.timeoutMs).unref();
  }

  #timeOut(): void {
    const { timeoutMs } = this.generation.settings;
    this.#verdict ??= (requestId) => timedOut(requestId, timeoutMs);
    this.kill();
  }

  #become(next: State): void {
    if (!NEXT[this.#state].includes(next)) {
      throw new LambdaPoolError('BUG', `An environment went from ${this.#state} to ${next}. Please report this.`);
    }
    this.#state = next;
  }
}
