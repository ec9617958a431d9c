/**
 * One registered function: its code in generations, its environments, its line of waiting invocations.
 * Wires the parts; the rules are in scheduler.ts, environment.ts, warmup.ts and capacity.ts.
 */
import { availableParallelism } from 'node:os';
import type { Events } from '../src/shared/events.ts';
import { LambdaPoolError } from '../src/shared/errors.ts';
import { Aborts } from './aborts.ts';
import type { AccountFacts } from './arn.ts';
import type { Capacity, Claimant } from './capacity.ts';
import { CodeFollower, type BuiltCode, type CodeListener } from './code-follower.ts';
import { Environment, type EnvironmentOwner, type InitFailure } from './environment.ts';
import { environmentVariables } from './environment-variables.ts';
import { disposeBundle, Generation } from './generation.ts';
import type { EmulatorEvents } from './invocation.ts';
import { INIT_TIMEOUT_MS } from './limits.ts';
import type { MemoryWatch } from './memory-watch.ts';
import type { ResolvedFunctionOptions } from './options.ts';
import { createReport, describeInitFailure, type Ending } from './report.ts';
import { createResult } from './result.ts';
import type { Run } from './run.ts';
import type { StartSandbox } from './sandbox/sandbox.ts';
import { Scheduler } from './scheduler.ts';
import { Spares } from './spares.ts';
import { Waiters } from './waiters.ts';
import { Warmup } from './warmup.ts';

/** What a function shares with the others of its emulator. */
export interface FunctionSurroundings {
  readonly account: AccountFacts;
  readonly capacity: Capacity;
  readonly events: Events<EmulatorEvents>;
  readonly memoryWatch: MemoryWatch;
  readonly startSandbox: StartSandbox;
}

/** A look at a function. */
export interface FunctionStats {
  /** Environments of the current generation: starting, idle and busy. */
  readonly environments: number;
  /** Running invocations, of older generations too. */
  readonly busy: number;
  readonly waiting: number;
  /** Number of the current generation; 0 before the first build. */
  readonly generation: number;
  /** Processes of all environments and of the spare one; empty for threads. */
  readonly pids: readonly number[];
}

export class EmulatedFunction implements EnvironmentOwner, Claimant, CodeListener {
  readonly options: ResolvedFunctionOptions;
  readonly #surroundings: FunctionSurroundings;
  readonly #scheduler: Scheduler<Environment, Run>;
  readonly #aborts: Aborts<Run>;
  readonly #code: CodeFollower;
  readonly #spares: Spares;
  /** Those of the current generation, which count against the capacity. */
  readonly #environments = new Set<Environment>();
  /** Those on their way out: of older generations, or evicted. */
  readonly #leaving = new Set<Environment>();
  #current: Generation | undefined;
  #warmup: Warmup | undefined;
  #generations = 0;
  readonly #ready = new Waiters();
  readonly #empty = new Waiters();
  #terminated = false;

  constructor(options: ResolvedFunctionOptions, surroundings: FunctionSurroundings) {
    this.options = options;
    this.#surroundings = surroundings;
    this.#scheduler = new Scheduler<Environment, Run>({
      run: (environment, run) => this.#run(environment, run),
      start: () => this.#startOnDemand(),
    });
    this.#aborts = new Aborts((run, reason) => {
      if (this.#scheduler.withdraw(run)) run.reject(reason);
    });
    this.#code = new CodeFollower(options.code, this);
    this.#spares = new Spares(() => this.#startSandbox(), options);
    surroundings.capacity.join(this);
  }

  get environments(): number {
    return this.#environments.size;
  }

  submit(run: Run): void {
    this.#scheduler.submit(run);
    const { signal } = run.request;
    // A run that has started goes on; only those that wait can be given up.
    if (signal !== undefined && !run.started) this.#aborts.add(signal, run);
    if (this.#current === undefined) this.#prepare();
  }

  /** Resolves when the code is built and an environment warm, or its INIT has failed. */
  ready(): Promise<void> {
    const isWarm = [...this.#environments].some((each) => each.busy || each.usable);
    if (isWarm) return Promise.resolve();
    const ready = this.#ready.wait();
    if (this.#current === undefined) this.#prepare();
    else this.#prewarm();
    return ready;
  }

  stats(): FunctionStats {
    const all = [...this.#environments, ...this.#leaving, ...(this.#warmup?.members ?? [])];
    return {
      environments: this.#environments.size,
      busy: all.filter((each) => each.busy).length,
      waiting: this.#scheduler.waiting,
      generation: this.#current?.number ?? 0,
      pids: [...all, this.#spares].flatMap((each) => each.pid ?? []),
    };
  }

  /** Ends everything now. Waiting invocations have not run; of running ones nobody can tell. */
  async terminate(): Promise<void> {
    this.#terminated = true;
    this.#spares[Symbol.dispose]();
    for (const run of this.#scheduler.drain())
      this.#reject(run, 'UNREACHABLE', 'The emulator was closed before it ran.');
    this.#ready.reject(new LambdaPoolError('UNREACHABLE', 'The emulator was closed.'));
    for (const each of [...this.#environments, ...this.#leaving]) each.kill();
    this.#dropWarmup();
    const empty = this.#empty.wait();
    this.#checkEmpty();
    await empty;
    this.#current?.retire();
    await this.#current?.disposed;
    await this.#code[Symbol.asyncDispose]();
  }

  // What the environments tell.

  environmentReady(environment: Environment): void {
    this.#spares.refill();
    const warmup = this.#warmup;
    if (environment.generation === this.#current) {
      this.#scheduler.started(environment);
      this.#ready.resolve();
    } else if (warmup?.members.has(environment) === true) {
      warmup.environmentReady(environment);
      if (warmup.complete) this.#switchTo(warmup);
    }
  }

  runEnded(environment: Environment, run: Run, ending: Ending): void {
    // The next one first: its environment works while this one's answer is put together.
    if (environment.usable && environment.generation === this.#current) {
      if (this.#surroundings.capacity.mustYield(this)) environment.retire();
      else this.#scheduler.release(environment);
    }
    this.#settle(run, ending);
  }

  environmentDied(environment: Environment, initFailure: InitFailure | undefined): void {
    this.#surroundings.memoryWatch.delete(environment);
    const warmup = this.#warmup;
    if (this.#environments.delete(environment)) {
      this.#scheduler.remove(environment);
      if (initFailure !== undefined) this.#initFailed(environment, initFailure);
      this.#surroundings.capacity.give(1);
    } else if (warmup?.members.has(environment) === true) {
      warmup.environmentDied(environment);
      if (warmup.complete) this.#switchTo(warmup);
    }
    this.#leaving.delete(environment);
    if (this.#ready.size > 0) this.#prewarm();
    this.#checkEmpty();
  }

  // What the code source tells.

  built(code: BuiltCode): void {
    const current = this.#current;
    if (this.#terminated) return void disposeBundle(code.bundle);
    this.#dropWarmup();
    // Saved without a change, or changed back. A bundle of its own all the same, even where the folder is the same.
    if (current?.bundle.hash === code.bundle.hash) return void disposeBundle(code.bundle);
    this.#generations += 1;
    const generation = new Generation(this.#generations, code.bundle);
    const busy = [...this.#environments].filter((each) => each.busy).length;
    // As many as there were, but no more than can start at a time; one at least.
    const count = Math.max(1, Math.min(this.#environments.size, availableParallelism()));
    const needed = current === undefined ? 0 : Math.min(Math.max(1, busy), count);
    const warmup = new Warmup(generation, code, needed);
    this.#warmup = warmup;
    if (warmup.complete) return this.#switchTo(warmup);
    for (let index = 0; index < count; index += 1) warmup.add(this.#createEnvironment(generation, false));
  }

  buildFailed(error: Error): void {
    const { functionName } = this.options;
    this.#surroundings.events.emit('build.failed', { at: Date.now(), functionName, error });
  }

  firstBuildFailed(error: unknown): void {
    if (this.#current !== undefined) return;
    if (error instanceof Error) this.buildFailed(error);
    for (const run of this.#scheduler.drain()) this.#rejectWith(run, error);
    this.#ready.reject(error);
  }

  // What the capacity tells.

  evictIdle(): boolean {
    const environment = this.#scheduler.takeOldestIdle();
    if (environment === undefined) return false;
    this.#environments.delete(environment);
    this.#leaving.add(environment);
    environment.retire();
    return true;
  }

  fill(): void {
    this.#scheduler.fill();
  }

  /** Builds, and starts Node at the same time. */
  #prepare(): void {
    this.#code.ask();
    this.#spares.refill();
  }

  #startSandbox(): ReturnType<StartSandbox> {
    const { memoryMb, inspectPort } = this.options;
    return this.#surroundings.startSandbox({
      memoryMb,
      inspectPort,
      env: environmentVariables({ ...this.#surroundings.account, ...this.options }),
    });
  }

  #startOnDemand(): boolean {
    const generation = this.#current;
    if (generation === undefined || this.#terminated || !this.#surroundings.capacity.tryTake(this)) return false;
    this.#environments.add(this.#createEnvironment(generation, true));
    return true;
  }

  /** Starts one that nobody waits for, if there is none. */
  #prewarm(): void {
    const generation = this.#current;
    if (generation === undefined || this.#environments.size > 0) return;
    // Other functions have all the room: it is as ready as it can be.
    if (!this.#surroundings.capacity.tryTake(this)) return this.#ready.resolve();
    this.#scheduler.expect();
    this.#environments.add(this.#createEnvironment(generation, false));
  }

  #createEnvironment(generation: Generation, onDemand: boolean): Environment {
    const { memoryMb, timeoutMs } = this.options;
    const environment = new Environment(this.#spares.take(), this, {
      generation,
      timeoutMs,
      // AWS starts over within the invocation when INIT takes too long; here it goes on, for as long in all.
      initTimeoutMs: INIT_TIMEOUT_MS + timeoutMs,
      onDemand,
    });
    this.#surroundings.memoryWatch.add(environment, memoryMb);
    return environment;
  }

  #switchTo(warmup: Warmup): void {
    const { capacity } = this.#surroundings;
    const old = this.#current;
    this.#warmup = undefined;
    this.#current = warmup.generation;
    const more = warmup.members.size - this.#environments.size;
    for (const each of this.#environments) this.#leaving.add(each);
    this.#environments.clear();
    for (const each of warmup.members) this.#environments.add(each);
    if (more > 0) capacity.take(more);
    this.#scheduler.replaceGeneration(warmup.ready, warmup.members.size - warmup.ready.length);
    // Fewer than before: whoever waits for room is told, this function too.
    if (more < 0) capacity.give(-more);
    for (const each of this.#leaving) each.retire();
    old?.retire();
    if (warmup.ready.length > 0) this.#ready.resolve();
    else if (this.#ready.size > 0) this.#prewarm();
    this.#announce(warmup);
  }

  #announce(warmup: Warmup): void {
    const { functionName } = this.options;
    const { number, bundle } = warmup.generation;
    const { buildMs, files } = warmup.code;
    this.#surroundings.events.emit('generation.started', {
      at: Date.now(),
      functionName,
      generation: number,
      hash: bundle.hash,
      buildMs,
      files,
    });
  }

  #dropWarmup(): void {
    const warmup = this.#warmup;
    if (warmup === undefined) return;
    this.#warmup = undefined;
    for (const each of warmup.members) {
      this.#leaving.add(each);
      each.kill();
    }
    warmup.generation.retire();
  }

  #run(environment: Environment, run: Run): void {
    const { signal } = run.request;
    if (signal !== undefined) this.#aborts.delete(signal, run);
    run.started = true;
    this.#surroundings.memoryWatch.wake();
    environment.invoke(run);
  }

  #initFailed(environment: Environment, failure: InitFailure): void {
    const run = this.#scheduler.startFailed();
    this.#ready.resolve();
    if (run === undefined) return;
    const { signal, requestId } = run.request;
    if (signal !== undefined) this.#aborts.delete(signal, run);
    const outcome = failure.outcomeFor(requestId);
    run.initLog = `${failure.initLog}${describeInitFailure(outcome, failure.initMs)}`;
    this.#settle(run, {
      outcome,
      durationMs: failure.initMs,
      initMs: undefined,
      maxMemoryMb: failure.maxMemoryMb,
      generation: environment.generation.number,
    });
  }

  #settle(run: Run, ending: Ending): void {
    if (this.#terminated) return this.#reject(run, 'OUTCOME_UNKNOWN', 'The emulator was terminated while it ran.');
    const { events } = this.#surroundings;
    if (events.has('invocation.finished')) {
      events.emit('invocation.finished', createReport(run, ending, this.options));
    }
    const facts = { reported: this.options, buildError: this.#code.errorLine };
    run.resolve(createResult(run, ending, facts));
  }

  #reject(run: Run, code: 'UNREACHABLE' | 'OUTCOME_UNKNOWN', message: string): void {
    this.#rejectWith(run, new LambdaPoolError(code, message, { details: { requestId: run.request.requestId } }));
  }

  #rejectWith(run: Run, error: unknown): void {
    const { signal } = run.request;
    if (signal !== undefined) this.#aborts.delete(signal, run);
    run.reject(error);
  }

  #checkEmpty(): void {
    if (this.#environments.size === 0 && this.#leaving.size === 0) this.#empty.resolve();
  }
}
