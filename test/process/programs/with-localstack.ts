/** Starts a LocalStack with a function in it, prints the session of testcontainers, and waits for its end. */
import { getContainerRuntimeClient, getReaper } from 'testcontainers';
import { startLocalStack } from '../../../localstack/container.ts';
import { runOneFunction } from '../../support/localstack-function.ts';

// A reaper acts once the last of its processes has gone, and the parent is one: this program must have one of its own,
// which, by its label, nobody else takes for theirs.
process.env['TESTCONTAINERS_RYUK_TEST_LABEL'] = 'true';
const client = await getContainerRuntimeClient();
const blind = Object.assign(Object.create(client.container), { list: () => Promise.resolve([]) });
const { sessionId } = await getReaper(Object.assign(Object.create(client), { container: blind }));

const { endpoint } = await startLocalStack();
await runOneFunction(endpoint, 'killed');
console.log(JSON.stringify({ sessionId, endpoint }));
setInterval(() => {}, 1_000);
