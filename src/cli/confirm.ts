/** Asks a person before something is gone. */
import type { Io } from './io.ts';

/** Whether the answer is yes. Closes standard input: nothing else is read from it. */
export async function confirm(question: string, io: Io, signal: AbortSignal): Promise<boolean> {
  const close = (): void => io.stdin.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    await io.stderr.write(`${question} [y/N] `);
    for await (const chunk of io.stdin) return /^\s*y(es)?\s*$/i.test(String(chunk));
    return false;
  } finally {
    signal.removeEventListener('abort', close);
    io.stdin.close();
    signal.throwIfAborted();
  }
}
