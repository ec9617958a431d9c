/** The places on this machine that need nothing but Node. */
import { Emulator, startServer } from '../../emulator/index.ts';
import { tasksSource } from '../../src/bundle/tasks-source.ts';
import { emulatorTransport, lambdaTransport } from '../../src/index.ts';
import type { Transport } from '../../src/index.ts';
import { FIXTURES } from './fixtures.ts';
import type { Place } from './place.ts';

type Isolation = 'process' | 'thread';

const CONCURRENCY = 4;

export const inProcess = (isolation: Isolation): Place => ({
  name: `the emulator in this process (${isolation} isolation)`,
  deviations: [
    {
      test: 'failures: a function that does not exist is not found',
      reason: 'The transport holds its own function, which cannot be missing.',
      fails: /has no function that could be missing/,
    },
  ],
  open: async ({ isMissing, ...settings } = {}) => {
    if (isMissing === true) throw new Error('The transport in this process has no function that could be missing.');
    return emulatorTransport({ tasksRoot: FIXTURES, isolation, concurrency: CONCURRENCY, ...settings });
  },
});

export const overHttp = (isolation: Isolation): Place => ({
  name: `the emulator over HTTP with the AWS SDK (${isolation} isolation)`,
  deviations: [],
  async open({ isMissing, payloadBucket, ...settings } = {}) {
    const emulator = new Emulator({ isolation, concurrency: CONCURRENCY });
    emulator.register({ functionName: 'fixtures', code: tasksSource({ tasksRoot: FIXTURES }), ...settings });
    const server = await startServer({ emulator });
    const transport = lambdaTransport({
      functionName: isMissing === true ? 'nobody' : 'fixtures',
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      endpoint: server.url,
      ...(payloadBucket !== undefined && { payloadBucket }),
    });
    const withServer: Transport & { readonly endpoint: string } = {
      endpoint: server.url,
      name: transport.name,
      maxPayloadBytes: transport.maxPayloadBytes,
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
