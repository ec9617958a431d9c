/** Which call the running code belongs to: the one place that knows, across awaits and timers. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Call, TaskContext } from './call.ts';
import { agentError } from './errors.ts';

// Shared by all copies of the agent in the process: a task module may have brought its own from node_modules.
const STORAGE = Symbol.for('lambdapool.agent.calls.1');

/** The call that the running code belongs to. */
export const currentCall: AsyncLocalStorage<Call> = sharedStorage();

function sharedStorage(): AsyncLocalStorage<Call> {
  const found: unknown = Reflect.get(globalThis, STORAGE);
  if (found instanceof AsyncLocalStorage) return found;
  const made = new AsyncLocalStorage<Call>();
  Object.defineProperty(globalThis, STORAGE, { value: made });
  return made;
}

/**
 * The context of the call that is running: request id, task, attempt, time left, and a signal that fires shortly before
 * the end.
 * @example
 * export async function fetchAll(urls: string[]) {
 *   const { signal } = taskContext();
 *   return Promise.all(urls.map((url) => fetch(url, { signal })));
 * }
 * @throws {Error} with `code` OUTSIDE_TASK where no task is running: at import, in a test that calls the function itself.
 */
export function taskContext(): TaskContext {
  const call = currentCall.getStore();
  if (call !== undefined) return call.context;
  const message =
    'taskContext() was called outside a task. Call it in a task function or in what that awaits, not while a module loads.';
  throw agentError('LambdaPoolError', message, { code: 'OUTSIDE_TASK' });
}
