/** Runs one command line from its words to its exit code. */
import { CommanderError } from 'commander';
import { describeFailure } from './failure.ts';
import type { ExitCode } from './failure.ts';
import { Interrupted, listenForInterruption } from './interruption.ts';
import type { Io } from './io.ts';
import { createProgram } from './program.ts';

/** Never rejects. */
export async function run(words: readonly string[], io: Io): Promise<ExitCode> {
  using interruption = listenForInterruption();
  using _ = stayAlive();
  const signal = AbortSignal.any([interruption.signal, io.outputClosed]);
  let exitCode: ExitCode = 0;
  const program = createProgram(
    { io, signal, setExitCode: (code) => (exitCode = code) },
    { isBare: words.includes('--print-config') && words.every((word) => word.startsWith('-')) },
  );
  try {
    await program.parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has printed its errors. Its 1 for a wrong command line is our 2.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    // Whoever closed our output has seen enough: `lambdapool map ... | head`.
    if (io.outputClosed.aborted && !(error instanceof Interrupted)) return 0;
    const failure = describeFailure(error, { verbose: isVerbose(words, io) });
    await io.stderr.write(failure.text);
    // A command may know better.
    return exitCode === 0 ? failure.exitCode : exitCode;
  }
}

/** A command ends when it is done, also where what it waits for would not keep the process alive. */
function stayAlive(): Disposable {
  const timer = setInterval(() => {}, 2 ** 31 - 1);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function isVerbose(words: readonly string[], io: Io): boolean {
  return words.includes('--verbose') || (io.env['DEBUG'] ?? '') !== '';
}
