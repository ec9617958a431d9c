/** Builds the tasks of a root, again and again: what did not change is not done again. */
import type { Manifest } from '../../agent/manifest.ts';
import { readAssets } from './assets.ts';
import { AGENT_MAP, buildAgent } from './agent-bundle.ts';
import { buildFailed, messagesOf, oneLine, relocate } from './build-errors.ts';
import type { BundleFile } from './bundle-file.ts';
import { taskBuildOptions, type InMemoryBuild } from './build-options.ts';
import { discoverModules, type TaskModule } from './discover.ts';
import { leaseEsbuild, type BuildContext, type BuildResult, type EsbuildLease, type Message } from './esbuild.ts';
import { layOut } from './layout.ts';
import { makeTaskTable } from './make-manifest.ts';
import { NativePackages, type NativePackage } from './native-packages.ts';
import { isInPackages } from './paths.ts';
import { stayAlive } from './stay-alive.ts';
import { SourceReader } from './source-reader.ts';
import { BuildGraph, OutputCache, type BundlePart } from './task-outputs.ts';
import { join } from 'node:path';

export interface BuilderOptions {
  /** Absolute, links resolved. */
  readonly tasksRoot: string;
  /** Absolute, links resolved. */
  readonly project: string;
  /** Packages to leave out of the bundle. */
  readonly external: readonly string[];
  /** Globs of files to copy beside the modules. */
  readonly assets: readonly string[];
}

/** A bundle before it is written. */
export interface BuiltTasks {
  readonly manifest: Manifest;
  /** By path within the bundle, with forward slashes. */
  readonly files: ReadonlyMap<string, string | Uint8Array>;
  /** Packages with native code, left out of the bundle. */
  readonly nativePackages: readonly NativePackage[];
  /** How much each source, package and asset weighs, source maps aside. */
  readonly parts: readonly BundlePart[];
  /** What deserves mention and is no error. */
  readonly notes: readonly string[];
  /** Size in bytes of each of the project's own sources, by absolute path. */
  readonly sources: ReadonlyMap<string, number>;
}

type Finished = BuildResult<InMemoryBuild>;
type Context = BuildContext<InMemoryBuild>;

export class TaskBuilder implements AsyncDisposable {
  readonly #options: BuilderOptions;
  readonly #reader = new SourceReader();
  readonly #packages = new NativePackages();
  readonly #outputs = new OutputCache();
  readonly #native = new Map<string, NativePackage>();
  #turn: Promise<unknown> = Promise.resolve();
  #lease: Promise<EsbuildLease> | undefined;
  #agent: Promise<ReadonlyMap<string, BundleFile>> | undefined;
  #context: { readonly key: string; readonly value: Context } | undefined;

  constructor(options: BuilderOptions) {
    this.#options = options;
  }

  /**
   * Builds what is on the disk now; a second call waits for the first to end.
   * @throws {LambdaPoolError} BUILD_FAILED with file, line and code frame.
   */
  build(): Promise<BuiltTasks> {
    const built = this.#turn.then(() => stayAlive(() => this.#build()));
    this.#turn = built.catch(() => undefined);
    return built;
  }

  async #build(): Promise<BuiltTasks> {
    this.#lease ??= leaseEsbuild();
    const lease = await this.#lease;
    try {
      return await this.#buildWith(lease);
    } catch (error) {
      if (!lease.isDead()) throw error;
      this.#lease = undefined;
      this.#context = undefined;
      await lease[Symbol.asyncDispose]();
      this.#lease = leaseEsbuild();
      return this.#buildWith(await this.#lease);
    }
  }

  async #buildWith(lease: EsbuildLease): Promise<BuiltTasks> {
    const { tasksRoot, assets } = this.#options;
    const { modules, notes } = await discoverModules(tasksRoot);
    this.#agent = buildAgent(lease.esbuild);
    const [agent, result, copied] = await Promise.all([
      this.#agent,
      this.#bundle(lease, modules),
      readAssets(tasksRoot, assets),
    ]);
    return this.#assemble({ modules, notes, result, agent, assets: copied });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return stayAlive(() => this.#close());
  }

  async #close(): Promise<void> {
    await this.#turn;
    // A failed build does not wait for the agent's, and a stopped esbuild never answers.
    await this.#agent?.catch(() => undefined);
    await this.#context?.value.dispose();
    this.#context = undefined;
    const lease = await this.#lease?.catch(() => undefined);
    await lease?.[Symbol.asyncDispose]();
  }

  /** Builds until no package with native code is left inside. Each round finds at least one more, so it ends. */
  async #bundle(lease: EsbuildLease, modules: readonly TaskModule[]): Promise<Finished> {
    for (;;) {
      const context = await this.#contextFor(lease, modules);
      const outcome = await context.rebuild().catch((error: unknown) => {
        const messages = messagesOf(error);
        if (messages === undefined) throw error;
        return messages;
      });
      const { project } = this.#options;
      const files = 'metafile' in outcome ? Object.keys(outcome.metafile.inputs) : filesIn(outcome);
      const native = await this.#packages.among(files.filter(isInPackages).map((file) => join(project, file)));
      const fresh = native.filter(({ name }) => !this.#native.has(name));
      for (const each of fresh) this.#native.set(each.name, each);
      if (fresh.length > 0) continue;
      if ('metafile' in outcome) return outcome;
      throw await buildFailed(lease.esbuild, outcome, project);
    }
  }

  async #contextFor(lease: EsbuildLease, modules: readonly TaskModule[]): Promise<Context> {
    const { tasksRoot, project, assets } = this.#options;
    const external = [...this.#options.external, ...this.#native.keys()];
    const key = JSON.stringify([modules, external]);
    if (this.#context?.key === key) return this.#context.value;
    const old = this.#context;
    this.#context = undefined;
    await old?.value.dispose();
    const options = taskBuildOptions({ tasksRoot, project, modules, external, hasAssets: assets.length > 0 });
    const value = await lease.esbuild.context(options);
    lease.unref();
    this.#context = { key, value };
    return value;
  }

  async #assemble(made: {
    readonly modules: readonly TaskModule[];
    readonly notes: readonly string[];
    readonly result: Finished;
    readonly agent: ReadonlyMap<string, BundleFile>;
    readonly assets: ReadonlyMap<string, BundleFile>;
  }): Promise<BuiltTasks> {
    const { tasksRoot, project } = this.#options;
    const { modules, result } = made;
    const build = new BuildGraph(project, result);
    const outputs = this.#outputs.files(result.outputFiles);
    const sources = modules.map(({ name, file }) => build.sourceOf(name) ?? file);
    const exports = await this.#reader.readGraph(sources, build);
    const { tasks, notes } = makeTaskTable({
      tasksRoot,
      modules,
      graph: { exportsOf: (file) => exports.get(file), resolve: (file, specifier) => build.resolve(file, specifier) },
      sourceOf: (module) => build.sourceOf(module),
      exportsOf: (module) => build.exportsOf(module),
      hashOf: (module) => build.hashOf(module, outputs),
    });
    const native = [...this.#native.values()];
    const { manifest, files } = layOut({
      modules: modules.map(({ name }) => name),
      tasks,
      outputs: new Map([...outputs, ...made.assets]),
      agent: made.agent,
      external: [...this.#options.external, ...this.#native.keys()],
    });
    return {
      manifest,
      files,
      nativePackages: native,
      parts: [
        ...build.parts,
        ...partsOf(made.agent, (name) => `lambdapool/${name}`),
        ...partsOf(made.assets, (name) => `tasks/${name}`),
      ],
      notes: [...made.notes, ...notes, ...native.map(noteOfNative), ...notesOfWarnings(result.warnings, project)],
      sources: new Map([...build.inputs].filter(([file]) => !isInPackages(file))),
    };
  }
}

function partsOf(files: ReadonlyMap<string, BundleFile>, nameOf: (name: string) => string): BundlePart[] {
  const code = [...files].filter(([name]) => name !== AGENT_MAP);
  return code.map(([name, { contents }]) => ({ name: nameOf(name), bytes: Buffer.byteLength(contents) }));
}

function filesIn(errors: readonly Message[]): string[] {
  return errors.flatMap(({ location }) => (location === null ? [] : [location.file]));
}

function noteOfNative({ name }: NativePackage): string {
  return `The package ${name} holds native code: it stays outside the bundle and is loaded from node_modules.`;
}

// What packages get warned of is not for their users to mend.
function notesOfWarnings(warnings: readonly Message[], project: string): string[] {
  const own = warnings.filter(({ location }) => location !== null && !isInPackages(location.file));
  return relocate(own, project).map(oneLine);
}
