/** Reads the exports of source files, each text once. */
import { readFile } from 'node:fs/promises';
import type { ModuleExports } from './module-exports.ts';
import { loadParser } from './oxc.ts';
import { isInPackages } from './paths.ts';
import { readExports } from './read-exports.ts';

export interface Resolver {
  resolve(file: string, specifier: string): string | undefined;
}

export class SourceReader {
  readonly #parser = loadParser();
  readonly #read = new Map<string, { readonly text: string; readonly exports: ModuleExports }>();

  constructor() {
    // Awaited, and so reported, at the first read.
    this.#parser.catch(() => undefined);
  }

  async read(file: string): Promise<ModuleExports> {
    const [parse, text] = await Promise.all([this.#parser, readFile(file, 'utf8')]);
    const known = this.#read.get(file);
    if (known?.text === text) return known.exports;
    // Faults of syntax are esbuild's to report; the tree is good as far as it goes.
    const { program, comments } = parse(file, text, { preserveParens: false });
    const exports = readExports(program, comments, text);
    this.#read.set(file, { text, exports });
    return exports;
  }

  /** Exports of `files` and of all project files that they re-export from. */
  async readGraph(files: readonly string[], resolver: Resolver): Promise<Map<string, ModuleExports>> {
    const graph = new Map<string, ModuleExports>();
    let layer = new Set(files);
    while (layer.size > 0) {
      const read = await Promise.all([...layer].map(async (file) => [file, await this.read(file)] as const));
      for (const [file, exports] of read) graph.set(file, exports);
      layer = new Set(
        read.flatMap(([file, exports]) =>
          specifiersOf(exports).flatMap((specifier) => {
            const target = resolver.resolve(file, specifier);
            return target !== undefined && isReadable(target) && !graph.has(target) ? [target] : [];
          }),
        ),
      );
    }
    return graph;
  }
}

function specifiersOf(exports: ModuleExports): string[] {
  const named = [...exports.named.values()].flatMap((each) => (each.kind === 'import' ? [each.specifier] : []));
  return [...new Set([...named, ...exports.stars])];
}

function isReadable(file: string): boolean {
  return !isInPackages(file) && /\.[cm]?[jt]sx?$/.test(file);
}
