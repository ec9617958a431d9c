/** `lambdapool/emulator`: a local Lambda for any function, without the pool. */
export { folderSource } from '../src/bundle/folder-source.ts';
export type { FolderSourceOptions } from '../src/bundle/folder-source.ts';
export type { CodeBundle, CodeChange, CodeSource } from '../src/bundle/code-source.ts';
export { Emulator } from './emulator.ts';
export { startServer } from './http/server.ts';
export type { Server, ServerOptions } from './http/server.ts';
export type { EmulatorOptions, FunctionOptions } from './options.ts';
export type { FunctionStats } from './functions/function-parts.ts';
export type { ControlPlane } from './control/control-plane.ts';
export type { Catalog } from './control/catalog.ts';
export type { FunctionConfiguration } from './control/configuration.ts';
export type * from './control/requests.ts';
export type { EmulatorEvents, InvocationReport, InvocationRequest, InvocationResult } from './invocation.ts';
export { ServiceError } from './service-error.ts';
