/** A transport that runs the real agent in this process, JSON text at the border, and fails as it is told to. */
import { createHandler } from '../../agent/index.ts';
import type { ChunkRequest, Handler, Manifest, TaskEntry } from '../../agent/index.ts';
import type { InvokeRequest, InvokeResponse, Transport } from '../../src/transport/transport.ts';

/** A task, written where it is used. Parameters must be plain names. */
export type FakeTask = (...args: never[]) => unknown;

/** One invocation, as the transport saw it. */
export interface SeenInvocation {
  readonly request: ChunkRequest;
  readonly payload: string;
  readonly signal: AbortSignal;
}

/** What to do instead of running the agent. */
type Scripted = (request: InvokeRequest) => InvokeResponse | Promise<InvokeResponse>;

export class FakeTransport implements Transport {
  readonly name = 'fake';
  /** All chunks so far, in order. */
  readonly seen: SeenInvocation[] = [];
  /** Signals of the questions so far what the function holds. */
  readonly asked: AbortSignal[] = [];
  running = 0;
  mostRunning = 0;
  timesDisposed = 0;
  /** Milliseconds that the function has. */
  timeoutMs = 60_000;
  #handler: Handler;
  readonly #script: Scripted[] = [];
  readonly #gates: PromiseWithResolvers<void>[] = [];
  #isHolding = false;

  /** @param tasks By full name: `math.square`. */
  constructor(tasks: Readonly<Record<string, FakeTask>> = {}) {
    this.#handler = handlerOf(tasks, manifestOf(tasks));
  }

  /** Invocations from now on run these tasks. */
  deploy(tasks: Readonly<Record<string, FakeTask>>, manifest: Manifest = manifestOf(tasks)): void {
    this.#handler = handlerOf(tasks, manifest);
  }

  /** The next invocation is refused or lost: it rejects. */
  rejectNext(...errors: readonly unknown[]): void {
    for (const error of errors) this.#script.push(() => Promise.reject(error));
  }

  /** The next invocation is answered by somebody else. */
  answerNext(...responses: readonly Partial<InvokeResponse>[]): void {
    for (const response of responses) {
      this.#script.push(() => ({ payload: 'null', requestId: 'scripted', ...response }));
    }
  }

  /** The next invocation dies as Lambda's environments do. */
  dieNext(errorType: string, errorMessage: string, logTail = ''): void {
    const payload = JSON.stringify({ errorType, errorMessage });
    this.answerNext({ payload, functionError: 'Unhandled', logTail });
  }

  /** Invocations from now on wait, until `release`. */
  hold(): void {
    this.#isHolding = true;
  }

  /** Lets the invocation at `index` among those that wait go on; all of them, and all later ones, without. */
  release(index?: number): void {
    if (index !== undefined) return this.#gates.splice(index, 1)[0]?.resolve();
    this.#isHolding = false;
    for (const gate of this.#gates.splice(0)) gate.resolve();
  }

  /** The invocation at `index` among those that wait fails. */
  breakHeld(index: number, error: unknown): void {
    this.#gates.splice(index, 1)[0]?.reject(error);
  }

  /** How many wait. */
  get held(): number {
    return this.#gates.length;
  }

  async invoke(request: InvokeRequest, { signal }: { readonly signal: AbortSignal }): Promise<InvokeResponse> {
    if (request.payload.includes('"describe":true')) this.asked.push(signal);
    else this.seen.push({ request: JSON.parse(request.payload), payload: request.payload, signal });
    const requestId = `request-${this.seen.length}`;
    const scripted = this.#script.shift();
    this.running += 1;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    try {
      if (this.#isHolding) await this.#wait(signal);
      return await (scripted?.(request) ?? this.#run(request, requestId));
    } finally {
      this.running -= 1;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.timesDisposed += 1;
  }

  async #run({ payload }: InvokeRequest, requestId: string): Promise<InvokeResponse> {
    const context = { awsRequestId: requestId, getRemainingTimeInMillis: () => this.timeoutMs };
    return { payload: JSON.stringify(await this.#handler(JSON.parse(payload), context)), requestId };
  }

  async #wait(signal: AbortSignal): Promise<void> {
    const gate = Promise.withResolvers<void>();
    this.#gates.push(gate);
    const onAbort = (): void => gate.reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    await gate.promise.finally(() => signal.removeEventListener('abort', onAbort));
  }
}

function handlerOf(tasks: Readonly<Record<string, FakeTask>>, manifest: Manifest): Handler {
  const modules = Object.fromEntries(
    Object.entries(tasks).map(([name, fn]) => [name, () => Promise.resolve({ run: fn })]),
  );
  return createHandler({ modules, manifest });
}

/** A manifest of tasks that stand in no file. */
export function manifestOf(tasks: Readonly<Record<string, FakeTask>>, hash = 'fake'): Manifest {
  const entries = Object.entries(tasks).map(([name, fn]): [string, TaskEntry] => [
    name,
    { module: name, export: 'run', params: paramsOf(fn), file: 'fake.ts', line: 1, hash },
  ]);
  return { version: 1, hash, tasks: Object.fromEntries(entries) };
}

function paramsOf(fn: FakeTask): TaskEntry['params'] {
  const list = /^(?:async\s+)?(?:function\s*\w*\s*)?\(([^)]*)\)/.exec(fn.toString())?.[1] ?? '';
  return list
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .map((each) => ({
      name: each.replace(/^\.\.\.|\s*=.*$/g, ''),
      required: !/^\.\.\.|=/.test(each),
      ...(each.startsWith('...') && { rest: true as const }),
    }));
}
