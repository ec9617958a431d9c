/** What grows and what does not. */
import { expect, test } from 'vitest';
import { runProgram } from './run-program.ts';

test('a million items through imap grow the heap by less than 50 MB, and the source is never far ahead', async () => {
  await using program = runProgram('million', [], ['--expose-gc']);
  const seen = await program.nextJson<{ received: number; wrong: number; mostAhead: number; grownMb: number }>();
  expect(seen.received).toBe(1_000_000);
  expect(seen.wrong).toBe(0);
  expect(seen.grownMb).toBeLessThan(50);
  expect(seen.mostAhead).toBeLessThan(20_000);
  expect(await program.ended()).toBe(0);
});
