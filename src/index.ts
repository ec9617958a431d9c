/** `lambdapool`: the pool, its errors, and the ways of reaching a function. */
export { startLocalStack } from '../localstack/container.ts';
export type { StartLocalStackOptions } from '../localstack/container.ts';
export type { RunningLocalStack, StartedLocalStack } from '../localstack/running.ts';
export { defineConfig } from './config/config.ts';
export type { LambdaPoolConfig } from './config/config.ts';
export type { Manifest, TaskEntry, TaskParameter } from '../agent/manifest.ts';
export { asCompleted } from './executor/as-completed.ts';
export type { Executor } from './executor/executor.ts';
export type { ExecutorMap } from './executor/executor-map.ts';
export type { Future, FutureState } from './executor/future.ts';
export type { ExecutorMapArguments } from './executor/map-arguments.ts';
export type { ExecutorMapOptions, ShutdownOptions, SubmitOptions } from './executor/options.ts';
export { wait } from './executor/wait.ts';
export type { ReturnWhen, WaitForOptions, Waited } from './executor/wait.ts';
export { LambdaExecutor } from './lambda-executor.ts';
export type { LambdaExecutorOptions } from './lambda-executor.ts';
export { LambdaPool } from './lambda-pool.ts';
export type { LambdaPoolOptions } from './lambda-pool.ts';
export type { AsyncResult } from './pool/async-result.ts';
export type { ImapIterator } from './pool/imap-iterator.ts';
export type { EnvironmentOptions } from './pool/environment-rules.ts';
export type { ExpectationOptions } from './pool/expected-tasks.ts';
export type { ErrorClass, ErrorClassOptions } from './pool/error-classes.ts';
export { shared } from './pool/lazy-transport.ts';
export type { TaskLog } from './pool/task-log.ts';
export type {
  ApplyOptions,
  CallOptions,
  Callbacks,
  ImapOptions,
  ImapProgress,
  MapOptions,
  PoolOptions,
  Progress,
  ResumeOptions,
  SettleOptions,
  TaskOptions,
} from './pool/options.ts';
export type { Pool } from './pool/pool.ts';
export type { Items } from './pool/source.ts';
export type { RecordOptions } from './pool/record-options.ts';
export type { TaskHandle, TaskTree, TasksAreUntyped } from './pool/task-tree.ts';
export type { Architecture } from './pool/prices.ts';
export type { Stall } from './pool/stall.ts';
export type { WatchOptions } from './pool/stats-options.ts';
export type { PoolStats } from './pool/stats.ts';
export type { WaitOptions } from './shared/abort.ts';
export { LambdaPoolError, TaskError, isLambdaPoolError } from './shared/errors.ts';
export type { LambdaPoolErrorCode, LambdaPoolErrorOptions, LogLine, TaskErrorFacts } from './shared/errors.ts';
export { emulatorTransport } from './transport/emulator.ts';
export type { EmulatorTransportOptions } from './transport/emulator.ts';
export { lambdaTransport } from './transport/lambda.ts';
export type { LambdaTransportCredentials, LambdaTransportOptions } from './transport/lambda.ts';
export { localstackTransport } from './transport/localstack.ts';
export type { LocalStackTransportOptions } from './transport/localstack.ts';
export type { InvokeRequest, InvokeResponse, Transport } from './transport/transport.ts';
export type { Task, TaskFunction, TaskName } from './typed/task-types.ts';
