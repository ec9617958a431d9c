/** What commands are given: where to read and write, when to stop, and whom to tell the exit code. */
import type { ExitCode } from './failure.ts';
import type { Io } from './io.ts';

export interface Context {
  readonly io: Io;
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
  readonly setExitCode: (code: ExitCode) => void;
}
