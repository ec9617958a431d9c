/** The places that the suite runs on. */
import { fileURLToPath } from 'node:url';
import { emulatorTransport, lambdaTransport, type Transport } from '../../src/index.ts';
import { tasksSource } from '../../src/bundle/tasks-source.ts';
import { Emulator, startServer } from '../../emulator/index.ts';
import type { Place } from './place.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures/tasks', import.meta.url));

type Isolation = 'process' | 'thread';

export const inProcess = (isolation: Isolation): Place => ({
  name: `the emulator in this process (${isolation} isolation)`,
  open: (options) => Promise.resolve(emulatorTransport({ tasksRoot: FIXTURES, isolation, concurrency: 4, ...options })),
});

export const overHttp = (isolation: Isolation): Place => ({
  name: `the emulator over HTTP with the AWS SDK (${isolation} isolation)`,
  async open(options) {
    const emulator = new Emulator({ isolation, concurrency: 4 });
    emulator.register({ functionName: 'fixtures', code: tasksSource({ tasksRoot: FIXTURES }), ...options });
    const server = await startServer({ emulator });
    const transport = lambdaTransport({
      functionName: 'fixtures',
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      endpoint: server.url,
    });
    const withServer: Transport & { readonly endpoint: string } = {
      endpoint: server.url,
      name: transport.name,
      invoke: (request, each) => transport.invoke(request, each),
      async [Symbol.asyncDispose]() {
        await transport[Symbol.asyncDispose]();
        await server[Symbol.asyncDispose]();
        await emulator[Symbol.asyncDispose]();
      },
    };
    return withServer;
  },
});
