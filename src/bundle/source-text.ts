/** Lines and doc comments of a source text. */
import type { Comment } from './oxc.ts';

export interface SourceText {
  /** 1-based line of an offset. */
  line(offset: number): number;
  /** Text of the doc comment that ends right above an offset, without its decoration. */
  doc(offset: number): string | undefined;
}

export function sourceText(text: string, comments: readonly Comment[]): SourceText {
  const starts = lineStarts(text);
  return {
    line: (offset) => lineOf(starts, offset),
    doc(offset) {
      const above = comments.findLast((comment) => comment.end <= offset);
      if (above?.type !== 'Block' || !above.value.startsWith('*')) return undefined;
      if (text.slice(above.end, offset).trim() !== '') return undefined;
      const doc = undecorated(above.value.slice(1));
      return doc === '' ? undefined : doc;
    },
  };
}

/** Takes the stars off the lines of a doc comment. */
export function undecorated(comment: string): string {
  return comment
    .split(/\r?\n/)
    .map((line) => line.replace(/^\s*(\*(?!\*))? ?/, '').trimEnd())
    .join('\n')
    .trim();
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function lineOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
