/** Joins the watched files with the loop that builds: which changes count, and which files to follow. */
import { statSync, type Stats } from 'node:fs';
import { basename } from 'node:path';
import { systemClock } from '../shared/clock.ts';
import { assetMatcher } from './assets.ts';
import { isInside, relativeTo } from './paths.ts';
import { ReloadLoop } from './reload-loop.ts';
import type { BuilderOptions } from './task-builder.ts';
import { watchFiles, type FileWatch } from './watch-files.ts';
import { settingsFiles } from './watched-files.ts';

/** The clock of file times may lag by one tick of the kernel behind ours. */
const TICK_MS = 5;

export interface SourceWatchOptions<Outcome> {
  readonly roots: BuilderOptions;
  build(files: readonly string[]): Promise<Outcome>;
  publish(outcome: Outcome): Promise<void>;
  /** The files that a build read, and when it began, in milliseconds since 1970. */
  readsOf(outcome: Outcome): { readonly sources: Iterable<string>; readonly beganAt: number };
  /** Size of each source in the newest good build, by path. */
  sources(): ReadonlyMap<string, number>;
  /** Whether the last build failed: then any change may mend it. */
  isBroken(): boolean;
}

export class SourceWatch<Outcome> implements AsyncDisposable {
  readonly #options: SourceWatchOptions<Outcome>;
  readonly #isAsset: (path: string) => boolean;
  readonly #loop: ReloadLoop<Outcome>;
  readonly #watch: Promise<FileWatch>;

  constructor(options: SourceWatchOptions<Outcome>) {
    this.#options = options;
    this.#isAsset = assetMatcher(options.roots.assets);
    this.#loop = new ReloadLoop({
      clock: systemClock,
      build: (files) => options.build(files),
      publish: (outcome) => options.publish(outcome),
      isHalfSaved: (file) => (options.sources().get(file) ?? 0) > 0 && statOf(file)?.size === 0,
      isStale: (outcome) => isStale(options.readsOf(outcome)),
    });
    this.#watch = watchFiles({
      root: options.roots.tasksRoot,
      ignores: (path) => /^\.|^node_modules$|~$/.test(basename(path)),
      onChange: (path) => {
        if (path === undefined || this.#counts(path)) this.#loop.touch(path);
      },
    });
    // Awaited, and so reported, by `start`.
    this.#watch.catch(() => undefined);
  }

  /** To be called after a build: what changed between its beginning and the watcher's is found by building once more. */
  async start(): Promise<void> {
    const watch = await this.#watch;
    void watch.ready.then(() => this.#loop.touch());
  }

  /** Follows the sources of the newest build and the files that could mend a broken one. */
  async follow(files: Iterable<string>): Promise<void> {
    const { tasksRoot, project } = this.#options.roots;
    const watch = await this.#watch;
    watch.follow([...this.#options.sources().keys(), ...files, ...settingsFiles(tasksRoot, project)]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#loop[Symbol.asyncDispose]();
    const watch = await this.#watch.catch(() => undefined);
    await watch?.[Symbol.asyncDispose]();
  }

  // Tasks may write data beside themselves; that is no reason to build.
  #counts(path: string): boolean {
    const { tasksRoot } = this.#options.roots;
    if (!isInside(tasksRoot, path) || this.#options.isBroken() || this.#options.sources().has(path)) return true;
    return /\.([cm]?[jt]sx?|json)$/.test(path) || this.#isAsset(relativeTo(tasksRoot, path));
  }
}

function isStale({ sources, beganAt }: { readonly sources: Iterable<string>; readonly beganAt: number }): boolean {
  // A time in the future is some other clock's, and tells nothing.
  const now = Date.now() + TICK_MS;
  for (const file of sources) {
    const mtimeMs = statOf(file)?.mtimeMs ?? 0;
    if (mtimeMs >= beganAt - TICK_MS && mtimeMs <= now) return true;
  }
  return false;
}

function statOf(file: string): Stats | undefined {
  return statSync(file, { throwIfNoEntry: false });
}
