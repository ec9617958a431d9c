/**
 * What the emulator and an environment say to each other: one string each way, first letter = kind.
 *
 *     to the environment     load        L{"directory":...,"handler":...}
 *                            invocation  I<request id>\n<deadline ms>\n<arn>\n<trace id>\n<client context>\n<payload>
 *     from the environment   output      O<text>
 *                            loaded      D
 *                            init error  X<error type>\n<payload>
 *                            result      R<memory MB>\n<payload>
 *                            error       E<memory MB>\n<error type>\n<payload>
 *                            last words  F<memory MB>\n<error type>\n<payload>   an error of an environment about to exit
 *
 * Payloads are JSON text that is relayed as it is: parsing it on the emulator's thread would cost more than all the rest.
 */

/** Code for an environment to load. */
export interface CodeLocation {
  /** Absolute path of the unpacked package. */
  readonly directory: string;
  /** `index.handler`. */
  readonly handler: string;
}

/** One invocation as it goes to an environment. */
export interface SandboxInvocation {
  readonly requestId: string;
  /** Milliseconds since 1970. */
  readonly deadlineMs: number;
  readonly functionArn: string;
  /** Empty: none. */
  readonly traceId: string;
  /** JSON text; empty: none. */
  readonly clientContext: string;
  readonly payload: string;
}

/** What an environment made of an invocation. */
export interface SandboxAnswer {
  readonly payload: string;
  /** Set when the function failed. */
  readonly errorType: string | undefined;
  /** The most memory that the environment has used, as far as it knows. */
  readonly memoryMb: number;
  /** The environment is about to exit and takes no more. */
  readonly last: boolean;
}

// Line ends within a field would shift the fields after it. In JSON text they are only decoration.
const oneLine = (text: string): string => (text.includes('\n') ? text.replaceAll('\n', ' ') : text);

export function encodeInvocation(job: SandboxInvocation): string {
  return `I${job.requestId}\n${job.deadlineMs}\n${job.functionArn}\n${oneLine(job.traceId)}\n${oneLine(job.clientContext)}\n${job.payload}`;
}

export function decodeInvocation(message: string): SandboxInvocation {
  const [requestId = '', deadline = '', functionArn = '', traceId = '', clientContext = '', payload = ''] = fields(
    message,
    6,
  );
  return { requestId, deadlineMs: Number(deadline), functionArn, traceId, clientContext, payload };
}

/**
 * One more than the bytes that Lambda takes as an answer. Of what is longer, which is refused, no more need travel: half a
 * gigabyte would take the emulator's memory, not the environment's.
 */
const MAX_PAYLOAD_CHARS = 6_291_557;

export function encodeAnswer({ payload, errorType, memoryMb, last }: SandboxAnswer): string {
  const sent = payload.length > MAX_PAYLOAD_CHARS ? payload.slice(0, MAX_PAYLOAD_CHARS) : payload;
  if (errorType === undefined) return `R${memoryMb}\n${sent}`;
  return `${last ? 'F' : 'E'}${memoryMb}\n${oneLine(errorType)}\n${sent}`;
}

export function decodeAnswer(message: string): SandboxAnswer {
  if (message.startsWith('R')) {
    const end = message.indexOf('\n');
    const memoryMb = Number(message.slice(1, end));
    return { payload: message.slice(end + 1), errorType: undefined, memoryMb, last: false };
  }
  const [memory = '', errorType = '', payload = ''] = fields(message, 3);
  return { payload, errorType, memoryMb: Number(memory), last: message.startsWith('F') };
}

/** Splits what follows the first letter at line ends into `count` fields; the last one keeps its own line ends. */
export function fields(message: string, count: number): string[] {
  const found: string[] = [];
  let start = 1;
  while (found.length < count - 1) {
    const end = message.indexOf('\n', start);
    if (end === -1) break;
    found.push(message.slice(start, end));
    start = end + 1;
  }
  found.push(message.slice(start));
  return found;
}
