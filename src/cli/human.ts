/** Sizes and times as people say them. Pure. */

const SIZES = ['B', 'KB', 'MB', 'GB', 'TB'];

/** `0 B`, `1.0 KB`, `49.75 KB`: in steps of 1,024. */
export function showBytes(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(SIZES.length - 1, Math.floor(Math.log2(bytes) / 10));
  if (step === 0) return `${bytes} B`;
  const value = Math.round((bytes / 1024 ** step) * 100) / 100;
  return `${Number.isInteger(value) ? value.toFixed(1) : value} ${SIZES[step]}`;
}

const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

/** `Just now`, `20 seconds ago`, `2 hours ago`, `1 day from now`; after three days the date: `January  6`, `December 10, 2018`. */
export function showWhen(then: Date, now: Date): string {
  const seconds = Math.trunc((now.getTime() - then.getTime()) / 1000);
  const size = Math.abs(seconds);
  if (size >= 4 * DAY_S) return showDay(then, now);
  if (size >= DAY_S) return distance(seconds, DAY_S, 'day');
  if (size >= HOUR_S) return distance(seconds, HOUR_S, 'hour');
  if (size >= MINUTE_S) return distance(seconds, MINUTE_S, 'minute');
  return size === 0 ? 'Just now' : distance(seconds, 1, 'second');
}

function distance(seconds: number, unitSeconds: number, unit: string): string {
  const count = Math.floor(Math.abs(seconds) / unitSeconds);
  return `${count} ${unit}${count === 1 ? '' : 's'} ${seconds < 0 ? 'from now' : 'ago'}`;
}

const MONTH = new Intl.DateTimeFormat('en-US', { month: 'long', timeZone: 'UTC' });

/** Days stand below each other. The year is said where it is not this one, or has not come yet. */
function showDay(then: Date, now: Date): string {
  const day = `${MONTH.format(then)} ${String(then.getUTCDate()).padStart(2)}`;
  const isThisYear = then.getUTCFullYear() === now.getUTCFullYear() && then <= now;
  return isThisYear ? day : `${day}, ${then.getUTCFullYear()}`;
}
