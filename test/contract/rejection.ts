/** Errors as values. */
import { inspect } from 'node:util';
import { expect } from 'vitest';
import { TaskError } from '../../src/index.ts';

/** What `call` rejects with; fails if it resolves. */
export async function rejection(call: PromiseLike<unknown>): Promise<Error & { readonly code?: string }> {
  let value: unknown;
  try {
    value = await call;
  } catch (error) {
    if (error instanceof Error) return error;
    throw new Error(`It rejected with ${inspect(error)}, which is no error.`, { cause: error });
  }
  throw new Error(`It succeeded with ${inspect(value).slice(0, 200)}.`);
}

/** The same of a call that failed in its function. */
export async function taskError(call: PromiseLike<unknown>): Promise<TaskError> {
  const error = await rejection(call);
  expect(error).toBeInstanceOf(TaskError);
  return error as TaskError;
}
