/** One accepted invocation, from its door to its answer. */
import type { InFlight } from '../queue/in-flight.ts';
import type { InvocationResult } from '../invocation.ts';
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

/** Who waits for the end of a run, and who counts it until then. Settled exactly once; the promise sees to the rest. */
export interface RunOwner {
  readonly resolve: (result: InvocationResult) => void;
  readonly reject: (reason: unknown) => void;
  readonly inFlight: Pick<InFlight, 'enter' | 'leave'>;
}

export class Run {
  readonly request: RunRequest;
  readonly #owner: RunOwner;
  started = false;
  /** What its environment wrote during INIT; Lambda logs that before START. */
  initLog = '';
  #log: LogBuffer | undefined;

  constructor(request: RunRequest, owner: RunOwner) {
    this.request = request;
    this.#owner = owner;
    owner.inFlight.enter();
  }

  resolve(result: InvocationResult): void {
    this.#owner.inFlight.leave();
    this.#owner.resolve(result);
  }

  reject(reason: unknown): void {
    this.#owner.inFlight.leave();
    this.#owner.reject(reason);
  }

  get log(): string {
    return this.#log?.toString() ?? '';
  }

  appendLog(text: string): void {
    this.#log ??= new LogBuffer();
    this.#log.append(text);
  }
}
