/** What a function has where nobody says anything: the same on this machine and deployed. */

/** AWS: 1,769 MB come with one vCPU. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html, read 2026-11 */
export const DEFAULT_MEMORY_MB = 1769;
export const DEFAULT_TIMEOUT_MS = 60_000;
export const DEFAULT_LOG_RETENTION_DAYS = 30;
