/** AWS's quotas, as far as the emulator enforces them. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, read 2026-11. */

/** Request of a RequestResponse invocation: 6 MiB. */
export const MAX_SYNC_REQUEST_BYTES = 6_291_456;

/** Answer of a RequestResponse invocation: 6 MiB and 100 bytes. */
export const MAX_SYNC_RESPONSE_BYTES = 6_291_556;

/** Request of an Event invocation: 1 MiB since autumn 2025. */
export const MAX_EVENT_REQUEST_BYTES = 1_048_576;

/** End of the log that `LogType=Tail` brings back. */
export const LOG_TAIL_BYTES = 4096;

/** How long INIT may take. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
export const INIT_TIMEOUT_MS = 10_000;

/** Memory of a function. */
export const MIN_MEMORY_MB = 128;
export const MAX_MEMORY_MB = 10_240;

/** Timeout of a function: 15 minutes. */
export const MAX_TIMEOUT_MS = 900_000;

/** Environment variables of a function, names and values as JSON. */
export const MAX_ENVIRONMENT_BYTES = 4096;

/** Deployment package that comes within a request: 50 MB. */
export const MAX_ZIPPED_BYTES = 52_428_800;

/** Deployment package, unpacked: 250 MB. */
export const MAX_UNZIPPED_BYTES = 262_144_000;

/** Entries of a deployment package, and its folders. AWS names no such limit; a zip of the common format cannot have more. */
export const MAX_PACKAGE_FILES = 65_535;

/** Request with a deployment package in it, as JSON. */
export const MAX_CODE_REQUEST_BYTES = 70_167_211;

/** Waits before the first and the second retry of a failed Event invocation. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
export const EVENT_RETRY_DELAYS_MS: readonly number[] = [60_000, 120_000];

/** Kept log of one invocation. AWS has no such limit; this is our memory. */
export const MAX_KEPT_LOG_CHARS = 1_048_576;

/** Whether `text` takes more than `maxBytes` as UTF-8. Counts only where that is in doubt. */
export function exceedsBytes(text: string, maxBytes: number): boolean {
  // A UTF-16 unit takes one to three bytes.
  if (text.length > maxBytes) return true;
  return text.length * 3 > maxBytes && Buffer.byteLength(text) > maxBytes;
}
