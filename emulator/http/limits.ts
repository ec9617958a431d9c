/** Sizes that Lambda's API allows for an Invoke. */

/** AWS: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, read 2026-11. */
export const MAX_SYNC_PAYLOAD_BYTES: number = 6_291_456;

/** AWS: as above; 262,144 before autumn 2025. */
export const MAX_EVENT_PAYLOAD_BYTES: number = 1_048_576;

/** Of the base64 text. AWS: API reference of Invoke, read 2026-11. */
export const MAX_CLIENT_CONTEXT_BYTES: number = 3_583;

/**
 * How much of a body that is too large is read and dropped, so that the client has finished writing when the 413 comes:
 * most clients look for an answer only then, and would report a broken pipe instead.
 */
export const MAX_DROPPED_BYTES: number = 256 * 1024 * 1024;
