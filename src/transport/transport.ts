/** The interface between the pool and whatever runs its invocations. Types only. */

export interface InvokeRequest {
  /** The event: JSON text. */
  readonly payload: string;
  /** Ask for the last 4 KB of the execution log. */
  readonly logs: boolean;
}

/** What the service charges for an invocation, as its REPORT line says. */
export interface Billing {
  /** Milliseconds that the invocation took inside the function, without the start of its environment. */
  readonly durationMs: number;
  /** Milliseconds that the service asks money for. */
  readonly billedMs: number;
  /** What the function was given, in MB. */
  readonly memoryMb: number;
  /** It began with the start of its environment. */
  readonly isColdStart: boolean;
}

export interface InvokeResponse {
  /** What the function answered: JSON text. */
  readonly payload: string;
  /** Set when the function failed: the kind that Lambda names in `X-Amz-Function-Error`. `payload` is then the error object. */
  readonly functionError?: string | undefined;
  readonly requestId: string;
  /** Version that ran: `$LATEST` or a number. */
  readonly executedVersion?: string | undefined;
  /** Last 4 KB of the execution log, decoded, if asked for. */
  readonly logTail?: string | undefined;
  /** Where the transport knows it without reading the log; absent: the log tail says it. */
  readonly billing?: Billing | undefined;
}

/** One way of reaching a function. Knows nothing of tasks, pools or retries. */
export interface Transport extends AsyncDisposable {
  /** Short label for logs and errors: `lambda`, `localstack`, `emulator`. */
  readonly name: string;
  /** Bytes of the largest payload that it takes, where it has another way for what Lambda does not carry. */
  readonly maxPayloadBytes?: number | undefined;
  /**
   * Sends one invocation. Resolves with the function's answer, also when the function itself failed.
   * @throws {LambdaPoolError} THROTTLED, ACCESS_DENIED, FUNCTION_NOT_FOUND, PAYLOAD_TOO_LARGE, UNREACHABLE, BUILD_FAILED:
   * known not to have run; OUTCOME_UNKNOWN: nobody can tell whether it ran.
   * @throws `signal.reason` when aborted; the remote run may still finish.
   */
  invoke(request: InvokeRequest, options: { readonly signal: AbortSignal }): Promise<InvokeResponse>;
}
