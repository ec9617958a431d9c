/** A journalled run whose program is killed again and again: no call is lost, and none that has returned is repeated. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Emulator, startServer } from '../../emulator/index.ts';
import { tasksSource } from '../../src/bundle/tasks-source.ts';
import { eventually } from '../support/eventually.ts';
import { tasksRoot } from '../support/tasks-root.ts';
import { runProgram } from './run-program.ts';
import type { RunningProgram } from './run-program.ts';

const CALLS = 10_000;
const KILLS = 10;
/** The program has 4 workers and sends 10 calls at a time; the answer that is being read has made room for another chunk. */
const MOST_IN_FLIGHT = 50;

const counting = `
import { appendFileSync } from 'node:fs';
export function double(n: number): number {
  appendFileSync(process.env.COUNT_FILE!, n + '\\n');
  return 2 * n;
}
`;

/** Indexes of the calls of which the journal has a result. */
function returnedIn(journal: string): Set<number> {
  const lines = readFileSync(journal, 'utf8').split('\n').slice(0, -1);
  const outcomes = lines.filter((line) => line.includes('"ok":'));
  return new Set(outcomes.map((line) => (JSON.parse(line) as { index: number }).index));
}

/** Waits for that many invocations of the program to end. */
async function progress(program: RunningProgram, invocations: number): Promise<void> {
  for (let seen = 0; seen < invocations; seen += 1) await program.nextJson();
}

test(`killed ${KILLS} times in the middle, a run of ${CALLS} executes every call, and repeats only those in flight`, async () => {
  await using root = await tasksRoot({ 'counting.ts': counting, 'count.txt': '' });
  const journal = root.path('run.jsonl');
  const executed = (): number[] => readFileSync(root.path('count.txt'), 'utf8').split('\n').slice(0, -1).map(Number);
  await using emulator = new Emulator({ isolation: 'thread', concurrency: 4 });
  const code = tasksSource({ tasksRoot: root.directory });
  emulator.register({ functionName: 'counting', code, env: { COUNT_FILE: root.path('count.txt') } });
  await using server = await startServer({ emulator });
  const start = (): RunningProgram => runProgram('journalled-run', [server.url, journal, String(CALLS)]);

  const snapshots: { readonly returned: Set<number>; readonly executions: number }[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    await using program = start();
    // The first one dies as soon as there is a journal, the others in the middle of their work, at ever other places.
    if (kill === 0) await eventually(() => readFileSync(journal), 20_000);
    else await progress(program, 10 + 7 * kill);
    process.kill(program.pid, 'SIGKILL');
    expect(await program.ended()).toBe('SIGKILL');
    // What was in flight ends without its client.
    await eventually(() => expect(emulator.stats('counting')).toMatchObject({ busy: 0, waiting: 0 }), 5_000);
    snapshots.push({ returned: returnedIn(journal), executions: executed().length });
  }
  await using last = start();
  let line: { done?: number; wrong?: number };
  do line = await last.nextJson();
  while (line.wrong === undefined);
  expect(line.wrong).toBe(0);
  expect(await last.ended()).toBe(0);

  const all = executed();
  expect(new Set(all).size).toBe(CALLS);
  expect(all.length - CALLS).toBeLessThanOrEqual(KILLS * MOST_IN_FLIGHT);
  for (const { returned, executions } of snapshots) {
    expect(all.slice(executions).filter((index) => returned.has(index))).toEqual([]);
  }
  // Each of them had come further than the one before, and none to the end.
  const sizes = snapshots.map(({ returned }) => returned.size);
  expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
  expect(sizes.at(-1)).toBeGreaterThan(2_000);
  expect(sizes.at(-1)).toBeLessThan(CALLS);
});
