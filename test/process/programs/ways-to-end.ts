/** Starts environments, with tasks inside endless loops, and then ends in the way that its argument names. */
import { LambdaPool, emulatorTransport } from '../../../src/index.ts';
import { descendants } from '../../support/processes.ts';
import { eventually } from '../../support/eventually.ts';

const [, , way, directory = ''] = process.argv;

const open = (): LambdaPool =>
  new LambdaPool({ workers: 2, transport: emulatorTransport({ tasksRoot: directory, concurrency: 2, watch: true }) });

const say = (pids: readonly number[]): void => console.log(JSON.stringify({ pids }));

/** Puts both environments into an endless loop and tells the parent who they are. */
async function loopForEver(pool: LambdaPool): Promise<void> {
  await pool.map('busy.quick', [1, 2], { chunksize: 1 });
  pool.mapAsync('busy.announceAndLoop', [1, 2], { chunksize: 1 });
  await eventually(() => {
    if (descendants(process.pid).length < 3) throw new Error('not all there yet');
  }, 5_000);
  await new Promise((resolve) => {
    setTimeout(resolve, 300);
  });
  say(descendants(process.pid));
}

if (way === 'await-using') {
  let pids: number[] = [];
  {
    await using pool = open();
    await loopForEver(pool);
    pids = descendants(process.pid);
  }
  say(pids);
} else if (way === 'throw') {
  await using pool = open();
  await loopForEver(pool);
  throw new Error('thrown on purpose');
} else if (way === 'uncaught') {
  const pool = open();
  await loopForEver(pool);
  setImmediate(() => {
    throw new Error('uncaught on purpose');
  });
} else if (way === 'wait') {
  const pool = open();
  await loopForEver(pool);
  setInterval(() => {}, 1_000);
} else if (way === 'forget') {
  const pool = open();
  const results = await pool.map('busy.quick', [1, 2, 3], { chunksize: 1 });
  say(descendants(process.pid));
  if (results.length !== 3) throw new Error('wrong results');
}
