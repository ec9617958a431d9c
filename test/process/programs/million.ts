/**
 * A million items through imap, from an endless generator. Needs --expose-gc. Arguments: `sync` or `async` for the generator,
 * `fast` or `slow` for the consumer, and the options of the imap as JSON.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { LambdaPool, emulatorTransport } from '../../../src/index.ts';
import { tasksRoot } from '../../support/tasks-root.ts';

const ITEMS = 1_000_000;
const [source, consumer, options = '{}'] = process.argv.slice(2);

await using root = await tasksRoot({ 'echo.ts': 'export function same(n: number): number { return n; }' });
await using pool = new LambdaPool({
  workers: 2,
  transport: emulatorTransport({ tasksRoot: root.directory, isolation: 'thread', concurrency: 2 }),
});

let taken = 0;
let received = 0;
let mostAhead = 0;

/** Judged here, where the source is: it must not even be asked for more. */
function take(): number {
  mostAhead = Math.max(mostAhead, taken + 1 - received);
  return taken++;
}

function* numbers(): Generator<number> {
  for (;;) yield take();
}

async function* numbersAsync(): AsyncGenerator<number> {
  for (;;) yield take();
}

let wrong = 0;
let peakHeap = 0;
globalThis.gc?.();
const before = process.memoryUsage().heapUsed;
const items = source === 'async' ? numbersAsync() : numbers();
for await (const value of pool.imap<number>('echo.same', items, JSON.parse(options))) {
  if (value !== received) wrong += 1;
  received += 1;
  // Long enough for a source without a bound to run far ahead.
  if (consumer === 'slow' && received % 2_000 === 0) await sleep(5);
  if (received % 100_000 === 0) {
    globalThis.gc?.();
    peakHeap = Math.max(peakHeap, process.memoryUsage().heapUsed);
  }
  if (received === ITEMS) break;
}
console.log(JSON.stringify({ received, wrong, mostAhead, grownMb: (peakHeap - before) / 2 ** 20 }));
