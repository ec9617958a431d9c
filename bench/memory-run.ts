/** Runs one pool in a process of its own and prints the peak of its resident memory; started by memory.ts. */
import { lambdapool, piscina, python } from './contestants.ts';
import { peakMemory } from './rss.ts';

const [which = '', count = '20000'] = process.argv.slice(2);
const makers = {
  process: () => lambdapool('process'),
  thread: () => lambdapool('thread'),
  piscina: () => piscina(),
  python: () => python(),
};

const runner = Object.entries(makers).find(([name]) => name === which)?.[1]();
if (runner === undefined || runner === null) throw new Error(`no pool '${which}' here`);
await runner.map(Number(count));
await runner.apply(Number(count), 64);
const root = 'pid' in runner && typeof runner.pid === 'number' ? runner.pid : process.pid;
console.log(JSON.stringify(peakMemory(root)));
await runner[Symbol.asyncDispose]();
