/** What a run of esbuild made: its files, which module each belongs to, and which source each import led to. */
import { basename, join } from 'node:path';
import { withRequire } from './build-options.ts';
import type { BundleFile } from './bundle-file.ts';
import { hashOf } from './content-hash.ts';
import type { BuildResult, Metafile, OutputFile } from './esbuild.ts';
import { packageOf } from './native-packages.ts';

type Finished = BuildResult<{ write: false; metafile: true }>;

/** Keeps the files of the run before, so that only what changed is decoded and hashed again. */
export class OutputCache {
  #files = new Map<string, BundleFile>();

  /** By name within the folder of the tasks. */
  files(outputs: readonly OutputFile[]): Map<string, BundleFile> {
    const kept = new Map<string, BundleFile>();
    const byName = new Map<string, BundleFile>();
    for (const output of outputs) {
      const key = `${output.path}\0${output.hash}`;
      const file = this.#files.get(key) ?? finish(output);
      kept.set(key, file);
      byName.set(basename(output.path), file);
    }
    this.#files = kept;
    return byName;
  }
}

function finish(output: OutputFile): BundleFile {
  const contents = output.path.endsWith('.mjs') ? withRequire(output.text) : output.contents;
  return { contents, hash: hashOf(contents) };
}

/** A source, package or file, and what it adds to a bundle. */
export interface BundlePart {
  /** `tasks/math.ts`, `node_modules/lodash`: relative to the project. */
  readonly name: string;
  readonly bytes: number;
}

/** Answers questions about one finished build. */
export class BuildGraph {
  readonly #project: string;
  readonly #inputs: Metafile['inputs'];
  readonly #outputs = new Map<string, Metafile['outputs'][string]>();

  constructor(project: string, { metafile }: Pick<Finished, 'metafile'>) {
    this.#project = project;
    this.#inputs = metafile.inputs;
    for (const [path, output] of Object.entries(metafile.outputs)) this.#outputs.set(basename(path), output);
  }

  /** Size in bytes of each source, by absolute path. */
  get inputs(): Map<string, number> {
    return new Map(Object.entries(this.#inputs).map(([path, { bytes }]) => [join(this.#project, path), bytes]));
  }

  /** What the code is made of: each of the project's sources, and each package as a whole. */
  get parts(): readonly BundlePart[] {
    const bytes = new Map<string, number>();
    for (const output of this.#outputs.values()) {
      for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
        const name = packageOf(path)?.directory ?? path;
        bytes.set(name, (bytes.get(name) ?? 0) + bytesInOutput);
      }
    }
    return [...bytes].map(([name, sum]) => ({ name, bytes: sum }));
  }

  /** The source file of a module, links resolved. */
  sourceOf(module: string): string | undefined {
    const path = this.#outputs.get(`${module}.mjs`)?.entryPoint;
    return path === undefined ? undefined : join(this.#project, path);
  }

  /** Names that a module exports when it runs; types are not among them. */
  exportsOf(module: string): readonly string[] {
    return this.#outputs.get(`${module}.mjs`)?.exports ?? [];
  }

  /** Where a specifier leads; undefined for what stays outside the bundle. */
  resolve(file: string, specifier: string): string | undefined {
    const input = this.#inputs[this.#key(file)];
    const found = input?.imports.find((each) => each.original === specifier && each.external !== true);
    return found === undefined ? undefined : join(this.#project, found.path);
  }

  /** Hash of a module with everything that it can load. */
  hashOf(module: string, files: ReadonlyMap<string, BundleFile>): string {
    const reached = new Set<string>();
    const visit = (name: string): void => {
      if (reached.has(name)) return;
      reached.add(name);
      for (const each of this.#outputs.get(name)?.imports ?? []) if (each.external !== true) visit(basename(each.path));
    };
    visit(`${module}.mjs`);
    return hashOf(...[...reached].sort().flatMap((name) => [name, files.get(name)?.hash ?? '']));
  }

  #keys: Map<string, string> | undefined;

  // esbuild writes forward slashes on every system, and paths relative to the project.
  #key(file: string): string {
    this.#keys ??= new Map(Object.keys(this.#inputs).map((path) => [join(this.#project, path), path]));
    return this.#keys.get(file) ?? file;
  }
}
