/** `lambdapool`: the pool, its errors, and the ways of reaching a function. */
export { LambdaPool } from './lambda-pool.ts';
export type { LambdaPoolOptions } from './lambda-pool.ts';
export type { AsyncResult } from './pool/async-result.ts';
export type { ImapIterator } from './pool/imap-iterator.ts';
export { shared } from './pool/lazy-transport.ts';
export type {
  ApplyOptions,
  CallOptions,
  Callbacks,
  ImapOptions,
  MapOptions,
  PoolOptions,
  Progress,
  TaskOptions,
} from './pool/options.ts';
export type { Items, Pool } from './pool/pool.ts';
export type { WaitOptions } from './shared/abort.ts';
export { LambdaPoolError, TaskError, isLambdaPoolError } from './shared/errors.ts';
export type { LambdaPoolErrorCode, LambdaPoolErrorOptions, TaskErrorFacts } from './shared/errors.ts';
export { emulatorTransport } from './transport/emulator.ts';
export type { EmulatorTransportOptions } from './transport/emulator.ts';
export { lambdaTransport } from './transport/lambda.ts';
export type { LambdaTransportCredentials, LambdaTransportOptions } from './transport/lambda.ts';
export type { InvokeRequest, InvokeResponse, Transport } from './transport/transport.ts';
