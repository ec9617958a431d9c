/** Shows tasks: their signatures and the first lines of their comments, in columns. */
import type { Manifest, TaskEntry, TaskParameter } from '../../agent/manifest.ts';
import type { Output } from './io.ts';

/** `math.fibonacci(n)`; an optional parameter ends in `?`, a task that takes `args` only shows `(...)`. */
export function signature(name: string, task: Pick<TaskEntry, 'params'>): string {
  return `${name}(${task.params?.map(parameter).join(', ') ?? '...'})`;
}

function parameter({ name, required, rest }: TaskParameter): string {
  if (rest === true) return `...${name}`;
  return required ? name : `${name}?`;
}

/** First sentence of the doc comment. */
export function summary(task: Pick<TaskEntry, 'doc'>): string {
  const [paragraph = ''] = task.doc?.trim().split(/\n\s*\n/) ?? [];
  const text = paragraph.replaceAll(/\s+/g, ' ');
  return /^.*?[.!?](?= |$)/.exec(text)?.[0] ?? text;
}

/** One line for each task, by name, cut to the width of the output. */
export function taskTable(manifest: Manifest, { colors, columns }: Pick<Output, 'colors' | 'columns'>): string[] {
  const rows = Object.entries(manifest.tasks)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, task]) => [signature(name, task), summary(task)] as const);
  const width = Math.min(48, Math.max(0, ...rows.map(([shown]) => shown.length)));
  return rows.map(([shown, doc]) => {
    const first = `${shown.padEnd(width)}  `;
    const rest = cut(doc, columns - first.length);
    return rest === '' ? shown : first + colors.dim(rest);
  });
}

function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  return length < 10 ? '' : `${text.slice(0, length - 1)}\u2026`;
}
