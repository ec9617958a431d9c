/** Console output of tasks, on its way from the outcome of a call to who wants to read it. */
import type { LogLine } from '../shared/errors.ts';
import type { ChunkRequest } from '../../agent/protocol.ts';
import type { Chunk } from './job.ts';
import { warn } from './observers.ts';
import type { CallPolicy } from './options.ts';

/** What a request says about console output. Nobody listens: only that of failed calls comes back, for their errors. */
export function logRequest({ maxLogBytes, onLog }: CallPolicy): Pick<ChunkRequest, 'maxLogBytes' | 'logsOf'> {
  if (maxLogBytes === 0) return {};
  return onLog === undefined ? { maxLogBytes, logsOf: 'failures' } : { maxLogBytes };
}

/** Tells the listener what the call at `position` of an answered chunk wrote. */
export function tellLogs(chunk: Chunk, position: number, lines: readonly LogLine[]): void {
  const { job, place, requestId = '' } = chunk;
  const { onLog } = job.policy;
  if (onLog === undefined) return;
  const call = { task: job.task, index: chunk.indexAt(position), attempt: place.attempt, requestId };
  try {
    for (const { at, level, text } of lines) onLog({ ...call, at, level, text });
  } catch (error) {
    warn('onLog', error);
  }
}
