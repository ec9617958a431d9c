/**
 * Ends this environment once it has run as many calls as the pool allows, so that what tasks leak does not pile up, or
 * when a module is asked for that did not load here: Node never tries that again within a process.
 *
 * The exit comes at the start of an invocation, not after an answer: an environment is frozen once it has answered, and
 * would die in the middle of the next call. A line in the log tells the pool that nothing of the chunk has run.
 */
import type { ChunkRequest } from './protocol.ts';

/** The line, without its end. Names the invocation, so that one that is quoted elsewhere is not taken for it. */
export function retirementLine(requestId: string): string {
  return `lambdapool: environment retired before ${requestId}`;
}

/** Counts the calls of this environment. */
export class Retirement {
  #calls = 0;

  /**
   * Ends the process if it is time; else counts the calls of the chunk. A chunk is never cut.
   * @param cannotRun What it asks for can be had from a fresh environment only.
   */
  check({ calls, maxTasksPerEnvironment = Infinity }: ChunkRequest, requestId: string, cannotRun: boolean): void {
    if (cannotRun || this.#calls >= maxTasksPerEnvironment) {
      // On Linux, written by the time that it returns.
      process.stderr.write(`${retirementLine(requestId)}\n`);
      process.exit(0);
    }
    this.#calls += calls.length;
  }
}
