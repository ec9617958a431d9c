/** Who said a value, in a few words. Pure. */
import { shownPath } from '../config/find-config.ts';
import type { Origin } from './settings.ts';

/** `lambdapool.config.ts:4`, `--memory`, `AWS_REGION`, `default`. */
export function originText(origin: Origin): string {
  if (origin.kind === 'default') return 'default';
  if (origin.kind !== 'file') return origin.name;
  return origin.line === undefined ? shownPath(origin.file) : `${shownPath(origin.file)}:${origin.line}`;
}
