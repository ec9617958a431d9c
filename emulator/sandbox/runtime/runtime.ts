/** The Node runtime inside an environment: loads a handler, then runs one invocation after the other. */
import { decodeInvocation, encodeAnswer, type CodeLocation, type SandboxInvocation } from '../messages.ts';
import type { RuntimeChannel } from './channel.ts';
import type { Completion } from './completion.ts';
import { createModernContext, factsFrom, type FunctionFacts } from './context.ts';
import { formatError, formatErrorForLog, RuntimeError } from './errors.ts';
import { createLegacyRunner } from './legacy.ts';
import { loadHandler, type Handler } from './load-handler.ts';
import { captureOutput, type Output } from './output.ts';
import { isPromiseLike } from './promise-like.ts';

export interface RuntimeOptions {
  readonly channel: RuntimeChannel;
  /** The most megabytes used so far. */
  readonly memoryMb: () => number;
  /** Makes the folder of the code the current one, where there is such a thing. */
  readonly enter: (directory: string) => void;
}

/**
 * Immediates that are made together run in one turn of the event loop, each after the microtasks and rejections of the one
 * before. Calls that need no turn of their own share one, which costs a system call: a tenth of a short call.
 */
const STEPS = 32;

/** Never returns to an idle event loop: it blocks until there is work, for good. */
export function startRuntime(options: RuntimeOptions): void {
  new Runtime(options).next();
}

class Runtime implements Completion {
  readonly #options: RuntimeOptions;
  readonly #modern: boolean;
  readonly #facts: FunctionFacts;
  readonly #output: Output;
  /** The invocation that runs. */
  #job: SandboxInvocation | undefined;
  /** Its answer, until it is sent. */
  #answered: { readonly job: SandboxInvocation; readonly message: string } | undefined;
  /** Immediates of this turn of the event loop that are still to come. */
  #stepsLeft = 0;
  #run: (job: SandboxInvocation, event: unknown) => void = () => {};

  constructor(options: RuntimeOptions) {
    this.#options = options;
    this.#modern = Number(/nodejs(\d+)/.exec(process.env['AWS_EXECUTION_ENV'] ?? '')?.[1] ?? 24) >= 24;
    this.#facts = factsFrom(process.env);
    this.#output = captureOutput((text) => options.channel.send(`O${text}`), this.#modern);
    if (!this.#modern) this.#catchStrays();
  }

  next(): void {
    const message = this.#options.channel.receive();
    if (message.startsWith('I')) this.#invoke(decodeInvocation(message));
    else void this.#load(JSON.parse(message.slice(1)) as CodeLocation);
  }

  succeed(job: SandboxInvocation, result: unknown): void {
    if (this.#job !== job) return;
    let payload: string;
    try {
      // JSON.stringify returns undefined for undefined, functions and symbols; Lambda answers null.
      const text: string | undefined = JSON.stringify(result);
      payload = text ?? 'null';
    } catch (error) {
      this.fail(
        job,
        this.#modern
          ? new RuntimeError('Runtime.JSONStringifyError', String(error))
          : new Error('Unable to stringify response body'),
      );
      return;
    }
    const memoryMb = this.#options.memoryMb();
    this.#answer(job, encodeAnswer({ payload, errorType: undefined, memoryMb, last: false }));
  }

  fail(job: SandboxInvocation, thrown: unknown): void {
    if (this.#job !== job) return;
    this.#logError('Invoke Error', thrown);
    this.#answer(job, this.#encodeFailure(thrown, false));
  }

  #encodeFailure(thrown: unknown, last: boolean): string {
    const error = formatError(thrown, this.#modern);
    const memoryMb = this.#options.memoryMb();
    return encodeAnswer({ payload: JSON.stringify(error), errorType: error.errorType, memoryMb, last });
  }

  /**
   * Answers in an immediate of its own: before that, Node looks for rejections that nobody handles, and those must end this
   * invocation, not the next. What is still pending then is frozen, as on Lambda, and goes on during the next invocation.
   */
  #answer(job: SandboxInvocation, message: string): void {
    this.#answered = { job, message };
    if (this.#stepsLeft > 0) return;
    this.#stepsLeft = STEPS;
    for (let step = 0; step < STEPS; step += 1) setImmediate(this.#step);
  }

  readonly #step = (): void => {
    this.#stepsLeft -= 1;
    const answered = this.#answered;
    if (answered === undefined) return;
    this.#answered = undefined;
    if (this.#job !== answered.job) return;
    this.#job = undefined;
    this.#options.channel.send(answered.message);
    this.next();
  };

  async #load(code: CodeLocation): Promise<void> {
    process.env['LAMBDA_TASK_ROOT'] = code.directory;
    process.env['_HANDLER'] = code.handler;
    try {
      this.#options.enter(code.directory);
      const handler = await loadHandler(code.directory, code.handler, this.#modern);
      this.#run = this.#modern
        ? (job, event) => this.#runModern(handler, job, event)
        : createLegacyRunner(handler, this.#facts, this);
    } catch (error) {
      this.#sendLoadFailure(error);
      return;
    }
    this.#options.channel.send('D');
    // Outside of the promise, so that an exception in the handler's synchronous part has no promise to reject.
    setImmediate(() => this.next());
  }

  #sendLoadFailure(error: unknown): void {
    this.#logError('Uncaught Exception', error);
    const payload = formatError(error, this.#modern);
    this.#options.channel.send(`X${payload.errorType.replaceAll('\n', ' ')}\n${JSON.stringify(payload)}`);
  }

  #invoke(job: SandboxInvocation): void {
    this.#job = job;
    this.#output.requestId = job.requestId;
    if (job.traceId !== '') process.env['_X_AMZN_TRACE_ID'] = job.traceId;
    let event: unknown;
    try {
      event = JSON.parse(job.payload);
    } catch (error) {
      this.fail(job, error);
      return;
    }
    this.#run(job, event);
  }

  #runModern(handler: Handler, job: SandboxInvocation, event: unknown): void {
    let result: unknown;
    try {
      result = handler(event, createModernContext(job, this.#facts));
    } catch (error) {
      this.fail(job, error);
      return;
    }
    if (isPromiseLike(result)) {
      result.then(
        (value) => this.succeed(job, value),
        (error: unknown) => this.fail(job, error),
      );
    } else this.succeed(job, result);
  }

  #logError(label: string, error: unknown): void {
    this.#output.error(label, formatErrorForLog(error, this.#modern));
  }

  /** Up to Node 22 the runtime reports strays under names of its own; later, Node ends the process as always. */
  #catchStrays(): void {
    process.on('uncaughtException', (error) => this.#die(error, 'Uncaught Exception', 129));
    process.on('unhandledRejection', (reason) => {
      const error = new RuntimeError('Runtime.UnhandledPromiseRejection', String(reason));
      this.#die(error, 'Unhandled Promise Rejection', 128);
    });
  }

  #die(error: unknown, label: string, exitCode: number): void {
    if (this.#job === undefined) this.#sendLoadFailure(error);
    else {
      this.#logError(label, error);
      this.#options.channel.send(this.#encodeFailure(error, true));
    }
    process.exit(exitCode);
  }
}
