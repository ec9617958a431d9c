/** What test/fixtures/types/broken-calls.ts expects of the compiler. */
import { readFile } from 'node:fs/promises';
import { repository } from './compile.ts';

/** A line that must be refused. */
export interface Expected {
  /** 1-based. */
  readonly line: number;
  readonly code: string;
  /** Part of the message. */
  readonly words: string;
}

export const BROKEN_CALLS: string = repository('test/fixtures/types/broken-calls.ts');

/** All lines that end in `//~` and the words that the compiler must find for them. */
export async function expectations(): Promise<readonly Expected[]> {
  const lines = (await readFile(BROKEN_CALLS, 'utf8')).split('\n');
  return lines.flatMap((text, index) => {
    const [, code, words] = /^(?!\/\/)(.*) \/\/~ (.+)$/.exec(text) ?? [];
    return code === undefined || words === undefined ? [] : [{ line: index + 1, code, words }];
  });
}
