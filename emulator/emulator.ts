/** The emulator: a Lambda in this process. A facade that checks, wires and delegates; the rules are in the parts. */
import { LambdaPoolError } from '../src/shared/errors.ts';
import { Events } from '../src/shared/events.ts';
import { functionArn } from './arn.ts';
import { Capacity } from './queue/capacity.ts';
import { ControlPlane } from './control/control-plane.ts';
import type { EmulatedFunction } from './functions/emulated-function.ts';
import type { FunctionStats } from './functions/function-parts.ts';
import { EventQueue } from './queue/event-queue.ts';
import { Guard } from './guard/guard.ts';
import { InFlight } from './queue/in-flight.ts';
import type { EmulatorEvents, InvocationRequest, InvocationResult } from './invocation.ts';
import { exceedsBytes, MAX_EVENT_REQUEST_BYTES, MAX_SYNC_REQUEST_BYTES } from './limits.ts';
import { createMemoryWatch, type MemoryWatch } from './environments/memory-watch.ts';
import {
  checkInspectable,
  DEFAULT_FUNCTION_NAME,
  resolveEmulatorOptions,
  resolveFunctionOptions,
  type EmulatorOptions,
  type FunctionOptions,
  type ResolvedEmulatorOptions,
} from './options.ts';
import { newRequestId } from './invocations/request-id.ts';
import { Run } from './invocations/run.ts';
import { LATEST_VERSION, RunningFunctions } from './functions/running-functions.ts';
import { neverThrowing } from './sandbox/failed-sandbox.ts';
import { createProcessStarter } from './sandbox/process-sandbox.ts';
import { startThread } from './sandbox/thread-sandbox.ts';
import { ServiceError } from './service-error.ts';

/**
 * A local Lambda. Does nothing until the first `invoke` or `ready`.
 * @example
 * const emulator = new Emulator({ isolation: 'process' });
 * emulator.register({ functionName: 'hello', code: folderSource('./dist/hello') });
 * const { payload } = await emulator.invoke({ functionName: 'hello', payload: '{"name":"Ada"}' });
 * await emulator.close();
 */
export class Emulator implements AsyncDisposable {
  readonly #options: ResolvedEmulatorOptions;
  readonly #functions: RunningFunctions;
  readonly #controlPlane: ControlPlane;
  readonly #events = new Events<EmulatorEvents>();
  readonly #inFlight = new InFlight();
  readonly #guard = new Guard();
  readonly #memoryWatch: MemoryWatch;
  readonly #eventQueue: EventQueue;
  #accepting = true;
  #closed: Promise<void> | undefined;
  #terminated: Promise<void> | undefined;

  /** @throws {LambdaPoolError} OPTION_INVALID */
  constructor(options: EmulatorOptions = {}) {
    this.#options = resolveEmulatorOptions(options);
    const { isolation, concurrency, eventRetryDelaysMs } = this.#options;
    const { accountId, region } = this.#options;
    const account = { accountId, region };
    this.#memoryWatch = createMemoryWatch(isolation);
    this.#functions = new RunningFunctions({
      account,
      capacity: new Capacity(concurrency),
      events: this.#events,
      memoryWatch: this.#memoryWatch,
      startSandbox: neverThrowing(isolation === 'process' ? createProcessStarter(this.#guard) : startThread),
    });
    this.#controlPlane = new ControlPlane({
      account,
      running: this.#functions,
      inFlight: this.#inFlight,
      guard: this.#guard,
      concurrency,
    });
    this.#eventQueue = new EventQueue(eventRetryDelaysMs);
  }

  /** Creates, updates, publishes, shows and deletes functions, as Lambda's API does. */
  get controlPlane(): ControlPlane {
    this.#assertOpen();
    return this.#controlPlane;
  }

  /** Region that its functions are in. */
  get region(): string {
    return this.#options.region;
  }

  /** Account that its functions belong to. */
  get accountId(): string {
    return this.#options.accountId;
  }

  /**
   * Adds a function. Its code is built at the first invocation, or by `ready`.
   * @throws {LambdaPoolError} OPTION_INVALID, also for a name that is taken.
   */
  register(options: FunctionOptions): void {
    const resolved = resolveFunctionOptions(options);
    checkInspectable(resolved, this.#options);
    const { functionName } = resolved;
    this.#assertOpen();
    if (this.#controlPlane.isTaken(functionName)) {
      const message = `The function \`${functionName}\` is registered already. Give this one another \`functionName\`.`;
      throw new LambdaPoolError('OPTION_INVALID', message, { details: { option: 'functionName' } });
    }
    const { code, inspectPort, memoryMb, timeoutMs, env, runtime } = resolved;
    const settings = { functionName, version: LATEST_VERSION, memoryMb, timeoutMs, env, runtime };
    this.#functions.add({ settings, code, inspectPort });
    this.#controlPlane.adopt(resolved);
  }

  /**
   * Runs one invocation. Resolves also when the function fails.
   * @throws {ServiceError} what Lambda's API would answer: unknown function, too large.
   * @throws {LambdaPoolError} BUILD_FAILED when the code has never been built; UNREACHABLE, OUTCOME_UNKNOWN on closing.
   * @throws `request.signal.reason` when aborted while it waits.
   */
  invoke(request: InvocationRequest): Promise<InvocationResult> {
    try {
      this.#assertOpen();
      const target = this.#find(request.functionName, request.qualifier);
      const requestId = request.requestId ?? newRequestId();
      checkSize(request);
      if (request.signal?.aborted === true) throw request.signal.reason;
      if (request.invocationType === 'DryRun') return Promise.resolve({ requestId, statusCode: 204, payload: '' });
      if (request.invocationType !== 'Event') return this.#run(target, request, requestId);
      // Whoever sent an event cannot take it back.
      const event: InvocationRequest = { ...request, logType: 'None', clientContext: undefined, signal: undefined };
      // Looked up for each attempt: by then it may be another one.
      this.#eventQueue.add(() => this.#attempt(event, requestId));
      return Promise.resolve({ requestId, statusCode: 202, payload: '' });
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Resolves when the function is built and one environment is warm. Code that does not load is no reason to wait.
   * @throws {LambdaPoolError} BUILD_FAILED; UNREACHABLE on closing.
   * @throws {ServiceError} unknown function.
   */
  async ready(functionName: string = DEFAULT_FUNCTION_NAME): Promise<void> {
    this.#assertOpen();
    await this.#controlPlane.settled(functionName);
    await this.#inFlight.hold(this.#find(functionName).ready());
  }

  /** Calls `listener` for each event of that name, until disposed. */
  on<Name extends keyof EmulatorEvents>(name: Name, listener: (event: EmulatorEvents[Name]) => void): Disposable {
    return this.#events.on(name, listener);
  }

  /** @throws {ServiceError} unknown function. */
  stats(functionName: string = DEFAULT_FUNCTION_NAME): FunctionStats {
    return this.#find(functionName).stats();
  }

  /** Takes no more invocations, lets those under way finish, then ends everything. Idempotent. */
  close(): Promise<void> {
    this.#accepting = false;
    this.#closed ??= this.#inFlight.idle().then(() => this.terminate());
    return this.#closed;
  }

  /** Ends everything now; what is under way rejects. Resolves when no environment is left. Idempotent. */
  terminate(): Promise<void> {
    this.#accepting = false;
    this.#terminated ??= this.#inFlight.hold(this.#terminate()).finally(() => this.#inFlight[Symbol.dispose]());
    return this.#terminated;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.terminate();
  }

  async #terminate(): Promise<void> {
    this.#eventQueue[Symbol.dispose]();
    this.#memoryWatch[Symbol.dispose]();
    try {
      await this.#functions.terminate();
    } finally {
      await this.#controlPlane[Symbol.asyncDispose]();
      this.#guard[Symbol.dispose]();
    }
  }

  async #attempt(request: InvocationRequest, requestId: string): Promise<InvocationResult> {
    return this.#run(this.#find(request.functionName, request.qualifier), request, requestId);
  }

  #run(target: EmulatedFunction, request: InvocationRequest, requestId: string): Promise<InvocationResult> {
    return new Promise((resolve, reject) => {
      const { functionName, qualifier } = request;
      const run = new Run(
        {
          requestId,
          functionArn: functionArn(this.#options, functionName, qualifier),
          payload: request.payload === '' ? '{}' : request.payload,
          traceId: request.traceId ?? '',
          clientContext: request.clientContext ?? '',
          wantsLogTail: request.logType === 'Tail',
          signal: request.signal,
        },
        { resolve, reject, inFlight: this.#inFlight },
      );
      target.submit(run);
    });
  }

  #find(functionName: string, qualifier?: string): EmulatedFunction {
    const found = this.#functions.find(functionName, qualifier);
    if (found === undefined) throw this.#controlPlane.refusal(functionName, qualifier);
    return found;
  }

  #assertOpen(): void {
    if (this.#accepting) return;
    throw new LambdaPoolError('UNREACHABLE', 'The emulator is closed. Create another `Emulator`.');
  }
}

function checkSize({ payload, invocationType }: InvocationRequest): void {
  if (invocationType === 'Event') {
    if (!exceedsBytes(payload, MAX_EVENT_REQUEST_BYTES)) return;
    const message = `${Buffer.byteLength(payload)} byte payload is too large for the Event invocation type (limit ${MAX_EVENT_REQUEST_BYTES} bytes)`;
    throw new ServiceError('RequestEntityTooLargeException', message, { status: 413, messageKey: 'Message' });
  }
  if (!exceedsBytes(payload, MAX_SYNC_REQUEST_BYTES)) return;
  const message = `Request must be smaller than ${MAX_SYNC_REQUEST_BYTES} bytes for the InvokeFunction operation`;
  throw new ServiceError('RequestEntityTooLargeException', message, { status: 413, messageKey: 'Message' });
}
