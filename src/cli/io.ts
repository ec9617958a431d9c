/** What the command line reads from and writes to, so that everything above it can be driven by a test. */
import picocolors from 'picocolors';

export type Colors = ReturnType<typeof picocolors.createColors>;

/** One stream that text goes out on. */
export interface Output {
  readonly isTerminal: boolean;
  /** Width of the terminal; Infinity where there is none. */
  readonly columns: number;
  readonly colors: Colors;
  /** Resolves once the stream takes more; never rejects: see `Io.outputClosed`. */
  write(text: string): Promise<void>;
}

/** Text that comes in. */
export interface Input extends AsyncIterable<Uint8Array | string> {
  readonly isTerminal: boolean;
  /** Stops reading: a stream that still waits for text keeps the process alive. */
  close(): void;
}

export interface Io {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Environment variables: those of the process, or a test's. */
  readonly env: Record<string, string | undefined>;
  /** Aborts when nobody reads stdout any more: `lambdapool map ... | head`. */
  readonly outputClosed: AbortSignal;
}

/** The streams and environment variables of this process. */
export function processIo(): Io {
  const closed = new AbortController();
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => closed.abort(error));
  }
  return {
    stdin: standardInput(),
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    env: process.env,
    outputClosed: closed.signal,
  };
}

function standardInput(): Input {
  // Opened at the first use: most commands never read it.
  return {
    get isTerminal() {
      return process.stdin.isTTY === true;
    },
    close: () => void process.stdin.destroy(),
    [Symbol.asyncIterator]: () => process.stdin[Symbol.asyncIterator](),
  };
}

function outputOf(stream: NodeJS.WriteStream): Output {
  const isTerminal = stream.isTTY === true;
  return {
    isTerminal,
    columns: isTerminal ? stream.columns : Infinity,
    colors: picocolors.createColors(wantsColors(isTerminal, process.env)),
    write(text) {
      if (stream.destroyed || stream.write(text)) return Promise.resolve();
      return new Promise((resolve) => {
        const done = (): void => {
          stream.off('drain', done).off('close', done).off('error', done);
          resolve();
        };
        stream.on('drain', done).on('close', done).on('error', done);
      });
    },
  };
}

function wantsColors(isTerminal: boolean, env: NodeJS.ProcessEnv): boolean {
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  if (env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0') return true;
  return isTerminal && env['TERM'] !== 'dumb';
}
