/** What goes into an emulator and what comes out. Types only. */

/** One Invoke, as Lambda's API has it. */
export interface InvocationRequest {
  /** Name of the function, without account, region and qualifier. */
  readonly functionName: string;
  /** `$LATEST`, a version or an alias. Default: `$LATEST`. */
  readonly qualifier?: string | undefined;
  /** JSON text; the caller has checked that it is JSON. An empty body is `{}`. */
  readonly payload: string;
  /** Default: RequestResponse. */
  readonly invocationType?: 'RequestResponse' | 'Event' | 'DryRun' | undefined;
  /** Tail: bring back the last 4 KB of the execution log. Default: None. */
  readonly logType?: 'None' | 'Tail' | undefined;
  /** The decoded JSON text of X-Amz-Client-Context. */
  readonly clientContext?: string | undefined;
  /** A UUID to use as request id. Default: a new one. */
  readonly requestId?: string | undefined;
  /** Parent trace header, handed through. */
  readonly traceId?: string | undefined;
  /** Gives up waiting: a call that still waits for an environment never runs; one that runs goes on, as on Lambda. */
  readonly signal?: AbortSignal | undefined;
}

/** The numbers of a REPORT line. */
export interface InvocationBilling {
  readonly durationMs: number;
  readonly billedMs: number;
  readonly memoryMb: number;
  readonly isColdStart: boolean;
}

export interface InvocationResult {
  readonly requestId: string;
  /** 200 RequestResponse, 202 Event, 204 DryRun. */
  readonly statusCode: 200 | 202 | 204;
  /** JSON text; empty for Event and DryRun. */
  readonly payload: string;
  readonly functionError?: 'Unhandled' | undefined;
  /** Absent for Event and DryRun, as on AWS. */
  readonly executedVersion?: string | undefined;
  /** Last 4,096 bytes of the log as text, if asked for. */
  readonly logTail?: string | undefined;
  /** The numbers of the log's REPORT line, if the log was asked for. */
  readonly billing?: InvocationBilling | undefined;
  /** First line of the build error, while the code on disk does not build and an older generation answers. */
  readonly buildError?: string | undefined;
}

/** A finished run, for those who watch. */
export interface InvocationReport {
  readonly at: number;
  readonly requestId: string;
  readonly functionName: string;
  /** Which of the function's versions ran: `$LATEST` or a number. */
  readonly version: string;
  /** Number of the generation of code that ran it, from 1. */
  readonly generation: number;
  readonly durationMs: number;
  readonly billedMs: number;
  /** Only on the invocation that paid for a cold start. */
  readonly initMs?: number;
  readonly memoryMb: number;
  readonly maxMemoryMb: number;
  readonly status: 'success' | 'error' | 'timeout';
  /** `Runtime.ExitError`, `Sandbox.Timedout`, `TypeError` ... */
  readonly errorType?: string;
  readonly errorMessage?: string;
  /** The whole kept log: START, the function's output, END, REPORT. */
  readonly log: string;
}

/** Events of an emulator, by name. */
export interface EmulatorEvents {
  'invocation.finished': InvocationReport;
  'generation.started': {
    readonly at: number;
    readonly functionName: string;
    readonly version: string;
    readonly generation: number;
    readonly hash: string;
    readonly buildMs: number;
    readonly files: readonly string[];
  };
  'build.failed': { readonly at: number; readonly functionName: string; readonly error: Error };
}
