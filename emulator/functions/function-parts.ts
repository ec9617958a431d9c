/** What a function is given, what it shares, and what can be seen of it. Types only. */
import type { CodeSource } from '../../src/bundle/code-source.ts';
import type { Events } from '../../src/shared/events.ts';
import type { AccountFacts } from '../arn.ts';
import type { Capacity } from '../queue/capacity.ts';
import type { GenerationSettings } from './generation.ts';
import type { EmulatorEvents } from '../invocation.ts';
import type { MemoryWatch } from '../environments/memory-watch.ts';
import type { StartSandbox } from '../sandbox/sandbox.ts';

/** What a function shares with the others of its emulator. */
export interface FunctionSurroundings {
  readonly account: AccountFacts;
  readonly capacity: Capacity;
  readonly events: Events<EmulatorEvents>;
  readonly memoryWatch: MemoryWatch;
  readonly startSandbox: StartSandbox;
}

export interface EmulatedFunctionOptions {
  readonly settings: GenerationSettings;
  /** It is the function's, which disposes of it. */
  readonly code: CodeSource;
  readonly inspectPort: number | undefined;
}

/** A look at a function. */
export interface FunctionStats {
  /** Environments of the current generation: starting, idle and busy. */
  readonly environments: number;
  /** Running invocations, of older generations too. */
  readonly busy: number;
  readonly waiting: number;
  /** Number of the current generation; 0 before the first build. */
  readonly generation: number;
  /** Processes of all environments and of the spare one; empty for threads. */
  readonly pids: readonly number[];
}
