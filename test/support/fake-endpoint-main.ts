/**
 * A fake endpoint as a process of its own, with the task `sleep.sleep(id, ms)`: prints its address. One argument: its options
 * as JSON. `GET /seen` answers with what it has seen.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { fakeEndpoint } from './fake-endpoint.ts';

const tasks = {
  'sleep.sleep': (id: number, ms: number) => sleep(ms, id),
  // Keeps its environment busy, as work does.
  'sleep.work': (id: number, ms: number) => {
    for (const end = performance.now() + ms; performance.now() < end;);
    return id;
  },
};
const endpoint = await fakeEndpoint({ tasks, ...JSON.parse(process.argv[2] ?? '{}') });
console.log(endpoint.url);
process.once('SIGINT', () => process.exit());
