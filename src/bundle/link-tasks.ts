/** Follows the exports of a task module to the functions behind them. Pure: files and resolution come as functions. */
import type { Binding, ModuleExports } from './module-exports.ts';

/** What is known of the modules of a build. */
export interface ModuleGraph {
  /** Exports of a source file; undefined for a package, a JSON file and the like, which are not read. */
  exportsOf(file: string): ModuleExports | undefined;
  /** The file that a specifier in `file` leads to; undefined where it leads out of the bundle. */
  resolve(file: string, specifier: string): string | undefined;
}

/** A binding that is no import any more, and the file that declares it. */
export type Found = { readonly binding: Exclude<Binding, { kind: 'import' }>; readonly file: string };

/**
 * The function behind an export: `undefined` if there is certainly none. What comes out of a package counts as a
 * function of unknown parameters. `seen` breaks circles of modules that re-export each other.
 */
export function linkExport(
  graph: ModuleGraph,
  { file, name }: { readonly file: string; readonly name: string },
  seen: Set<string> = new Set(),
): Found | undefined {
  const key = `${file}\0${name}`;
  if (seen.has(key)) return undefined;
  seen.add(key);
  const exports = graph.exportsOf(file);
  const binding = exports?.named.get(name);
  if (binding?.kind === 'import') {
    const target = graph.resolve(file, binding.specifier);
    if (target !== undefined && graph.exportsOf(target) !== undefined) {
      return linkExport(graph, { file: target, name: binding.name }, seen);
    }
    return { binding: { kind: 'function', params: null, line: binding.line }, file };
  }
  if (binding !== undefined) return { binding, file };
  if (name === 'default') return undefined;
  for (const specifier of exports?.stars ?? []) {
    const target = graph.resolve(file, specifier);
    const found = target === undefined ? undefined : linkExport(graph, { file: target, name }, seen);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Specifiers of `export * from` that lead into what is not read. */
export function opaqueStars(graph: ModuleGraph, file: string, seen: Set<string> = new Set()): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  return (graph.exportsOf(file)?.stars ?? []).flatMap((specifier) => {
    const target = graph.resolve(file, specifier);
    return target === undefined || graph.exportsOf(target) === undefined
      ? [specifier]
      : opaqueStars(graph, target, seen);
  });
}
