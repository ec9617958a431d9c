/** The generations of one tasks root: the newest good bundle, who holds it, and who is told of the next. */
import { relative } from 'node:path';
import type { Manifest } from '../../agent/manifest.ts';
import { LambdaPoolError } from '../shared/errors.ts';
import { asBuildFailure } from './build-errors.ts';
import type { CodeBundle, CodeChange, CodeSource } from './code-source.ts';
import { resolveTasksRoot } from './discover.ts';
import { Generations, type Generation } from './generations.ts';
import { findProject, openWorkFolder } from './project-folder.ts';
import { SourceWatch } from './source-watch.ts';
import { stayAlive } from './stay-alive.ts';
import { TaskBuilder, type BuilderOptions, type BuiltTasks } from './task-builder.ts';
import { filesOfFailure } from './watched-files.ts';

export interface TaskGenerationsOptions {
  /** Absolute. */
  readonly tasksRoot: string;
  readonly watch: boolean;
  readonly external: readonly string[];
  readonly assets: readonly string[];
}

type Outcome = { readonly startedAt: number; readonly beganAt: number; readonly files: readonly string[] } & (
  { readonly built: BuiltTasks } | { readonly error: LambdaPoolError }
);

interface Workshop {
  readonly builder: TaskBuilder;
  readonly generations: Promise<Generations>;
  readonly watch: SourceWatch<Outcome> | undefined;
}

/** A source of code whose tasks are known. */
export interface TasksSource extends CodeSource {
  /**
   * The manifest of the newest good bundle; builds at the first call.
   * @throws {LambdaPoolError} BUILD_FAILED when there has never been a good one.
   */
  manifest(): Promise<Manifest>;
  /** What deserves mention in the newest good bundle and is no error, a sentence each. */
  readonly notes: readonly string[];
}

export class TaskGenerations implements TasksSource {
  readonly #options: TaskGenerationsOptions;
  readonly #listeners = new Set<(change: CodeChange) => void>();
  #workshop: Promise<Workshop> | undefined;
  #attempt: Promise<Generation> | undefined;
  #newest: Generation | undefined;
  /** The last good build: the newest generation's, or one of the same code from other sources. */
  #latest: BuiltTasks | undefined;
  /** Message of the failure that listeners know of. */
  #failure: string | undefined;
  #published: Promise<void> = Promise.resolve();
  /** When the build began that was published last: an older one that ends later is out of date. */
  #newestStartedAt = 0;
  #closed: Promise<void> | undefined;

  constructor(options: TaskGenerationsOptions) {
    this.#options = options;
  }

  get notes(): readonly string[] {
    return this.#latest?.notes ?? [];
  }

  async current(): Promise<CodeBundle> {
    return (await this.#good()).hold();
  }

  async manifest(): Promise<Manifest> {
    return (await this.#good()).built.manifest;
  }

  onChange(listener: (change: CodeChange) => void): Disposable {
    // A listener of its own, so that adding one function twice is two.
    const own = (change: CodeChange): void => listener(change);
    this.#listeners.add(own);
    return { [Symbol.dispose]: () => void this.#listeners.delete(own) };
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= stayAlive(() => this.#close());
    return this.#closed;
  }

  async #good(): Promise<Generation> {
    if (this.#closed !== undefined) throw new LambdaPoolError('POOL_CLOSED', 'The tasks have been closed.');
    if (this.#newest !== undefined) return this.#newest;
    this.#attempt ??= this.#firstBuild().finally(() => (this.#attempt = undefined));
    return this.#attempt;
  }

  async #firstBuild(): Promise<Generation> {
    const workshop = await this.#open();
    const outcome = await this.#build(workshop, []);
    await this.#publish(workshop, outcome);
    await workshop.watch?.start();
    if (this.#newest !== undefined) return this.#newest;
    throw 'error' in outcome ? outcome.error : new LambdaPoolError('POOL_CLOSED', 'The tasks have been closed.');
  }

  #open(): Promise<Workshop> {
    this.#workshop ??= this.#openWorkshop();
    // The tasks root may be there at the next call.
    this.#workshop.catch(() => (this.#workshop = undefined));
    return this.#workshop;
  }

  async #openWorkshop(): Promise<Workshop> {
    const tasksRoot = await resolveTasksRoot(this.#options.tasksRoot);
    const project = await findProject(tasksRoot);
    const { external, assets } = this.#options;
    const roots: BuilderOptions = { tasksRoot, project, external, assets };
    const generations = openWorkFolder(project).then((folder) => new Generations(folder));
    // Awaited, and so reported, by the first generation.
    generations.catch(() => undefined);
    const workshop: Workshop = {
      builder: new TaskBuilder(roots),
      generations,
      watch: this.#options.watch ? this.#watch(roots, () => workshop) : undefined,
    };
    return workshop;
  }

  #watch(roots: BuilderOptions, workshop: () => Workshop): SourceWatch<Outcome> {
    return new SourceWatch<Outcome>({
      roots,
      build: (files) => this.#build(workshop(), files),
      publish: (outcome) => this.#publish(workshop(), outcome),
      readsOf: (outcome) => ({
        beganAt: outcome.beganAt,
        sources: 'built' in outcome ? outcome.built.sources.keys() : filesOfFailure(outcome.error),
      }),
      sources: () => this.#latest?.sources ?? new Map(),
      isBroken: () => this.#failure !== undefined,
    });
  }

  async #build(workshop: Workshop, changed: readonly string[]): Promise<Outcome> {
    const startedAt = performance.now();
    const beganAt = Date.now();
    const files = changed.map((file) => relative(process.cwd(), file));
    try {
      return { startedAt, beganAt, files, built: await workshop.builder.build() };
    } catch (error) {
      return { startedAt, beganAt, files, error: asBuildFailure(error) };
    }
  }

  /** One at a time: after a first build that failed, a call's own build and one of the watcher may end together. */
  #publish(workshop: Workshop, outcome: Outcome): Promise<void> {
    const turn = this.#published.then(() => this.#publishNext(workshop, outcome));
    this.#published = turn.catch(() => undefined);
    return turn;
  }

  async #publishNext(workshop: Workshop, outcome: Outcome): Promise<void> {
    if (this.#closed !== undefined || outcome.startedAt < this.#newestStartedAt) return;
    this.#newestStartedAt = outcome.startedAt;
    const before = this.#newest;
    const error = 'error' in outcome ? outcome.error : await this.#adopt(workshop, outcome.built);
    await workshop.watch?.follow(error === undefined ? [] : filesOfFailure(error));
    const known = this.#failure;
    this.#failure = error?.message;
    // The very first outcome is the answer of `current()`, not a change.
    if (before === undefined && known === undefined) return;
    if (error !== undefined) {
      if (error.message !== known) this.#tell(() => ({ type: 'failed', error }));
      return;
    }
    const newest = this.#newest;
    if (newest === undefined || (newest === before && known === undefined)) return;
    const durationMs = performance.now() - outcome.startedAt;
    this.#tell(() => ({ type: 'built', bundle: newest.hold(), durationMs, files: outcome.files }));
  }

  /** Makes a build the newest generation, unless it is the same code; answers with what prevented it. */
  async #adopt(workshop: Workshop, built: BuiltTasks): Promise<LambdaPoolError | undefined> {
    const old = this.#newest;
    if (old?.built.manifest.hash !== built.manifest.hash) {
      try {
        const generations = await workshop.generations;
        this.#newest = await generations.write(built, old);
      } catch (error) {
        return asBuildFailure(error);
      }
      await old?.release();
    }
    this.#latest = built;
    return undefined;
  }

  // Each listener gets a bundle of its own to dispose of.
  #tell(change: () => CodeChange): void {
    for (const listener of this.#listeners) {
      try {
        listener(change());
      } catch (error) {
        process.emitWarning(`A listener for changes of the tasks threw: ${String(error)}`, 'LambdaPoolWarning');
      }
    }
  }

  async #close(): Promise<void> {
    this.#listeners.clear();
    const workshop = await this.#workshop?.catch(() => undefined);
    await workshop?.watch?.[Symbol.asyncDispose]();
    await this.#attempt?.catch(() => undefined);
    await workshop?.builder[Symbol.asyncDispose]();
    await this.#newest?.release();
    const generations = await workshop?.generations.catch(() => undefined);
    await generations?.close();
  }
}
