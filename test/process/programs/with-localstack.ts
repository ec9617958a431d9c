/** Starts a LocalStack with a function in it, prints the label of its containers, and waits for its end. */
import { startLocalStack } from '../../../localstack/container.ts';
import { runOneFunction } from '../../support/localstack-function.ts';
import { ownReaper } from '../../support/own-reaper.ts';

const session = await ownReaper();
const { endpoint } = await startLocalStack();
await runOneFunction(endpoint, 'killed');
console.log(JSON.stringify({ session }));
setInterval(() => {}, 1_000);
