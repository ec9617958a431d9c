/**
 * Runs the benchmarks against the built package and prints a table for each; JSON goes to bench/results/latest.json.
 *
 *     npm run bench
 *     npm run bench -- --only map --only apply --rounds 3
 *     npm run bench -- --quick      a few seconds, to see that everything works; its figures mean little
 *     npm run bench -- --write      also writes docs/benchmarks.md
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Effort, Result } from './harness.ts';
import { benchClientCost } from './client-cost.ts';
import { benchHttp } from './http.ts';
import { benchInit } from './init.ts';
import { benchMemory } from './memory.ts';
import { benchAgentAlone, benchCodecAlone, benchPoolAlone } from './parts.ts';
import { benchApply, benchBig, benchFibonacci, benchLatency, benchMap } from './pools.ts';
import { benchReload } from './reload.ts';
import { machine, markdownTable, terminalTable } from './report.ts';
import { benchSmallTasks } from './small-tasks.ts';
import { benchDevStart, benchImport } from './start.ts';
import { benchThrottling } from './throttling.ts';

const BENCHMARKS: Readonly<Record<string, (effort: Effort) => Promise<Result | null>>> = {
  map: benchMap,
  apply: benchApply,
  latency: benchLatency,
  big: benchBig,
  fibonacci: benchFibonacci,
  memory: benchMemory,
  http: benchHttp,
  throttling: benchThrottling,
  small: benchSmallTasks,
  client: benchClientCost,
  reload: benchReload,
  dev: benchDevStart,
  import: benchImport,
  init: benchInit,
  codec: benchCodecAlone,
  agent: benchAgentAlone,
  pool: benchPoolAlone,
};

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});

const effort: Effort = { quick: options.quick, rounds: Number(options.rounds ?? (options.quick ? 1 : 7)) };
const names = options.only ?? Object.keys(BENCHMARKS);
const results: Result[] = [];
const place = machine();
console.log(`${place}, ${effort.rounds} rounds\n`);
for (const name of names) {
  const benchmark = BENCHMARKS[name];
  if (benchmark === undefined) {
    console.error(`There is no benchmark '${name}'. There are: ${Object.keys(BENCHMARKS).join(', ')}.`);
    process.exit(2);
  }
  const result = await benchmark(effort);
  if (result === null) {
    console.log(`${name}: not on this platform\n`);
    continue;
  }
  results.push(result);
  console.log(terminalTable(result).join('\n'));
}

const date = new Date().toISOString().slice(0, 10);
const directory = new URL('results/', import.meta.url);
await mkdir(directory, { recursive: true });
const json = JSON.stringify({ date, machine: place, rounds: effort.rounds, results }, null, 2);
await writeFile(new URL('latest.json', directory), `${json}\n`);
if (options.write) await writeFile(new URL('../docs/benchmarks.md', import.meta.url), documentation(date));

const missed = results.flatMap(({ title, rows }) =>
  rows.filter(({ kept }) => kept === false).map(({ name }) => `${title}: ${name}`),
);
console.log(missed.length === 0 ? 'All targets are kept.' : `Targets missed:\n  ${missed.join('\n  ')}`);

/** The document that shows these results. */
function documentation(date: string): string {
  return [
    '# Benchmarks',
    '',
    `Made by \`npm run bench -- --write\` on ${date}: ${place}, ${effort.rounds} rounds.`,
    '',
    'All figures of a table come from one run, in which the contestants take turns round by round; the median of the rounds is',
    'shown with the least and the greatest, and the ratio is the median of the ratios within each round. Every result is',
    'checked. Figures of different machines cannot be compared; the ratios can, roughly. Each pool has two workers. The emulator',
    'runs in the process of the pool, and its environments are processes or worker threads. Piscina 5 runs two threads with a',
    'worker that returns its argument; `multiprocessing.Pool` is that of the `python3` at hand.',
    '',
    'A target is a bound for the ratio that this project holds itself to.',
    '',
    ...results.flatMap(markdownTable),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}
