/** A row: one of Python's own tests, what it asserts, and the same for ours on any place; or why it does not apply. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LambdaExecutor, LambdaPool, shared } from '../../src/index.ts';
import type { LambdaExecutorOptions, LambdaPoolOptions, Transport } from '../../src/index.ts';
import type { Place } from '../contract/place.ts';

/** What a row runs on. All pools and executors of one place share its environments. */
export interface Ground {
  readonly transport: Transport;
  pool(options?: LambdaPoolOptions): LambdaPool;
  executor(options?: LambdaExecutorOptions): LambdaExecutor;
}

/** Which of Python's classes a row is about. */
export type Subject = 'Pool' | 'Executor' | 'Future' | 'asCompleted' | 'wait';

export interface Row {
  readonly subject: Subject;
  /** Name of Python's test. */
  readonly test: string;
  /** What holds here, in our own words. */
  readonly behaviour: string;
  /** Absent if the row does not apply. */
  readonly run?: (ground: Ground) => Promise<void> | void;
  /** Why it does not apply. */
  readonly reason?: string;
}

export function titleOf({ subject, test, behaviour }: Row): string {
  return `${subject} ${test}: ${behaviour}`;
}

/** Runs the rows on a place. */
export function describeRows(place: Place, rows: readonly Row[]): void {
  describe(`on ${place.name}`, () => {
    const ground = open(place);
    const cases = rows.flatMap((row) => (row.run === undefined ? [] : [[titleOf(row), row.run] as const]));
    test.for(cases)('%s', async ([, run]) => {
      expect.hasAssertions();
      await run(ground);
    });
  });
}

function open(place: Place): Ground {
  let transport: Transport | undefined;
  beforeAll(async () => {
    transport = await place.open();
  });
  afterAll(() => transport?.[Symbol.asyncDispose]());
  const get = (): Transport => {
    if (transport === undefined) throw new Error('The place is not open.');
    return transport;
  };
  return {
    get transport() {
      return get();
    },
    pool: (options) => new LambdaPool({ workers: 4, transport: shared(get()), ...options }),
    executor: (options) => new LambdaExecutor({ maxWorkers: 4, transport: shared(get()), ...options }),
  };
}
