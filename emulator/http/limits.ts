/** Sizes of what only an HTTP request has. Those of payloads are the emulator's. */

/** Base64 text of a client context. AWS: API reference of Invoke, read 2026-11. */
export const MAX_CLIENT_CONTEXT_BYTES: number = 3_583;

/**
 * How much of a body that is too large is read and dropped, so that the client has finished writing when the 413 comes:
 * most clients look for an answer only then, and would report a broken pipe instead.
 */
export const MAX_DROPPED_BYTES: number = 256 * 1024 * 1024;
