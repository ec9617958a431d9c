/** What a pool asks of each environment that works for it: an initializer, and an end after so many calls. */
import { CodecError, encode } from '../../agent/codec.ts';
import type { ChunkRequest } from '../../agent/protocol.ts';
import { retirementLine } from '../../agent/retirement.ts';
import { LambdaPoolError } from '../shared/errors.ts';
import { checkInteger, invalidOption } from '../shared/options.ts';
import type { InvokeResponse } from '../transport/transport.ts';

/** Options about environments, of a pool and of an executor. */
export interface EnvironmentOptions {
  /**
   * A task that runs once in each environment, before its first call of this pool: `'state.warmup'`. If it fails, the
   * calls fail with INIT_FAILED, and the next invocation tries again; an executor then takes no more calls.
   */
  readonly initializer?: string | undefined;
  /** Arguments of the initializer, by position. */
  readonly initargs?: readonly unknown[] | undefined;
  /**
   * How many calls an environment runs before it is replaced by a new one, for tasks that leak memory. A chunk is never
   * cut, so it may be a few more. Each replacement costs a start.
   * @default no limit
   */
  readonly maxTasksPerEnvironment?: number | undefined;
}

/** The same as part of a request. */
export type EnvironmentRules = Pick<ChunkRequest, 'initializer' | 'maxTasksPerEnvironment'>;

export const ENVIRONMENT_KEYS: readonly string[] = ['initializer', 'initargs', 'maxTasksPerEnvironment'];

/**
 * Undefined if the pool asks for nothing.
 * @throws {LambdaPoolError} OPTION_INVALID, NOT_SERIALIZABLE
 */
export function environmentRules(options: EnvironmentOptions): EnvironmentRules | undefined {
  const { initializer, initargs, maxTasksPerEnvironment } = options;
  if (initializer !== undefined && (typeof initializer !== 'string' || initializer === '')) {
    throw invalidOption('initializer', "the name of a task, such as 'state.warmup'", initializer);
  }
  if (initargs !== undefined && !Array.isArray(initargs)) throw invalidOption('initargs', 'an array', initargs);
  if (initargs !== undefined && initializer === undefined) {
    throw new LambdaPoolError('OPTION_INVALID', 'Give `initargs` together with the `initializer` that takes them.', {
      details: { option: 'initargs' },
    });
  }
  if (maxTasksPerEnvironment !== undefined) {
    checkInteger('maxTasksPerEnvironment', maxTasksPerEnvironment, { min: 1 });
  }
  if (initializer === undefined && maxTasksPerEnvironment === undefined) return undefined;
  return {
    ...(initializer !== undefined && { initializer: { task: initializer, args: encodeInitargs(initargs ?? []) } }),
    ...(maxTasksPerEnvironment !== undefined && { maxTasksPerEnvironment }),
  };
}

function encodeInitargs(initargs: readonly unknown[]): NonNullable<EnvironmentRules['initializer']>['args'] {
  try {
    return encode(initargs, { root: 'initargs' });
  } catch (cause) {
    if (!(cause instanceof CodecError)) throw cause;
    const { path, reason } = cause;
    const message = `Cannot send ${path} to the initializer: ${reason}.`;
    throw new LambdaPoolError('NOT_SERIALIZABLE', message, { details: { path, reason }, cause });
  }
}

/** Whether the environment ended because of `maxTasksPerEnvironment`, before it ran anything of the chunk. */
export function isRetirement({ requestId, logTail = '' }: InvokeResponse): boolean {
  return logTail.includes(retirementLine(requestId));
}
