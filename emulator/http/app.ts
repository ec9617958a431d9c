/** The express app in front of an emulator, without a socket: who may enter, which operation, what else to say. */
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { refusalOf } from './access.ts';
import { sendError } from './answer.ts';
import { accessDenied, unknownOperation, validationError } from '../api-errors.ts';
import type { ObjectFolder } from '../objects/object-folder.ts';
import { objectsMiddleware } from './objects.ts';
import type { EmulatorCore, Operation } from './operation.ts';
import { createFunctionOperation } from './operations/create-function.ts';
import { deleteFunctionOperation } from './operations/delete-function.ts';
import { downloadCodeOperation } from './operations/download-code.ts';
import { getAccountSettingsOperation } from './operations/get-account-settings.ts';
import { getFunctionOperation } from './operations/get-function.ts';
import { getFunctionConcurrencyOperation } from './operations/get-function-concurrency.ts';
import { getFunctionConfigurationOperation } from './operations/get-function-configuration.ts';
import { invokeOperation } from './operations/invoke.ts';
import { listFunctionsOperation } from './operations/list-functions.ts';
import { listTagsOperation } from './operations/list-tags.ts';
import { listVersionsByFunctionOperation } from './operations/list-versions-by-function.ts';
import { publishVersionOperation } from './operations/publish-version.ts';
import { tagResourceOperation } from './operations/tag-resource.ts';
import { untagResourceOperation } from './operations/untag-resource.ts';
import { updateFunctionCodeOperation } from './operations/update-function-code.ts';
import { updateFunctionConfigurationOperation } from './operations/update-function-configuration.ts';

/** The busiest first: a request is matched against one after the other. */
const OPERATIONS: readonly ((core: EmulatorCore) => Operation)[] = [
  invokeOperation,
  createFunctionOperation,
  getFunctionOperation,
  getFunctionConfigurationOperation,
  updateFunctionCodeOperation,
  updateFunctionConfigurationOperation,
  publishVersionOperation,
  listFunctionsOperation,
  listVersionsByFunctionOperation,
  deleteFunctionOperation,
  tagResourceOperation,
  untagResourceOperation,
  listTagsOperation,
  getFunctionConcurrencyOperation,
  getAccountSettingsOperation,
  downloadCodeOperation,
];

export interface AppOptions {
  readonly emulator: EmulatorCore;
  /** Names besides the loopback ones that may stand in Host and Origin, in lower case. */
  readonly allowedHosts: ReadonlySet<string>;
  /** Where objects lie that are too large for an invocation. Default: none are taken. */
  readonly objects?: ObjectFolder | undefined;
}

/** Makes the app. */
export function createApp(options: AppOptions): Express {
  const { allowedHosts } = options;
  const operations = OPERATIONS.map((create) => create(options.emulator));
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.disable('query parser');
  app.enable('case sensitive routing');
  app.use((request: Request, response: Response, next: NextFunction) => {
    const refusal = refusalOf(request.headers, allowedHosts);
    if (refusal === undefined) next();
    else sendError(response, accessDenied(refusal));
  });
  for (const operation of operations) mount(app, operation);
  if (options.objects !== undefined) app.use(objectsMiddleware(options.objects));
  app.use((request: Request, response: Response) => sendError(response, unsupported(request, operations)));
  // Express knows an error handler by its four parameters.
  // eslint-disable-next-line max-params
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    sendError(response, isDecodeError(error) ? validationError([`${error.message}.`]) : error);
  });
  return app;
}

function mount(app: Express, operation: Operation): void {
  const handle = (request: Request, response: Response): Promise<void> => operation.handle(request, response);
  switch (operation.method) {
    case 'GET':
      return void app.get(operation.path, handle);
    case 'POST':
      return void app.post(operation.path, handle);
    case 'PUT':
      return void app.put(operation.path, handle);
    case 'DELETE':
      return void app.delete(operation.path, handle);
  }
}

function unsupported(request: Request, operations: readonly Operation[]): Error {
  const known = operations.map(({ name, method, path }) => `${name} (${method} ${path.replace(/:(\w+)/g, '{$1}')})`);
  const asked = `${request.method} ${request.path.slice(0, 200)}`;
  return unknownOperation(`This emulator has no operation for ${asked}. It supports ${known.join(', ')}.`);
}

/** What express's router throws for a path with `%` and no two hexadecimal digits. */
function isDecodeError(error: unknown): error is Error {
  return error instanceof Error && 'status' in error && error.status === 400;
}
