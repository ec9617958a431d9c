/** Rows of `multiprocessing.Pool`: its making, its environments and its end. */
import { expect } from 'vitest';
import { LambdaPool, shared } from '../../src/index.ts';
import type { Environment } from '../../fixtures/tasks/state.ts';
import { runsToItsEnd } from './program.ts';
import type { Row } from './row.ts';
import { collected, range, rejection, sleep, squares, timeMs, warningsOf } from './tools.ts';

const closed = expect.objectContaining({ code: 'POOL_CLOSED', message: expect.stringContaining('Pool not running') });

export const POOL_LIFE: readonly Row[] = [
  {
    subject: 'Pool',
    test: 'test_make_pool',
    behaviour: 'workers: 0 and -1 are refused',
    run(ground) {
      for (const workers of [0, -1]) {
        expect(() => ground.pool({ workers })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
      }
    },
  },
  {
    subject: 'Pool',
    test: 'test_terminate',
    behaviour: 'terminate() drops 10,000 queued calls at once, and all of them reject',
    async run(ground) {
      await using pool = ground.pool();
      const map = pool.mapAsync(
        'faults.sleep',
        range(10_000).map(() => 300),
        { chunksize: 1 },
      );
      const ended = timeMs(async () => {
        await pool.terminate();
        await pool.join();
      });
      expect(await rejection(map.get())).toMatchObject({ code: 'POOL_TERMINATED' });
      expect(await ended).toBeLessThan(2_000);
    },
  },
  {
    subject: 'Pool',
    test: 'test_context',
    behaviour: 'after the block no call is taken',
    async run(ground) {
      const pool = ground.pool();
      {
        await using within = pool;
        expect(await within.map('math.square', [2])).toEqual([4]);
      }
      expect(() => pool.mapAsync('math.square', [2])).toThrow(closed);
      await expect(pool.apply('math.square', { args: [2] })).rejects.toEqual(closed);
    },
  },
  {
    subject: 'Pool',
    test: 'test_enter',
    behaviour: 'a terminated pool takes no call, also inside a new block, and ends again without an error',
    async run(ground) {
      const pool = ground.pool();
      await pool.terminate();
      {
        await using again = pool;
        await expect(again.map('math.square', [2])).rejects.toEqual(closed);
      }
      await pool.join();
    },
  },
  {
    subject: 'Pool',
    test: 'test_release_task_refs',
    behaviour: 'neither arguments nor results are held once a call has ended',
    async run(ground) {
      await using pool = ground.pool();
      const roundTrip = async (): Promise<WeakRef<object>[]> => {
        const item = { n: 1 };
        const [result] = await pool.map<object>('echo.echo', [item]);
        return [new WeakRef(item), new WeakRef(result!)];
      };
      for (const ref of await roundTrip()) await collected(ref);
    },
  },
  {
    subject: 'Pool',
    test: 'test_resource_warning',
    behaviour: 'a pool that is dropped while it is open warns; one that was closed does not',
    async run(ground) {
      const drop = async (end: (pool: LambdaPool) => Promise<void> | void): Promise<WeakRef<object>> => {
        const pool = new LambdaPool({ workers: 1, transport: shared(ground.transport) });
        await pool.apply('echo.noop');
        await end(pool);
        return new WeakRef(pool);
      };
      const warned = async (end: (pool: LambdaPool) => Promise<void> | void): Promise<string[]> => {
        const warnings = await warningsOf(async () => {
          await collected(await drop(end));
          await sleep(50);
        });
        return warnings.filter((each) => each.startsWith('ResourceWarning'));
      };
      expect(await warned((pool) => pool.terminate())).toEqual([]);
      expect(await warned(() => {})).toEqual([expect.stringContaining('LambdaPool was dropped')]);
    },
  },
  {
    subject: 'Pool',
    test: 'test_pool_worker_lifetime',
    behaviour: 'with maxTasksPerEnvironment environments are replaced, and no call is lost or run twice',
    async run(ground) {
      await using pool = ground.pool({ workers: 3, maxTasksPerEnvironment: 10 });
      const ran = await pool.map<Environment>(
        'state.environmentAfter',
        range(100).map(() => 1),
        { chunksize: 1 },
      );
      const byEnvironment = Map.groupBy(ran, ({ id }) => id);
      expect(ran).toHaveLength(100);
      expect(byEnvironment.size).toBeGreaterThanOrEqual(10);
      for (const calls of byEnvironment.values()) expect(calls.length).toBeLessThanOrEqual(10);
    },
  },
  {
    subject: 'Pool',
    test: 'test_pool_worker_lifetime_early_close',
    behaviour: 'close() with maxTasksPerEnvironment: 1 and a backlog still finishes all calls',
    async run(ground) {
      const pool = ground.pool({ workers: 3, maxTasksPerEnvironment: 1 });
      const results = range(6).map((n) => pool.applyAsync<number>('math.square', { args: [n] }));
      pool.close();
      await pool.join();
      expect(await Promise.all(results)).toEqual(squares(6));
    },
  },
  {
    subject: 'Pool',
    test: 'test_pool_maxtasksperchild_invalid',
    behaviour: 'maxTasksPerEnvironment: 0, -1, 0.5 and "12" are refused',
    run(ground) {
      for (const value of [0, -1, 0.5, '12']) {
        expect(() => ground.pool({ maxTasksPerEnvironment: value as number })).toThrow(
          expect.objectContaining({
            code: 'OPTION_INVALID',
            message: expect.stringContaining('`maxTasksPerEnvironment`'),
          }),
        );
      }
    },
  },
  {
    subject: 'Pool',
    test: 'test_worker_finalization_via_atexit',
    behaviour: 'a program that leaves a pool open ends by itself',
    run: (ground) => runsToItsEnd(ground, 'pool'),
  },
];
