/** What `--print-config` prints: each value and who said it. Values of variables stay hidden: they may be secrets. Pure. */
import { shownPath } from '../config/find-config.ts';
import { originText } from './origin-text.ts';
import type { Output } from './io.ts';
import type { Settings } from './settings.ts';

/** A table: key, value, origin. */
export function settingsText({ list, file }: Settings, { colors }: Pick<Output, 'colors'>): string {
  const head = file === undefined ? 'No configuration file.' : `Configuration: ${shownPath(file)}`;
  const rows = list.map(({ key, value, origin }) => ({
    key,
    value: isHidden(key) ? '(hidden)' : shown(value),
    origin: originText(origin),
  }));
  const keyWidth = Math.max(0, ...rows.map(({ key }) => key.length));
  const valueWidth = Math.min(60, Math.max(0, ...rows.map(({ value }) => value.length)));
  const lines = rows.map(
    ({ key, value, origin }) =>
      `${colors.bold(key.padEnd(keyWidth))}  ${value.padEnd(valueWidth)}  ${colors.dim(origin)}`,
  );
  return `${[head, ...lines].join('\n')}\n`;
}

/** The same for programs. */
export function settingsJson({ list, file }: Settings): string {
  const settings = Object.fromEntries(
    list.map(({ key, value, origin: { kind, ...where } }) => {
      const what = isHidden(key) ? { hidden: true } : { value };
      return [key, { ...what, origin: kind, ...where }] as const;
    }),
  );
  return `${JSON.stringify({ file: file ?? null, settings }, undefined, 2)}\n`;
}

function isHidden(key: string): boolean {
  return key.startsWith('env.');
}

function shown(value: unknown): string {
  if (typeof value === 'object' && value !== null && Object.keys(value).length === 0) return '(none)';
  if (Array.isArray(value)) return value.join(', ');
  return String(value);
}
