/** Runs a program that leaves something open, and sees it end. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import type { Ground } from './row.ts';

const PROGRAM = fileURLToPath(new URL('./programs/open-end.ts', import.meta.url));

/** The program prints 9, which is the square of 3, and ends with exit code 0. */
export async function runsToItsEnd(
  { transport }: Ground,
  way: 'pool' | 'no-wait' | 'dropped' | 'cancelled',
): Promise<void> {
  const endpoint = 'endpoint' in transport ? [String(transport.endpoint)] : [];
  const args = ['--import', 'tsx', PROGRAM, way, ...endpoint];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 20_000, killSignal: 'SIGKILL' });
  expect(stdout.trim()).toBe('9');
}
