/** Where the contract is kept, and what it is made of. */
import type {
  LambdaExecutor,
  LambdaExecutorOptions,
  LambdaPool,
  LambdaPoolOptions,
  Transport,
} from '../../src/index.ts';

/** What a function is to be like. The same settings are the same function, as long as a place is open. */
export interface FunctionSettings {
  readonly timeoutMs?: number;
  readonly memoryMb?: number;
  /** Calls and results that are too large for an invocation travel by way of this bucket. */
  readonly payloadBucket?: string;
  /** There is no such function. */
  readonly isMissing?: boolean;
}

/** A behaviour that a place does not have. It is tried all the same: once it is there, the run fails until this is removed. */
export interface Deviation {
  /** Title of the behaviour, with its group: `calls: map keeps the order`. */
  readonly test: string;
  /** Why; one sentence, shown in docs/fidelity.md. */
  readonly reason: string;
  /** What the failure says: another one is none that is known. */
  readonly fails: RegExp;
}

/** One place where tasks run. */
export interface Place {
  readonly name: string;
  readonly deviations: readonly Deviation[];
  /** A transport to the fixture tasks; a new one each time. */
  open(settings?: FunctionSettings): Promise<Transport>;
}

/** Pools and executors on the place under test. */
export interface Ground {
  pool(options?: LambdaPoolOptions, settings?: FunctionSettings): Promise<LambdaPool>;
  executor(options?: LambdaExecutorOptions, settings?: FunctionSettings): Promise<LambdaExecutor>;
}

/** One behaviour that all places have in common. */
export interface Behaviour {
  readonly group: string;
  /** A sentence. */
  readonly title: string;
  /** @throws if the place does not behave so. */
  readonly run: (ground: Ground) => Promise<void>;
}

/** The behaviours of a group. */
export function group(name: string, behaviours: Readonly<Record<string, Behaviour['run']>>): readonly Behaviour[] {
  return Object.entries(behaviours).map(([title, run]) => ({ group: name, title, run }));
}

export function titleOf({ group: name, title }: Pick<Behaviour, 'group' | 'title'>): string {
  return `${name}: ${title}`;
}
