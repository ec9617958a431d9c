/** Handlers up to Node 22: promises, callbacks, and `context.succeed`, `fail`, `done`. Follows aws-lambda-ric 3.3. */
import type { SandboxInvocation } from '../messages.ts';
import { createLegacyContext, type FunctionFacts } from './context.ts';
import { RuntimeError } from './errors.ts';
import type { Handler } from './load-handler.ts';
import { isPromiseLike } from './promise-like.ts';
import type { Completion } from './completion.ts';

const NEVER_SETTLED =
  'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes';

export function createLegacyRunner(
  handler: Handler,
  facts: FunctionFacts,
  completion: Completion,
): (job: SandboxInvocation, event: unknown) => void {
  const isAsync = handler.constructor.name === 'AsyncFunction';
  let onEmptyLoop: (() => void) | undefined;
  process.on('beforeExit', () => {
    const act = onEmptyLoop;
    onEmptyLoop = undefined;
    act?.();
  });

  return (job, event) => {
    onEmptyLoop = () =>
      isAsync
        ? completion.fail(job, new RuntimeError('Runtime.NodeJsExit', NEVER_SETTLED))
        : completion.succeed(job, undefined);
    let isCompleted = false;
    const complete = (how: () => void, waits = false): void => {
      if (isCompleted) return;
      isCompleted = true;
      onEmptyLoop = waits ? how : undefined;
      if (!waits) how();
    };
    const done = (error?: unknown, result?: unknown, waits = false): void => {
      if (error === undefined || error === null) complete(() => completion.succeed(job, result), waits);
      else complete(() => completion.fail(job, error));
    };
    const legacy = {
      callbackWaitsForEmptyEventLoop: true,
      succeed: (result?: unknown): void => done(null, result),
      fail: (error?: unknown): void => complete(() => completion.fail(job, error)),
      done: (error?: unknown, result?: unknown): void => done(error, result),
    };
    const callback = (error?: unknown, result?: unknown): void =>
      done(error, result, legacy.callbackWaitsForEmptyEventLoop);
    try {
      const result = handler(event, createLegacyContext(job, facts, legacy), callback);
      if (isPromiseLike(result)) result.then(legacy.succeed, legacy.fail);
    } catch (error) {
      legacy.fail(error);
    }
  };
}
