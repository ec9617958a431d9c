/** Runs a pool's initializer once in this environment, before the first call that asks for it. */
import { Call } from './call.ts';
import type { Invocation } from './call.ts';
import { bindCall } from './call-arguments.ts';
import { agentError } from './errors.ts';
import { failed } from './outcome.ts';
import type { CallOutcome, InitializerRequest } from './protocol.ts';
import { currentCall } from './task-context.ts';
import type { TaskTable } from './task-table.ts';

/** Name of the error that stands for an initializer that failed; its `cause` is what was thrown. */
export const INITIALIZER_FAILED = 'InitializerFailed';

export class Initializers {
  readonly #tasks: TaskTable;
  /** By task and arguments: pools with other initializers may share the function. */
  readonly #done = new Set<string>();

  constructor(tasks: TaskTable) {
    this.#tasks = tasks;
  }

  /** Never rejects: the outcome that all calls of the chunk have if it failed. The next invocation tries again. */
  async ensure(request: InitializerRequest | undefined, invocation: Invocation): Promise<CallOutcome | undefined> {
    if (request === undefined) return undefined;
    const key = JSON.stringify([request.task, request.args]);
    if (this.#done.has(key)) return undefined;
    try {
      await this.#run(request, invocation);
    } catch (thrown) {
      return failed('INIT_FAILED', initializerFailed(request.task, thrown));
    }
    this.#done.add(key);
    return undefined;
  }

  async #run({ task, args }: InitializerRequest, invocation: Invocation): Promise<void> {
    const resolved = await this.#tasks.resolve(task);
    if (resolved.task === undefined) throw resolved.thrown;
    const { fn } = resolved.task;
    const bound = bindCall(resolved.task, args);
    const call = new Call({ ...invocation, task, maxLogBytes: 0 }, 1);
    try {
      await currentCall.run(call, async () => fn(...bound));
    } finally {
      call.end();
    }
  }
}

function initializerFailed(task: string, thrown: unknown): Error {
  const said = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  const error = agentError(INITIALIZER_FAILED, `The initializer ${task} failed, so no call was run: ${said}`);
  error.cause = thrown;
  return error;
}
