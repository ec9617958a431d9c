/** Resident memory of a process and all that it started, from /proc: Linux only. */
import { readFileSync, readdirSync } from 'node:fs';

interface Entry {
  readonly pid: number;
  readonly parent: number;
  readonly peakKb: number;
}

function entryOf(pid: number): Entry[] {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
    return [{ pid, parent: field('PPid'), peakKb: field('VmHWM') }];
  } catch {
    return [];
  }
}

/** Sum of the peaks of `root` and its descendants in MB, and how many processes that are; null where there is no /proc. */
export function peakMemory(root: number): { readonly megabytes: number; readonly processes: number } | null {
  if (process.platform !== 'linux') return null;
  const entries = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => entryOf(Number(name)));
  const family = entries.filter(({ pid }) => pid === root);
  for (const member of family) family.push(...entries.filter(({ parent }) => parent === member.pid));
  const kilobytes = family.reduce((sum, { peakKb }) => sum + peakKb, 0);
  return { megabytes: kilobytes / 1024, processes: family.length };
}
