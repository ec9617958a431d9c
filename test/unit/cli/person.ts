/** Somebody at a terminal, for commands that ask. */
import { createColors } from 'picocolors';
import type { Io, Output } from '../../../src/cli/io.ts';

/** A person who answers, or, for undefined, never does. */
export function person(answer: string | undefined): Io & { readonly asked: string[] } {
  const asked: string[] = [];
  const output: Output = {
    isTerminal: true,
    columns: 80,
    colors: createColors(false),
    write: (text) => Promise.resolve(void asked.push(text)),
  };
  const closed = Promise.withResolvers<void>();
  async function* answers(): AsyncGenerator<string, void, undefined> {
    if (answer === undefined) await closed.promise;
    else yield answer;
  }
  return {
    asked,
    stdin: { isTerminal: true, close: () => closed.resolve(), [Symbol.asyncIterator]: answers },
    stdout: output,
    stderr: output,
    env: {},
    outputClosed: new AbortController().signal,
  };
}
