/** However a program ends, the objects of its emulator go with it. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { runProgram } from './run-program.ts';

const DOORS = 12;

test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
  'after %s to a program with the objects of many pools, none is left, and there was no warning',
  async (signal) => {
    const folder = await mkdtemp(join(tmpdir(), 'lambdapool-objects-test-'));
    try {
      await using program = runProgram('objects', [folder, String(DOORS)]);
      await program.nextJson();
      expect(await readdir(folder)).toHaveLength(DOORS);
      process.kill(program.pid, signal);
      expect(await program.ended()).toBe(signal);
      await eventually(async () => expect(await readdir(folder)).toEqual([]), 5_000);
      expect(program.stderr()).toBe('');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);
