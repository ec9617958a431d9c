/**
 * One registered function: its code in generations, its environments, its line of waiting invocations.
 * Wires the parts; the rules are in the scheduler, the environment, the warm-up and the capacity.
 */
import { availableParallelism } from 'node:os';
import type { CodeBundle } from '../../src/bundle/code-source.ts';
import { LambdaPoolError } from '../../src/shared/errors.ts';
import type { Claimant } from '../queue/capacity.ts';
import { CodeFollower, type BuiltCode, type CodeListener } from './code-follower.ts';
import { Environment, type EnvironmentOwner, type InitFailure } from '../environments/environment.ts';
import { environmentVariables } from '../environments/environment-variables.ts';
import { disposeBundle, Generation, type GenerationSettings } from './generation.ts';
import type { EmulatedFunctionOptions, FunctionStats, FunctionSurroundings } from './function-parts.ts';
import { INIT_TIMEOUT_MS } from '../limits.ts';
import { OpenRuns } from '../invocations/open-runs.ts';
import { describeInitFailure, type Ending } from '../invocations/report.ts';
import type { Run } from '../invocations/run.ts';
import type { StartSandbox } from '../sandbox/sandbox.ts';
import { Scheduler } from '../queue/scheduler.ts';
import { Spares } from '../environments/spares.ts';
import { Waiters } from '../queue/waiters.ts';
import { Warmup } from '../environments/warmup.ts';

export class EmulatedFunction implements EnvironmentOwner, Claimant, CodeListener {
  readonly #inspectPort: number | undefined;
  readonly #surroundings: FunctionSurroundings;
  readonly #scheduler: Scheduler<Environment, Run>;
  readonly #runs: OpenRuns;
  readonly #code: CodeFollower;
  readonly #spares: Spares;
  /** Those of the current generation, which count against the capacity. */
  readonly #environments = new Set<Environment>();
  /** Those on their way out: of older generations, or evicted. */
  readonly #leaving = new Set<Environment>();
  #current: Generation | undefined;
  #warmup: Warmup | undefined;
  #generations = 0;
  /** What the next generation runs under. */
  #settings: GenerationSettings;
  readonly #ready = new Waiters();
  readonly #settled = new Waiters();
  readonly #empty = new Waiters();
  #terminated = false;

  constructor(options: EmulatedFunctionOptions, surroundings: FunctionSurroundings) {
    this.#settings = options.settings;
    this.#inspectPort = options.inspectPort;
    this.#surroundings = surroundings;
    this.#scheduler = new Scheduler<Environment, Run>({
      run: (environment, run) => this.#run(environment, run),
      start: () => this.#startOnDemand(),
    });
    this.#runs = new OpenRuns({ events: surroundings.events, withdraw: (run) => this.#scheduler.withdraw(run) });
    this.#code = new CodeFollower(options.code, this);
    this.#spares = new Spares(() => this.#startSandbox(this.#settings), options);
    surroundings.capacity.join(this);
  }

  /** What runs now; undefined before the first build. */
  get code(): CodeBundle | undefined {
    return this.#current?.bundle;
  }

  get environments(): number {
    return this.#environments.size;
  }

  submit(run: Run): void {
    this.#runs.enter();
    this.#scheduler.submit(run);
    if (!run.started) this.#runs.wait(run);
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

  /** From the next build on, environments are started with these; the caller's code source brings it. */
  configure(settings: GenerationSettings): void {
    this.#settings = settings;
    this.#spares.renew();
  }

  /** Resolves when the newest build is the one that invocations run on; after `timeoutMs` it takes over unready. */
  async settled(timeoutMs: number): Promise<void> {
    if (this.#warmup === undefined) return;
    const timer = setTimeout(() => this.#warmup !== undefined && this.#switchTo(this.#warmup), timeoutMs).unref();
    await this.#settled.wait();
    clearTimeout(timer);
  }

  /** Lets what has been accepted end, then ends all environments. */
  async drain(): Promise<void> {
    await this.#runs.drained();
    await this.terminate();
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
    for (const run of this.#scheduler.drain()) {
      this.#runs.abandon(run, 'UNREACHABLE', 'The emulator was closed before it ran.');
    }
    this.#settled.resolve();
    this.#ready.reject(new LambdaPoolError('UNREACHABLE', 'The emulator was closed.'));
    this.#surroundings.capacity.leave(this);
    for (const each of [...this.#environments, ...this.#leaving]) each.kill();
    this.#dropWarmup();
    const empty = this.#empty.wait();
    this.#checkEmpty();
    await empty;
    await this.#spares.gone();
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
    this.#settle(environment.generation, run, ending);
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
    if (current?.bundle.hash === code.bundle.hash && current.settings === this.#settings) {
      this.#settled.resolve();
      return void disposeBundle(code.bundle);
    }
    this.#generations += 1;
    const generation = new Generation(this.#generations, code.bundle, this.#settings);
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
    const { functionName } = this.#settings;
    this.#surroundings.events.emit('build.failed', { at: Date.now(), functionName, error });
  }

  firstBuildFailed(error: unknown): void {
    if (this.#current !== undefined) return;
    if (error instanceof Error) this.buildFailed(error);
    for (const run of this.#scheduler.drain()) this.#runs.reject(run, error);
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

  #startSandbox(settings: GenerationSettings): ReturnType<StartSandbox> {
    return this.#surroundings.startSandbox({
      memoryMb: settings.memoryMb,
      inspectPort: this.#inspectPort,
      env: environmentVariables({ ...this.#surroundings.account, ...settings }),
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
    const { settings } = generation;
    const { memoryMb, timeoutMs } = settings;
    // The spare one is for the newest settings. The old code may be asked for one more while the new is on its way.
    const sandbox = settings === this.#settings ? this.#spares.take() : this.#startSandbox(settings);
    const environment = new Environment(sandbox, this, {
      generation,
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
    this.#settled.resolve();
    this.#announce(warmup);
  }

  #announce(warmup: Warmup): void {
    const { number, bundle, settings } = warmup.generation;
    const { buildMs, files } = warmup.code;
    this.#surroundings.events.emit('generation.started', {
      at: Date.now(),
      functionName: settings.functionName,
      version: settings.version,
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
    this.#runs.start(run);
    run.started = true;
    this.#surroundings.memoryWatch.wake();
    environment.invoke(run);
  }

  #initFailed(environment: Environment, failure: InitFailure): void {
    const run = this.#scheduler.startFailed();
    this.#ready.resolve();
    if (run === undefined) return;
    this.#runs.start(run);
    const outcome = failure.outcomeFor(run.request.requestId);
    run.initLog = `${failure.initLog}${describeInitFailure(outcome, failure.initMs)}`;
    this.#settle(environment.generation, run, {
      outcome,
      durationMs: failure.initMs,
      initMs: undefined,
      maxMemoryMb: failure.maxMemoryMb,
      generation: environment.generation.number,
    });
  }

  #settle({ settings }: Generation, run: Run, ending: Ending): void {
    if (this.#terminated) {
      return this.#runs.abandon(run, 'OUTCOME_UNKNOWN', 'The emulator was terminated while it ran.');
    }
    this.#runs.end(run, ending, { settings, buildError: this.#code.errorLine });
  }

  #checkEmpty(): void {
    if (this.#environments.size === 0 && this.#leaving.size === 0) this.#empty.resolve();
  }
}
