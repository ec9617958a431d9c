/** Finds the file that a sandbox starts with: TypeScript where we run from source, JavaScript where we are built. */
import { fileURLToPath } from 'node:url';

const EXTENSION = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

export function entryFile(name: 'process-entry' | 'thread-entry'): string {
  return fileURLToPath(new URL(`./${name}.${EXTENSION}`, import.meta.url));
}

/** Node says on stderr that it strips types; in a function's log that would be noise of ours. */
export const ENTRY_FLAGS: readonly string[] = EXTENSION === 'ts' ? ['--disable-warning=ExperimentalWarning'] : [];
