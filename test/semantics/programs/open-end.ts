/** Leaves something open, in the way that its first argument names, and should end all the same. */
import { fileURLToPath } from 'node:url';
import { LambdaExecutor, LambdaPool, emulatorTransport, lambdaTransport } from '../../../src/index.ts';
import type { Transport } from '../../../src/index.ts';

const [, , way, endpoint = ''] = process.argv;
const print = (value: unknown): void => console.log(JSON.stringify(value));

function open(): Transport {
  if (endpoint === '') {
    const tasksRoot = fileURLToPath(new URL('../../../fixtures/tasks', import.meta.url));
    return emulatorTransport({ tasksRoot, concurrency: 1 });
  }
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return lambdaTransport({ functionName: 'fixtures', region: 'us-east-1', credentials, endpoint });
}

if (way === 'pool') {
  const pool = new LambdaPool({ workers: 1, transport: open() });
  print(await pool.apply('math.square', { args: [3] }));
} else if (way === 'no-wait') {
  const executor = new LambdaExecutor({ maxWorkers: 1, transport: open() });
  const future = executor.submit('math.square', { args: [3] });
  future.addDoneCallback(() => void future.then(print));
  await executor.shutdown({ wait: false });
} else if (way === 'dropped') {
  const future = new LambdaExecutor({ maxWorkers: 1, transport: open() }).submit('math.square', { args: [3] });
  future.addDoneCallback(() => void future.then(print));
} else if (way === 'cancelled') {
  const executor = new LambdaExecutor({ maxWorkers: 1, transport: open() });
  const first = executor.submit('math.square', { args: [3] });
  const second = executor.submit('math.square', { args: [4] });
  await executor.shutdown({ wait: false, cancelFutures: true });
  if (!second.cancelled()) throw new Error('The second was not cancelled.');
  print(await first);
}
