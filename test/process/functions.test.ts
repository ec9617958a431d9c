/** However a program ends, the packages of functions that were made in its emulator go with it. */
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { runProgram } from './run-program.ts';

test.each([
  ['SIGKILL', 'process'],
  ['SIGKILL', 'thread'],
  ['SIGTERM', 'process'],
] as const)(
  'after %s to a program with an emulator of environments that are a %s, no package is left',
  async (signal, isolation) => {
    await using program = runProgram('functions', [isolation]);
    const { folder } = await program.nextJson<{ folder: string }>();
    expect(existsSync(folder)).toBe(true);
    process.kill(program.pid, signal);
    expect(await program.ended()).toBe(signal);
    await eventually(() => expect(existsSync(folder)).toBe(false), 3_000);
  },
);
