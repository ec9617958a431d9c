/** A real emulator with a real function behind a real socket: what every client of these tests talks to. */
import { fileURLToPath } from 'node:url';
import { Emulator } from '../../../emulator/emulator.ts';
import { startServer } from '../../../emulator/http/server.ts';
import type { InvocationReport } from '../../../emulator/invocation.ts';
import type { CodeSource } from '../../../src/bundle/code-source.ts';

export const REGION = 'us-east-1';
export const ACCOUNT = '000000000000';

/** Functions of the emulator: the same code with different settings. */
export const FUNCTION = 'echo';
export const IMPATIENT_FUNCTION = 'impatient';
const IMPATIENT_TIMEOUT_MS = 1_000;

export interface Lambda extends AsyncDisposable {
  readonly url: string;
  /** Invocations that finished, oldest first. */
  readonly reports: readonly InvocationReport[];
}

export async function openLambda(isolation: 'process' | 'thread' = 'process'): Promise<Lambda> {
  const emulator = new Emulator({ isolation, concurrency: 2, accountId: ACCOUNT, region: REGION });
  const reports: InvocationReport[] = [];
  emulator.on('invocation.finished', (report) => reports.push(report));
  emulator.register({ functionName: FUNCTION, code: folder('../function/'), memoryMb: 256, timeoutMs: 20_000 });
  emulator.register({
    functionName: IMPATIENT_FUNCTION,
    code: folder('../function/'),
    memoryMb: 256,
    timeoutMs: IMPATIENT_TIMEOUT_MS,
  });
  const server = await startServer({ emulator });
  return {
    url: server.url,
    reports,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await emulator[Symbol.asyncDispose]();
    },
  };
}

/** A folder of code that never changes. */
function folder(relative: string): CodeSource {
  const directory = fileURLToPath(new URL(relative, import.meta.url));
  const dispose = { [Symbol.asyncDispose]: () => Promise.resolve() };
  return {
    current: () => Promise.resolve({ directory, handler: 'index.handler', hash: 'fixed', ...dispose }),
    onChange: () => ({ [Symbol.dispose]: () => undefined }),
    ...dispose,
  };
}
