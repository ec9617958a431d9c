/** The codec's only error: a value that cannot be sent, or an encoded form that cannot be read. */

/** `path` names the offending value (`args[0].rows[3].fn`), `reason` says what is wrong with it (`it is a function`). */
export class CodecError extends Error {
  readonly path: string;
  readonly reason: string;

  static {
    Object.defineProperty(this.prototype, 'name', { value: 'CodecError', writable: true, configurable: true });
  }

  constructor(message: string, facts: { readonly path: string; readonly reason: string }) {
    super(message);
    this.path = facts.path;
    this.reason = facts.reason;
  }
}
