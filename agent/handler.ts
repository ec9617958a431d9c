/** The Lambda handler: one invocation from event to result. Keeps no state about the current call. */
import { Call } from './call.ts';
import type { Invocation } from './call.ts';
import { claiming } from './claim.ts';
import { captureConsole } from './console.ts';
import { Deadline } from './deadline.ts';
import { describeFunction, isDescribeRequest } from './describe.ts';
import { isChunkRequest, parseEvent } from './event.ts';
import { Initializers } from './initializers.ts';
import type { Manifest } from './manifest.ts';
import { failed } from './outcome.ts';
import { unpacking } from './packing.ts';
import { PROTOCOL_VERSION } from './protocol.ts';
import type { CallOutcome, ChunkReply, ChunkRequest, PlainRequest } from './protocol.ts';
import { ENVELOPE_BYTES, fitLogs } from './reply-size.ts';
import { Retirement } from './retirement.ts';
import { runChunk } from './run-chunk.ts';
import { shortenStacks } from './stack.ts';
import { currentCall } from './task-context.ts';
import { TaskTable } from './task-table.ts';
import type { TaskModules } from './task-table.ts';

/** What the agent needs of the context that Lambda gives to a handler. */
export interface LambdaContext {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** Declares two arguments and no more: Node 24 on Lambda refuses handlers with three. */
export type Handler = (event: unknown, context: LambdaContext) => Promise<unknown>;

export interface HandlerOptions {
  /** Loaders of the task modules by key; each is called at the first call of one of its tasks. */
  readonly modules: TaskModules;
  readonly manifest: Manifest;
}

/**
 * The handler of a function that runs tasks: answers a ChunkRequest with a ChunkReply, a DescribeRequest with the manifest,
 * and a PlainRequest with the bare result of the task or, by rejecting with what the task threw, with an ordinary function
 * error.
 * Switches source maps on and lets the console remember what tasks write, for the whole process.
 * @example
 * export const handler = createHandler({ manifest, modules: { math: () => import('./tasks/math.ts') } });
 */
export function createHandler({ modules, manifest }: HandlerOptions): Handler {
  if (!process.sourceMapsEnabled) process.setSourceMapsEnabled(true);
  captureConsole();
  const tasks = new TaskTable(modules, manifest);
  const initializers = new Initializers(tasks);
  const retirement = new Retirement();

  const answer = async (event: unknown, context: LambdaContext, maxReplyBytes: number): Promise<unknown> => {
    const deadline = new Deadline(context.getRemainingTimeInMillis());
    const request = parseEvent(event);
    const requestId = context.awsRequestId;
    if (!isChunkRequest(request)) {
      if (isDescribeRequest(request)) return describeFunction(manifest, deadline.timeoutMs);
      return answerPlain(tasks, request, { requestId, deadline, task: request.task, maxLogBytes: 0 });
    }
    const invocation = { requestId, deadline, task: request.task, maxLogBytes: request.maxLogBytes ?? 0 };
    retirement.check(request, requestId, tasks.hasFailedToLoad(request.task));
    const uninitialized = await initializers.ensure(request.initializer, invocation);
    const outcomes =
      uninitialized === undefined
        ? fitLogs(await answerChunk(tasks, request, invocation), maxReplyBytes - ENVELOPE_BYTES)
        : request.calls.map(() => uninitialized);
    const reply: ChunkReply = {
      lambdapool: PROTOCOL_VERSION,
      timeoutMs: deadline.timeoutMs,
      manifest: manifest.hash,
      outcomes,
    };
    return reply;
  };
  return unpacking(claiming(answer));
}

async function answerChunk(
  tasks: TaskTable,
  request: ChunkRequest,
  invocation: Invocation,
): Promise<readonly CallOutcome[]> {
  const resolved = await tasks.resolve(request.task);
  if (resolved.task !== undefined) return runChunk(resolved.task, request, invocation);
  const outcome = failed(resolved.code, resolved.thrown);
  return request.calls.map(() => outcome);
}

/** Rejects with the very value that was thrown, so that the function error is the task's own. */
async function answerPlain(tasks: TaskTable, request: PlainRequest, invocation: Invocation): Promise<unknown> {
  try {
    return await runPlain(tasks, request, invocation);
  } catch (thrown) {
    shortenStacks(thrown);
    throw thrown;
  }
}

async function runPlain(tasks: TaskTable, request: PlainRequest, invocation: Invocation): Promise<unknown> {
  const resolved = await tasks.resolve(request.task);
  if (resolved.task === undefined) throw resolved.thrown;
  const { fn, signature } = resolved.task;
  const args = signature.bind(request.args ?? [], request.kwds);
  const call = new Call(invocation, 1);
  try {
    return await currentCall.run(call, async () => fn(...args));
  } finally {
    call.end();
  }
}
