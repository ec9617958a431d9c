/** The runtime's line to the emulator. Types only. */

export interface RuntimeChannel {
  /** Hands a message over before it returns: what was sent survives a crash that follows. */
  send(message: string): void;
  /**
   * Blocks until there is a message; does not return when there will be none. On Lambda an environment is frozen between
   * invocations, so nothing is lost by blocking, and it is the fastest way to wait.
   */
  receive(): string;
}
