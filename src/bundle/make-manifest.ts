/** Makes the table of tasks from what the sources and the build tell. Pure. */
import type { TaskEntry } from '../../agent/manifest.ts';
import type { TaskModule } from './discover.ts';
import { linkExport, opaqueStars, type ModuleGraph } from './link-tasks.ts';
import { relativeTo } from './paths.ts';

export interface ManifestInput {
  readonly tasksRoot: string;
  readonly modules: readonly TaskModule[];
  readonly graph: ModuleGraph;
  /** Facts of the build about a module. */
  sourceOf(module: string): string | undefined;
  exportsOf(module: string): readonly string[];
  hashOf(module: string): string;
}

export interface TaskTable {
  readonly tasks: Record<string, TaskEntry>;
  readonly notes: readonly string[];
}

const NAME = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

export function makeTaskTable(input: ManifestInput): TaskTable {
  const tasks: Record<string, TaskEntry> = Object.create(null);
  const notes: string[] = [];
  for (const module of input.modules) {
    const found = tasksOf(input, module, notes);
    if (found.length === 0) notes.push(`${shown(input, module)} exports no function, so it holds no tasks.`);
    for (const entry of found) tasks[`${entry.module}.${entry.export}`] = entry;
  }
  return { tasks, notes };
}

function tasksOf(input: ManifestInput, module: TaskModule, notes: string[]): TaskEntry[] {
  const source = input.sourceOf(module.name) ?? module.file;
  for (const specifier of opaqueStars(input.graph, source)) {
    notes.push(
      `${shown(input, module)}: \`export * from '${specifier}'\` makes no tasks. Name the functions that shall be some: export { name } from '${specifier}'.`,
    );
  }
  return input.exportsOf(module.name).flatMap((name) => taskOf(input, { module, name, source }, notes) ?? []);
}

function taskOf(
  input: ManifestInput,
  { module, name, source }: { readonly module: TaskModule; readonly name: string; readonly source: string },
  notes: string[],
): TaskEntry | undefined {
  const found = name === 'default' ? undefined : linkExport(input.graph, { file: source, name });
  if (found === undefined || found.binding.kind === 'other') return undefined;
  if (found.binding.kind === 'generator') {
    notes.push(`${shown(input, module)}: ${name} is a generator and no task, as its result cannot travel.`);
    return undefined;
  }
  if (!NAME.test(name)) {
    notes.push(`${shown(input, module)}: ${JSON.stringify(name)} is no task, as its name is not an identifier.`);
    return undefined;
  }
  const { params, doc, line } = found.binding;
  const file = relativeTo(input.tasksRoot, found.file === source ? module.file : found.file);
  const hash = input.hashOf(module.name);
  return { module: module.name, export: name, params, ...(doc === undefined ? {} : { doc }), file, line, hash };
}

function shown(input: ManifestInput, module: TaskModule): string {
  return relativeTo(input.tasksRoot, module.file);
}
