/** Pools that start LocalStack themselves: some that share it, one that is forgotten, or one that is terminated while it starts. */
import { LambdaPool, isLambdaPoolError } from '../../../src/index.ts';
import { containersWithLabel } from '../../support/containers.ts';
import { ownReaper } from '../../support/own-reaper.ts';

const [, , mode, tasksRoot = ''] = process.argv;
delete process.env['AWS_ENDPOINT_URL'];
const session = await ownReaper();
const open = (): LambdaPool => new LambdaPool({ workers: 1, transport: 'localstack', tasksRoot });

/** Those that run LocalStack itself, not a function. */
async function localStacks(): Promise<number> {
  const names = await containersWithLabel(session);
  return names.filter((name) => !/^testcontainers-ryuk|-lambda-/.test(name)).length;
}

if (mode === 'share') {
  const pools = [open(), open(), open()];
  const results = await Promise.all(pools.map((pool, i) => pool.apply('numbers.twice', { args: [i + 1] })));
  const containers = await localStacks();
  for (const pool of pools.slice(1)) await pool.terminate();
  console.log(JSON.stringify({ results, containers, left: await localStacks() }));
  await pools[0]?.terminate();
  console.log(JSON.stringify({ left: (await containersWithLabel(session)).length - 1 }));
} else if (mode === 'forget') {
  console.log(JSON.stringify({ result: await open().apply('numbers.twice', { args: [1] }) }));
} else {
  const pool = open();
  const call = pool.apply('numbers.twice', { args: [1] }).catch((error: unknown) => error);
  // Until there is a container, which is not ready then.
  while ((await localStacks()) === 0);
  const start = performance.now();
  await pool.terminate();
  const waitedMs = performance.now() - start;
  const error = await call;
  console.log(JSON.stringify({ code: isLambdaPoolError(error) ? error.code : 'none', waitedMs, session }));
}
