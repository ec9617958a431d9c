/** Who uses which LocalStack: one that was found, or the one container that all transports of this process share. */
import { startLocalStack } from '../../../localstack/container.ts';
import { findLocalStack } from '../../../localstack/find.ts';
import type { RunningLocalStack, StartedLocalStack } from '../../../localstack/running.ts';

/** The use of a LocalStack by one transport. */
export interface Lease extends RunningLocalStack {
  /** It was started for this process, and ends with its last user. */
  readonly isOurs: boolean;
  /** It does not answer anymore: nobody else shall be given it. */
  lost(): void;
  /** Ends the use. Waits for the end of the container if this was the last one. */
  release(): Promise<void>;
}

/** Where to look for LocalStack, and what to start. */
export interface LeaseOptions {
  readonly endpoint?: string | undefined;
  readonly image?: string | undefined;
}

interface Shared {
  readonly image: string | undefined;
  readonly starting: Promise<StartedLocalStack>;
  users: number;
}

/** Not owned by anyone: what the transports of a process share belongs to the process. */
const containers = new Set<Shared>();

/**
 * Finds a LocalStack, or starts one.
 * @throws {LambdaPoolError} UNREACHABLE
 * @throws `signal.reason` when aborted; what has been started ends then.
 */
export async function leaseLocalStack({ endpoint, image }: LeaseOptions, signal: AbortSignal): Promise<Lease> {
  const found = await findLocalStack({ endpoint });
  signal.throwIfAborted();
  if (found !== undefined) return { ...found, isOurs: false, lost() {}, release: () => Promise.resolve() };
  return leaseContainer(image, signal);
}

async function leaseContainer(image: string | undefined, signal: AbortSignal): Promise<Lease> {
  const shared = enlist(image);
  let released: Promise<void> | undefined;
  const release = (): Promise<void> => (released ??= leave(shared));
  // Who loses interest while an image is pulled is gone at once; a container that nobody wants ends when it has started.
  const onAbort = (): void => void release().catch(() => {});
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const { endpoint, region } = await shared.starting;
    signal.throwIfAborted();
    return { endpoint, region, isOurs: true, lost: () => void containers.delete(shared), release };
  } catch (error) {
    onAbort();
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function enlist(image: string | undefined): Shared {
  let shared = [...containers].find((each) => each.image === image);
  if (shared === undefined) {
    const starting = startLocalStack({ image });
    const started: Shared = { image, starting, users: 0 };
    starting.catch(() => containers.delete(started));
    containers.add(started);
    shared = started;
  }
  shared.users += 1;
  return shared;
}

async function leave(shared: Shared): Promise<void> {
  shared.users -= 1;
  if (shared.users > 0) return;
  containers.delete(shared);
  const started = await shared.starting.catch(() => undefined);
  await started?.stop();
}
