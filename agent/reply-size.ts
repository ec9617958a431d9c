/** Keeps a reply inside Lambda's limit as far as console output can make room. */
import { markLine } from './log-buffer.ts';
import type { CallOutcome } from './protocol.ts';

// AWS: Invoke response payload, 6 MiB, https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, read 2026-11
export const MAX_REPLY_BYTES: number = 6 * 1024 * 1024;
/** For what surrounds the outcomes in the reply. */
export const ENVELOPE_BYTES: number = 1024;

/**
 * The same outcomes, without the logs that would make the reply too long; a line in their place says so. Results and
 * errors are never dropped. Costs nothing unless there are logs.
 */
export function fitLogs(
  outcomes: readonly CallOutcome[],
  maxBytes: number = MAX_REPLY_BYTES - ENVELOPE_BYTES,
): readonly CallOutcome[] {
  if (!outcomes.some((outcome) => outcome.logs !== undefined)) return outcomes;
  const total = bytesOf(outcomes);
  if (total <= maxBytes) return outcomes;
  const logBytes = outcomes.map((outcome) => (outcome.logs === undefined ? 0 : bytesOf(outcome.logs)));
  let room = maxBytes - logBytes.reduce((rest, bytes) => rest - bytes, total);
  return outcomes.map((outcome, at) => {
    const { logs, ...withoutLogs } = outcome;
    if (logs === undefined) return outcome;
    const bytes = logBytes[at] ?? 0;
    const mark = [markLine(`${bytes} bytes of console output were dropped: the reply would not fit`)];
    const kept = [logs, mark].find((lines) => (lines === logs ? bytes : bytesOf(lines)) <= room);
    if (kept === undefined) return withoutLogs;
    room -= kept === logs ? bytes : bytesOf(kept);
    return { ...withoutLogs, logs: kept };
  });
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
