/** What a pool may ask of environments. */
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { group } from './place.ts';
import type { Behaviour } from './place.ts';
import { rejection } from './rejection.ts';

interface Environment {
  readonly id: string;
  readonly calls: number;
}

export const ENVIRONMENTS: readonly Behaviour[] = group('environments', {
  'are used again, with the state of their modules': async (on) => {
    await using pool = await on.pool({ workers: 1 });
    const seen = await pool.starmap<Environment>(
      'state.environment',
      Array.from({ length: 12 }, () => []),
      { chunksize: 1 },
    );
    const [last] = seen.slice(-1);
    expect(new Set(seen.map(({ id }) => id)).size).toBeLessThan(seen.length);
    expect(last?.calls).toBeGreaterThan(1);
  },
  'run the initializer once, before the first call': async (on) => {
    const mark = randomUUID();
    await using pool = await on.pool({ workers: 1, initializer: 'state.warmup', initargs: [{ mark }] });
    const seen = await pool.starmap<{ mark: string }[]>('state.warmups', [[], [], []], { chunksize: 1 });
    for (const warmups of seen) expect(warmups.filter((each) => each.mark === mark)).toHaveLength(1);
  },
  'fail the calls with INIT_FAILED if the initializer throws': async (on) => {
    await using pool = await on.pool({ workers: 1, initializer: 'faults.throwError', initargs: [randomUUID()] });
    expect(await rejection(pool.apply('math.add', { args: [1] }))).toMatchObject({
      code: 'INIT_FAILED',
      cause: { cause: { name: 'OrderError' } },
    });
  },
  'are replaced after `maxTasksPerEnvironment` calls, and no call is lost': async (on) => {
    await using pool = await on.pool({ workers: 1, maxTasksPerEnvironment: 2 });
    const seen = await pool.starmap<Environment>('state.environment', [[], [], [], []], { chunksize: 1 });
    const ids = seen.map(({ id }) => id);
    expect(new Set(ids).size).toBeGreaterThanOrEqual(2);
    for (const id of ids) expect(ids.filter((each) => each === id).length).toBeLessThanOrEqual(2);
  },
  'see the variables that Lambda sets, and no others of this machine': async (on) => {
    const secret = 'LAMBDAPOOL_CONTRACT_SECRET';
    process.env[secret] = 'mine';
    try {
      await using pool = await on.pool();
      const names = await pool.apply<string[]>('state.environmentVariableNames');
      expect(names).toEqual(
        expect.arrayContaining(['AWS_LAMBDA_FUNCTION_NAME', 'AWS_LAMBDA_FUNCTION_MEMORY_SIZE', 'AWS_REGION']),
      );
      expect(names).not.toContain(secret);
    } finally {
      delete process.env[secret];
    }
  },
});
