/** What users hand in to be called or listened to, held so that neither their errors nor our listeners get away. */

/** Runs `onAbort` when the signal fires, at once if it has. Returns what takes the listener off again. */
export function linkSignal(signal: AbortSignal | undefined, onAbort: (reason: unknown) => void): () => void {
  if (signal === undefined) return nothing;
  const listener = (): void => onAbort(signal.reason);
  if (signal.aborted) {
    listener();
    return nothing;
  }
  signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
}

/** Reports what a user's callback threw: it must not break what it observes, nor be lost. */
export function warn(callback: string, error: unknown): void {
  const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.emitWarning(`${callback} threw: ${said}`, 'LambdaPoolWarning');
}

function nothing(): void {}
