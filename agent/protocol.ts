/**
 * The wire format between a pool and the agent: shapes and version, no logic.
 *
 * A request is the event of one Lambda invocation and carries one chunk; the reply is the handler's result:
 *
 *     { "lambdapool": 1, "task": "math.fibonacci", "calls": [[10], { "args": [], "kwds": { "n": 11 } }] }
 *     { "lambdapool": 1, "timeoutMs": 60000, "outcomes": [{ "ok": 55 }, { "ok": 89 }] }
 *
 * Everything marked Encoded went through the codec: plain JSON stands for itself, see codec.ts for the rest. Both may also
 * travel gzipped, see Packed, and through a bucket, see Claimed.
 */
import type { Manifest } from './manifest.ts';

/**
 * Version of this format, in both directions. An agent that is sent another one fails the invocation with an error named
 * `ProtocolMismatch`, and one that is sent something else with `EventInvalid`: all other failures are outcomes.
 */
export const PROTOCOL_VERSION = 1;

/** A value that JSON.stringify writes and JSON.parse reads without loss. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A value after `encode`: JSON that `decode` turns back. */
export type Encoded = Json;

/** A call with `args` only is the encoded array of them; one with `kwds` is `{ args: Encoded, kwds: Encoded }`. */
export type CallRequest = Encoded;

/** One chunk of calls of one task. */
export interface ChunkRequest {
  readonly lambdapool: typeof PROTOCOL_VERSION;
  readonly task: string;
  readonly calls: readonly CallRequest[];
  /** Attempt number of each call, from 1. Absent: 1 for all. */
  readonly attempts?: readonly number[];
  /** Bytes of console output to bring back for each call. 0 or absent: none. */
  readonly maxLogBytes?: number;
  /** `failures`: of failed calls only. Absent: of all. */
  readonly logsOf?: 'failures';
  /** Runs once in each environment, before the first call that asks for it with these arguments. */
  readonly initializer?: InitializerRequest;
  /** An environment that has run this many calls or more exits instead of running the chunk: see retirement.ts. */
  readonly maxTasksPerEnvironment?: number;
}

/** A task and its arguments, by position. */
export interface InitializerRequest {
  readonly task: string;
  readonly args: Encoded;
}

/** Why a call failed. TASK_THREW is the task's own failure; the others come from the agent. */
export type OutcomeErrorCode =
  'TASK_THREW' | 'TASK_NOT_FOUND' | 'ARGUMENTS_INVALID' | 'RESULT_NOT_SERIALIZABLE' | 'TASK_TIMEOUT' | 'INIT_FAILED';

/** What became of one call. Exactly one of the forms below; `{}` is a success that returned undefined. */
export interface CallOutcome {
  /** The encoded result. Absent together with `error` and `notStarted`: undefined was returned. */
  readonly ok?: Encoded;
  readonly error?: {
    readonly code: OutcomeErrorCode;
    /** The encoded value that was thrown: mostly an Error, but anything can be thrown. */
    readonly thrown: Encoded;
  };
  /** The deadline was too near: the call did not run and may be sent again. */
  readonly notStarted?: true;
  /** Console output of the call, if asked for. */
  readonly logs?: readonly LogLine[];
}

/** One record that a task wrote with `console`. */
export interface LogLine {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'log';
  /** Formatted text as the console prints it, newlines kept. */
  readonly text: string;
}

/** The answer to a ChunkRequest: one outcome for each call, in the order of the calls. */
export interface ChunkReply {
  readonly lambdapool: typeof PROTOCOL_VERSION;
  /** Milliseconds that the function may run, as seen at the start of this invocation. */
  readonly timeoutMs: number;
  /** Hash of the manifest that the calls ran on. */
  readonly manifest: string;
  readonly outcomes: readonly CallOutcome[];
}

/** Asks a function what it holds, and runs nothing: no task, no initializer, no count towards maxTasksPerEnvironment. */
export interface DescribeRequest {
  readonly lambdapool: typeof PROTOCOL_VERSION;
  readonly describe: true;
}

/** The answer to a DescribeRequest. */
export interface DescribeReply {
  readonly lambdapool: typeof PROTOCOL_VERSION;
  /** Milliseconds that the function may run, as seen at the start of this invocation. */
  readonly timeoutMs: number;
  readonly manifest: Manifest;
}

/**
 * A ChunkRequest or a ChunkReply whose JSON text is long and shrinks well. The agent takes either form of a request at any
 * time, and answers in this one only if it was asked in it.
 */
export interface Packed {
  readonly lambdapool: typeof PROTOCOL_VERSION;
  /** Base64 of the gzipped JSON text. */
  readonly gzip: string;
}

/**
 * What a client that has a bucket adds to a request: where a reply may be put that is too large for Lambda. A request that is
 * too large itself consists of this alone, and lies in the bucket. Packed, if at all, is what is left.
 */
export interface Claimed {
  readonly lambdapool: typeof PROTOCOL_VERSION;
  readonly claim: Claim;
}

/** URLs that are good for one object and one invocation each. Whoever has one has the object. */
export interface Claim {
  /** Gives the JSON text of the request. Absent: it stands beside the claim. */
  readonly get?: string;
  /** Takes the JSON text of the reply. */
  readonly put: string;
  /** The URLs are good as they are. Absent: where AWS_ENDPOINT_URL is set, it says where the bucket is for the function. */
  readonly isLocal?: true;
}

/** Stands for a reply that was put into the bucket, or was to be; and for one to a request that could not be got. */
export interface ClaimReply {
  readonly lambdapool: typeof PROTOCOL_VERSION;
  readonly claim:
    | { readonly bytes: number }
    | {
        /** `get`: nothing has run. `put`: all has run, and the reply is lost. */
        readonly failed: 'get' | 'put';
        /** A sentence without its subject. */
        readonly message: string;
        readonly isTemporary: boolean;
        /** Of HTTP; absent if there was no answer. */
        readonly status?: number;
        /** S3's name for what is wrong. */
        readonly awsCode?: string;
      };
}

/**
 * The event for those without a client of ours. Arguments and result are plain JSON; the result is the task's own,
 * a failure an ordinary Lambda function error.
 */
export interface PlainRequest {
  readonly task: string;
  readonly args?: readonly unknown[];
  readonly kwds?: Readonly<Record<string, unknown>>;
}
