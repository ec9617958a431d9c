/** A million items through imap, from an endless generator, with a slow start of the consumer. Needs --expose-gc. */
import { LambdaPool, emulatorTransport } from '../../../src/index.ts';
import { tasksRoot } from '../../support/tasks-root.ts';

const ITEMS = 1_000_000;

await using root = await tasksRoot({ 'echo.ts': 'export function same(n: number): number { return n; }' });
await using pool = new LambdaPool({
  workers: 2,
  transport: emulatorTransport({ tasksRoot: root.directory, isolation: 'thread', concurrency: 2 }),
});

let taken = 0;
function* numbers(): Generator<number> {
  for (;;) yield taken++;
}

let received = 0;
let wrong = 0;
let mostAhead = 0;
let peakHeap = 0;
globalThis.gc?.();
const before = process.memoryUsage().heapUsed;
for await (const value of pool.imap<number>('echo.same', numbers(), { chunksize: 1_000 })) {
  if (value !== received) wrong += 1;
  received += 1;
  mostAhead = Math.max(mostAhead, taken - received);
  if (received % 100_000 === 0) {
    globalThis.gc?.();
    peakHeap = Math.max(peakHeap, process.memoryUsage().heapUsed);
  }
  if (received === ITEMS) break;
}
console.log(JSON.stringify({ received, wrong, mostAhead, grownMb: (peakHeap - before) / 2 ** 20 }));
