/** What `onLog` is told. */
import type { LogLine } from '../shared/errors.ts';

/** One record that a task wrote with `console`, and which call that was. */
export interface TaskLog extends LogLine {
  /** Full name: `math.fibonacci`. */
  readonly task: string;
  /** Position of the call within its map, from 0. */
  readonly index: number;
  /** Which attempt of the call it was, from 1. */
  readonly attempt: number;
  /** Lambda's request id of the invocation. */
  readonly requestId: string;
}
