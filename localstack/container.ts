/** Starts LocalStack in a container through testcontainers, which is loaded only then. */
import type * as LocalstackModule from '@testcontainers/localstack';
import type { LocalstackContainer, StartedLocalStackContainer } from '@testcontainers/localstack';
import type * as Testcontainers from 'testcontainers';
import type { ContainerRuntimeClient } from 'testcontainers';
import { isLoopback } from '../src/shared/loopback.ts';
import { dockerMissing, startFailed, testcontainersMissing } from './failures.ts';
import { REGION } from './find.ts';
import { chooseImage } from './image.ts';
import type { ImageChoice } from './image.ts';
import { Output } from './output.ts';
import type { StartedLocalStack } from './running.ts';

/** Options of `startLocalStack`. */
export interface StartLocalStackOptions {
  /**
   * Image to start.
   * @default LOCALSTACK_IMAGE, else the newest that LOCALSTACK_AUTH_TOKEN, or the lack of it, allows
   */
  readonly image?: string | undefined;
}

/** LocalStack starts the containers of its functions through this socket: without it no function can run. */
const DOCKER_SOCKET = '/var/run/docker.sock';
/** Marks the containers of one LocalStack, those of its functions too. */
const LABEL = 'lambdapool.localstack';

/**
 * Starts a LocalStack in a container, at a free port of this machine: one for a whole test run, for example. Its image is
 * pulled first if it is not here yet, which may take minutes. Should this process end without stopping it, testcontainers'
 * reaper does, some ten seconds later.
 * @throws {LambdaPoolError} UNREACHABLE: no testcontainers, no Docker, no image, no token.
 * @example
 * await using localstack = await startLocalStack();
 * const transport = localstackTransport({ tasksRoot: './tasks', endpoint: localstack.endpoint });
 */
export async function startLocalStack(options: StartLocalStackOptions = {}): Promise<StartedLocalStack> {
  const choice = chooseImage(options.image, process.env);
  const { testcontainers, localstack } = await loadTestcontainers();
  const client = await testcontainers.getContainerRuntimeClient().catch((error: unknown) => {
    throw dockerMissing(error, process.env['DOCKER_HOST']);
  });
  await using output = new Output();
  const label = `${LABEL}=${crypto.randomUUID()}`;
  try {
    const started = await containerOf(localstack.LocalstackContainer, { choice, label, client, output }).start();
    return new Started(started, { image: choice.image, label, client });
  } catch (error) {
    // testcontainers leaves a container that ended before its port was open.
    await removeContainers(client, label);
    const hasImage = await client.image.exists(testcontainers.ImageName.fromString(choice.image)).catch(() => true);
    throw startFailed({ choice, error, output: output.text, hasImage });
  }
}

async function loadTestcontainers(): Promise<{
  readonly testcontainers: typeof Testcontainers;
  readonly localstack: typeof LocalstackModule;
}> {
  try {
    const [testcontainers, localstack] = await Promise.all([
      import('testcontainers'),
      import('@testcontainers/localstack'),
    ]);
    return { testcontainers, localstack };
  } catch (error) {
    throw testcontainersMissing(error);
  }
}

interface Making {
  readonly choice: ImageChoice;
  readonly label: string;
  readonly client: ContainerRuntimeClient;
  readonly output: Output;
}

function containerOf(Base: typeof LocalstackContainer, { choice, label, client, output }: Making): LocalstackContainer {
  /** testcontainers adds the label of its session to these flags, so that its reaper takes the functions' containers, too. */
  class Container extends Base {
    protected override async beforeContainerCreated(): Promise<void> {
      // Not `withEnvironment`, which would hand the variable to the container twice.
      this.environment = { ...this.environment, LAMBDA_DOCKER_FLAGS: `-l ${label}` };
      // Whoever reaches LocalStack reaches the Docker socket: keep it from the network. A Docker elsewhere cannot.
      const { host, hostIps } = client.info.containerRuntime;
      if (isLoopback(host) && hostIps.some(({ family }) => family === 4)) {
        this.hostConfig.PortBindings = { '4566/tcp': [{ HostIp: '127.0.0.1', HostPort: '0' }] };
      }
      await super.beforeContainerCreated();
    }

    /** Attached before it runs: one that ends at once has said why. */
    protected override async containerCreated(containerId: string): Promise<void> {
      output.follow(await client.container.attach(client.container.getById(containerId)));
    }
  }
  const [name = '', value = ''] = label.split('=');
  const container = new Container(choice.image)
    .withBindMounts([{ source: client.info.containerRuntime.remoteSocketPath, target: DOCKER_SOCKET }])
    .withLabels({ [name]: value });
  return choice.token === undefined ? container : container.withEnvironment({ LOCALSTACK_AUTH_TOKEN: choice.token });
}

class Started implements StartedLocalStack {
  readonly endpoint: string;
  readonly region: string = REGION;
  readonly image: string;
  readonly label: string;
  readonly #container: StartedLocalStackContainer;
  readonly #client: ContainerRuntimeClient;

  constructor(
    container: StartedLocalStackContainer,
    facts: { readonly image: string; readonly label: string; readonly client: ContainerRuntimeClient },
  ) {
    this.endpoint = container.getConnectionUri();
    this.image = facts.image;
    this.label = facts.label;
    this.#client = facts.client;
    this.#container = container;
  }

  async stop(): Promise<void> {
    // First the one that could start more of them. It may be gone already: somebody has pulled it down.
    await this.#container.stop().catch(ignoreMissing);
    await removeContainers(this.#client, this.label);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

async function removeContainers({ container }: ContainerRuntimeClient, label: string): Promise<void> {
  const { dockerode } = container;
  const left = await dockerode.listContainers({ all: true, filters: { label: [label] } });
  const remove = (id: string): Promise<void> => dockerode.getContainer(id).remove({ force: true }).catch(ignoreMissing);
  await Promise.all(left.map(({ Id }) => remove(Id)));
}

/** 404: it is gone. 409: somebody else, the reaper, removes it right now. */
function ignoreMissing(error: unknown): void {
  const status: unknown = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  if (status !== 404 && status !== 409) throw error;
}
