/** How a runner of handlers says what became of an invocation. Types only. */
import type { SandboxInvocation } from '../messages.ts';

/** Only the first completion of an invocation counts. */
export interface Completion {
  succeed(job: SandboxInvocation, result: unknown): void;
  fail(job: SandboxInvocation, thrown: unknown): void;
}
