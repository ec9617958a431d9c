/** One accepted invocation, from its door to its answer. */
import type { InvocationResult } from './invocation.ts';
import { LogBuffer } from './log-buffer.ts';

/** What a run takes from the request, with every default in place. */
export interface RunRequest {
  readonly requestId: string;
  readonly functionArn: string;
  readonly payload: string;
  readonly traceId: string;
  readonly clientContext: string;
  readonly wantsLogTail: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Settles exactly once; the promise sees to the rest. */
export interface RunCallbacks {
  resolve(result: InvocationResult): void;
  reject(reason: unknown): void;
}

export class Run {
  readonly request: RunRequest;
  readonly callbacks: RunCallbacks;
  started = false;
  /** What its environment wrote during INIT; Lambda logs that before START. */
  initLog = '';
  #log: LogBuffer | undefined;

  constructor(request: RunRequest, callbacks: RunCallbacks) {
    this.request = request;
    this.callbacks = callbacks;
  }

  get log(): string {
    return this.#log?.toString() ?? '';
  }

  appendLog(text: string): void {
    this.#log ??= new LogBuffer();
    this.#log.append(text);
  }
}
