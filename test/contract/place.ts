/** Where the suite runs. Types only. */
import type { LambdaPool, Transport } from '../../src/index.ts';

/** One place where tasks run. */
export interface Place {
  readonly name: string;
  /** A transport to the fixture tasks; a new one for each pool. Timeout and memory are those of the function. */
  open(options?: { readonly timeoutMs?: number; readonly memoryMb?: number }): Promise<Transport>;
}

/** Opens a pool on the place under test. */
export type OpenPool = (options?: Parameters<Place['open']>[0]) => Promise<LambdaPool>;
