/** A bucket on this machine, for the emulator in this process: a folder behind a door of which only its URLs tell. */
import { startObjectServer } from '../../../emulator/objects/object-server.ts';
import type { PayloadBucket } from './bucket.ts';

/** Starts the door. Disposing of the bucket closes it and removes the objects. */
export async function openLocalBucket(name: string): Promise<PayloadBucket> {
  const server = await startObjectServer();
  return {
    name,
    isLocal: true,
    sign: (_method, key) => `${server.url}/${name}/${key}`,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
