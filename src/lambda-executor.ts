/** The executor at large: decides where it runs, as `LambdaPool` does. */
import { Executor } from './executor/executor.ts';
import type { LambdaPoolOptions } from './lambda-pool.ts';
import { PLACE_KEYS, withoutPlace } from './place/options.ts';
import type { PlaceOptions } from './place/options.ts';
import { deploymentOf, resolvePlace } from './place/place.ts';
import { POOL_KEYS } from './pool/options.ts';
import { isLambdaPoolError, LambdaPoolError } from './shared/errors.ts';
import { checkInteger, checkKeys } from './shared/options.ts';
import { namesOf } from './typed/task-names.ts';
import type { Untyped } from './typed/task-types.ts';

/** Options of `LambdaExecutor`: those of `LambdaPool`, where `workers` has the name that Python's executors give it. */
export interface LambdaExecutorOptions<Tasks = Untyped> extends Omit<LambdaPoolOptions<Tasks>, 'workers'> {
  /**
   * How many invocations may be in flight at once. Required on AWS Lambda.
   * @default the number of available cores, where it runs on this machine
   */
  readonly maxWorkers?: LambdaPoolOptions['workers'];
}

/**
 * Python's `concurrent.futures.Executor`: gives a future for each call, and waits for all of them at its end.
 * @throws {LambdaPoolError} OPTION_INVALID, at once. The transport is made at the first call.
 * @example
 * await using executor = new LambdaExecutor({ maxWorkers: 10, lambdaEntrypoint: 'math-helpers' });
 * const futures = [1, 2, 3].map((n) => executor.submit('math.fibonacci', { args: [n] }));
 * for await (const future of asCompleted(futures)) console.log(await future);
 */
export class LambdaExecutor<Tasks = Untyped> extends Executor<Tasks> {
  constructor(options: LambdaExecutorOptions<Tasks> = {}) {
    const known = POOL_KEYS.filter((key) => key !== 'workers');
    checkKeys('LambdaExecutor', options, ['maxWorkers', 'tasks', ...known, ...PLACE_KEYS]);
    const { maxWorkers, tasks, ...others }: LambdaExecutorOptions = options;
    if (maxWorkers !== undefined && maxWorkers !== 'auto') checkInteger('maxWorkers', maxWorkers, { min: 1 });
    const { transport, workers, workerCount } = placeOf({ ...others, workers: maxWorkers });
    super(
      transport,
      { ...withoutPlace(others), workers },
      { workers: workerCount, names: namesOf(tasks, others.taskOptions), deployment: deploymentOf(others) },
    );
  }
}

function placeOf(options: PlaceOptions): ReturnType<typeof resolvePlace> {
  try {
    return resolvePlace(options);
  } catch (error) {
    if (!isLambdaPoolError(error) || error.details['option'] !== 'workers') throw error;
    const message = error.message.replace('`workers`', '`maxWorkers`');
    throw new LambdaPoolError(error.code, message, { details: { option: 'maxWorkers' } });
  }
}
