/** `lambdapool/agent`: the code that runs inside the Lambda function, and the shapes of what it takes and gives. */
export type { TaskContext } from './call.ts';
export { createHandler } from './handler.ts';
export type { Handler, HandlerOptions, LambdaContext } from './handler.ts';
export type { Manifest, TaskEntry, TaskParameter } from './manifest.ts';
export { PROTOCOL_VERSION } from './protocol.ts';
export type {
  CallOutcome,
  CallRequest,
  ChunkReply,
  ChunkRequest,
  DescribeReply,
  DescribeRequest,
  Encoded,
  Json,
  LogLine,
  OutcomeErrorCode,
  PlainRequest,
} from './protocol.ts';
export { taskContext } from './task-context.ts';
export type { TaskFunction, TaskModules } from './task-table.ts';
