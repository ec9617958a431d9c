/** The emulator on its own: a local Lambda for any function, without the pool. */
export { Emulator } from './emulator.ts';
export type { EmulatorOptions, FunctionOptions } from './options.ts';
export type { FunctionStats } from './emulated-function.ts';
export type { EmulatorEvents, InvocationReport, InvocationRequest, InvocationResult } from './invocation.ts';
export { ServiceError } from './service-error.ts';
