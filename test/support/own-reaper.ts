/** Gives this process a reaper of its own: one acts when the last of its processes has gone, and the parent is one. */
import { LABEL_TESTCONTAINERS_SESSION_ID, getContainerRuntimeClient, getReaper } from 'testcontainers';

/** @returns the label of all containers that this process starts: `name=value`. */
export async function ownReaper(): Promise<string> {
  // A reaper with this label is one that nobody else takes for theirs.
  process.env['TESTCONTAINERS_RYUK_TEST_LABEL'] = 'true';
  const client = await getContainerRuntimeClient();
  // It sees no others.
  const container = Object.assign(Object.create(client.container), { list: () => Promise.resolve([]) });
  const { sessionId } = await getReaper(Object.assign(Object.create(client), { container }));
  return `${LABEL_TESTCONTAINERS_SESSION_ID}=${sessionId}`;
}
