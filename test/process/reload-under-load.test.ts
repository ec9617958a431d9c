/** Hot reload while work goes on: nothing fails, nothing mixes, nothing is left over. */
import { expect, test } from 'vitest';
import { runProgram } from './run-program.ts';

interface Seen {
  calls: number;
  failures: string[];
  mixed: number[][];
  impossible: number[][];
  missed: number;
  start: { heapMb: number; processes: number };
  end: { heapMb: number; processes: number };
}

test('200 edits under 50 calls a second: no call fails, each result is of one generation, nothing grows', async () => {
  await using program = runProgram('reload-under-load', [], ['--expose-gc']);
  const seen = await program.nextJson<Seen>();
  expect(seen.failures).toEqual([]);
  expect(seen.mixed).toEqual([]);
  expect(seen.impossible).toEqual([]);
  expect(seen.missed).toBe(0);
  expect(seen.calls).toBeGreaterThan(300);
  expect(seen.end.processes).toBe(seen.start.processes);
  expect(seen.end.heapMb - seen.start.heapMb).toBeLessThan(10);
  expect(await program.ended()).toBe(0);
});
