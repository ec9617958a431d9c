/** The pool at large: decides where it runs when it is made. */
import { POOL_KEYS } from './pool/options.ts';
import type { PoolOptions, TaskOptions } from './pool/options.ts';
import { Pool } from './pool/pool.ts';
import { PLACE_KEYS, withoutPlace } from './place/options.ts';
import type { PlaceOptions } from './place/options.ts';
import { deploymentOf, resolvePlace } from './place/place.ts';
import { checkKeys } from './shared/options.ts';
import { namesOf } from './typed/task-names.ts';
import type { TaskName, Untyped } from './typed/task-types.ts';

/**
 * Options of `LambdaPool`. Where it runs: `transport` if given; else what LAMBDAPOOL_TRANSPORT says (`lambda`,
 * `localstack`, `emulator`, or the URL of an endpoint such as `http://127.0.0.1:3001`); else on Lambda if `lambdaEntrypoint`
 * is given; else in an emulator in this process.
 */
export interface LambdaPoolOptions<Tasks = Untyped> extends Omit<PoolOptions, 'workers' | 'taskOptions'>, PlaceOptions {
  /**
   * The modules of the tasks, by the names that they have in the tasks root: `{ math, pipeline: { forecast } }`. The pool
   * then takes their functions for their names, and refuses unknown names before it sends anything. Calls run where
   * the pool runs, also then.
   */
  readonly tasks?: Tasks | undefined;
  /** Options for some tasks, by full name: `{ 'math.fibonacci': { retries: 2 } }`. */
  readonly taskOptions?: { readonly [Name in TaskName<Tasks>]?: TaskOptions } | undefined;
}

/**
 * A pool of workers that run tasks, on AWS Lambda or on this machine.
 * @throws {LambdaPoolError} OPTION_INVALID, at once. The transport is made at the first call.
 * @example
 * await using pool = new LambdaPool({ workers: 10, lambdaEntrypoint: 'math-helpers' });
 * await pool.map('math.fibonacci', [1, 2, 3]);
 * @example Checked at compile time: a name, an item or a result that does not fit is an error.
 * import * as math from './tasks/math.ts';
 * const pool = new LambdaPool({ tasks: { math } });
 */
export class LambdaPool<Tasks = Untyped> extends Pool<Tasks> {
  constructor(options: LambdaPoolOptions<Tasks> = {}) {
    checkKeys('LambdaPool', options, ['tasks', ...POOL_KEYS, ...PLACE_KEYS]);
    const { tasks, ...others }: LambdaPoolOptions = options;
    const names = namesOf(tasks, others.taskOptions);
    const { transport, workers, workerCount } = resolvePlace(others);
    super(
      transport,
      { ...withoutPlace(others), workers },
      { workers: workerCount, names, deployment: deploymentOf(others) },
    );
  }

  /**
   * Runs `use` with a new pool. When it returns, the pool finishes what it has and ends; when it throws, the pool terminates.
   * @example
   * const squares = await LambdaPool.with({ workers: 4 }, (pool) => pool.map('math.square', [1, 2, 3]));
   */
  static async with<R, Tasks = Untyped>(
    options: LambdaPoolOptions<Tasks>,
    use: (pool: LambdaPool<Tasks>) => Promise<R> | R,
  ): Promise<R> {
    const pool = new LambdaPool<Tasks>(options);
    try {
      const result = await use(pool);
      pool.close();
      await pool.join();
      return result;
    } catch (error) {
      await pool.terminate().catch(() => {});
      throw error;
    }
  }
}
