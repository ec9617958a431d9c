/** Shows tasks: their signatures and the first lines of their comments, in columns. */
import type { Manifest, TaskEntry, TaskParameter } from '../../agent/manifest.ts';
import type { Colors } from './io.ts';

/** `math.fibonacci(n)`; an optional parameter ends in `?`, a task that takes `args` only shows `(...)`. */
export function signature(name: string, task: Pick<TaskEntry, 'params'>): string {
  return `${name}(${task.params?.map(parameter).join(', ') ?? '...'})`;
}

function parameter({ name, required, rest }: TaskParameter): string {
  if (rest === true) return `...${name}`;
  return required ? name : `${name}?`;
}

/** First line of the doc comment that says something. */
export function summary(task: Pick<TaskEntry, 'doc'>): string {
  return (
    task.doc
      ?.split('\n')
      .find((line) => line.trim() !== '')
      ?.trim() ?? ''
  );
}

/** One line for each task, by name. */
export function taskTable(manifest: Manifest, colors: Colors): string[] {
  const rows = Object.entries(manifest.tasks)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, task]) => [signature(name, task), summary(task)] as const);
  const width = Math.min(48, Math.max(0, ...rows.map(([shown]) => shown.length)));
  return rows.map(([shown, doc]) => (doc === '' ? shown : `${shown.padEnd(width)}  ${colors.dim(doc)}`));
}
