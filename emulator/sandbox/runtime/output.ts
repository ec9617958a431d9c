/** Sends what the code writes to console, stdout and stderr over the channel, so that it arrives before the answer does. */
import { format } from 'node:util';

export interface Output {
  /** The invocation to which records belong; undefined before the first one. */
  requestId: string | undefined;
  /** Writes what `console.error` writes, also after the code has replaced that. */
  readonly error: (...args: unknown[]) => void;
}

// No kept log is longer, so no more of one record need travel.
const MAX_RECORD_CHARS = 1_048_577;

const LEVELS = {
  trace: 'TRACE',
  debug: 'DEBUG',
  info: 'INFO',
  log: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
  fatal: 'FATAL',
} as const;

/**
 * @param modern Node 24 writes `-` where there is no request id yet, older runtimes `undefined`.
 */
export function captureOutput(send: (text: string) => void, modern: boolean): Output {
  const write = (text: string): void => send(text.length > MAX_RECORD_CHARS ? text.slice(0, MAX_RECORD_CHARS) : text);
  const log = (level: string, args: readonly unknown[]): void => {
    const id = output.requestId ?? (modern ? '-' : 'undefined');
    write(`${new Date().toISOString()}\t${id}\t${level}\t${format(...args)}\n`);
  };
  const output: Output = { requestId: undefined, error: (...args) => log('ERROR', args) };
  for (const [method, level] of Object.entries(LEVELS)) {
    Object.defineProperty(console, method, {
      value: (...args: unknown[]) => log(level, args),
      writable: true,
      configurable: true,
      enumerable: true,
    });
  }
  captureStream('stdout', write);
  captureStream('stderr', write);
  return output;
}

/** Wrapped at the first use: making the stream costs a millisecond that most functions never need. */
function captureStream(name: 'stdout' | 'stderr', write: (text: string) => void): void {
  const original = Object.getOwnPropertyDescriptor(process, name);
  let wrapped: NodeJS.WriteStream | undefined;
  const wrap = (): NodeJS.WriteStream => {
    const stream = (original?.get?.call(process) ?? original?.value) as NodeJS.WriteStream;
    const replacement = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
      const callback = typeof encoding === 'function' ? encoding : done;
      const charset = typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8';
      // Binary text (`hex`, `base64`) stands for bytes, which the log shows as UTF-8.
      if (typeof chunk !== 'string') write(Buffer.from(chunk).toString('utf8'));
      else write(charset === 'utf8' || charset === 'utf-8' ? chunk : Buffer.from(chunk, charset).toString('utf8'));
      if (typeof callback === 'function') process.nextTick(callback);
      return true;
    };
    Object.defineProperty(stream, 'write', { value: replacement, writable: true, configurable: true });
    return stream;
  };
  Object.defineProperty(process, name, {
    configurable: true,
    enumerable: true,
    get: () => (wrapped ??= wrap()),
  });
}
