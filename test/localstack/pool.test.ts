/** Pools in LocalStack: where it comes from, what is deployed, and how it ends. */
import { DeleteFunctionCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { expect, onTestFinished, test, vi } from 'vitest';
import { LambdaExecutor, LambdaPool, localstackTransport } from '../../src/index.ts';
import { startLocalStack } from '../../localstack/container.ts';
import { findLocalStack } from '../../localstack/find.ts';
import { runProgram } from '../process/run-program.ts';
import { containersWithLabel } from '../support/containers.ts';
import { eventually } from '../support/eventually.ts';
import { describeOnLocalStack, type LocalStackAccess } from '../support/localstack.ts';
import { README_OUTPUT, readmeProgram } from '../support/readme-program.ts';
import { tasksRoot } from '../support/tasks-root.ts';

const double = 'export const twice = (n: number): number => n * 2;\n';

async function functionsOf({ endpoint, region, credentials }: LocalStackAccess): Promise<Map<string, string>> {
  const client = new LambdaClient({ endpoint, region, credentials });
  try {
    const { Functions = [] } = await client.send(new ListFunctionsCommand({}));
    return new Map(Functions.map(({ FunctionName = '', RevisionId = '' }) => [FunctionName, RevisionId]));
  } finally {
    client.destroy();
  }
}

describeOnLocalStack('a pool in a LocalStack that runs', (localstack) => {
  const { endpoint } = localstack;

  test('deploys its tasks once: a second run with the same code changes nothing, one with other code does', async () => {
    await using root = await tasksRoot({ 'numbers.ts': double });
    const before = await functionsOf(localstack);
    const run = async (): Promise<unknown> => {
      const transport = localstackTransport({ tasksRoot: root.directory, endpoint });
      await using pool = new LambdaPool({ workers: 1, transport });
      return await pool.apply('numbers.twice', { args: [4] });
    };
    expect(await run()).toBe(8);
    const first = [...(await functionsOf(localstack))].filter(([name]) => !before.has(name));
    expect(first).toHaveLength(1);
    expect(first[0]?.[0]).toMatch(/^lambdapool-/);
    expect(await run()).toBe(8);
    expect([...(await functionsOf(localstack))].filter(([name]) => !before.has(name))).toEqual(first);
    await root.write('numbers.ts', double.replace('* 2', '* 3'));
    expect(await run()).toBe(12);
    const third = [...(await functionsOf(localstack))].filter(([name]) => !before.has(name));
    expect(third.map(([name]) => name)).toEqual(first.map(([name]) => name));
    expect(third).not.toEqual(first);
  });

  test('pools with other tasks or settings do not touch each other, also when they start at once', async () => {
    await using one = await tasksRoot({
      'numbers.ts': double,
      'env.ts': 'export const get = (n: string) => process.env[n];',
    });
    await using two = await tasksRoot({ 'numbers.ts': double.replace('* 2', '* 3') });
    const open = (root: string, env: Record<string, string> = {}): LambdaPool =>
      new LambdaPool({ workers: 1, transport: localstackTransport({ tasksRoot: root, endpoint, env }) });
    await using first = open(one.directory);
    await using second = open(two.directory);
    await using third = open(one.directory, { STAGE: 'test' });
    await using fourth = open(one.directory, { STAGE: 'test' });
    const answers = await Promise.all([
      first.apply('numbers.twice', { args: [1] }),
      second.apply('numbers.twice', { args: [1] }),
      third.apply('env.get', { args: ['STAGE'] }),
      fourth.apply('env.get', { args: ['STAGE'] }),
      first.apply('env.get', { args: ['STAGE'] }),
    ]);
    expect(answers).toEqual([2, 3, 'test', 'test', undefined]);
  });

  test('fails with what is wrong where the tasks do not build, and runs once they do', async () => {
    await using root = await tasksRoot({ 'numbers.ts': 'export const twice = (n: number) => {' });
    const transport = localstackTransport({ tasksRoot: root.directory, endpoint });
    await using pool = new LambdaPool({ workers: 1, transport });
    await expect(pool.apply('numbers.twice', { args: [1] })).rejects.toMatchObject({
      code: 'BUILD_FAILED',
      message: expect.stringMatching(/numbers\.ts:\d+/),
    });
    await root.write('numbers.ts', double);
    expect(await pool.apply('numbers.twice', { args: [1] })).toBe(2);
  });

  test('values that Lambda does not carry travel through a bucket, which is made for them', async () => {
    await using root = await tasksRoot({ 'text.ts': 'export const twice = (text: string): string => text + text;' });
    vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
    onTestFinished(() => void vi.unstubAllEnvs());
    const place = { transport: 'localstack', tasksRoot: root.directory } as const;
    await using pool = new LambdaPool({ workers: 1, ...place, payloadBucket: 'large-values' });
    const text = 'x'.repeat(7_000_000);
    expect(await pool.apply('text.twice', { args: [text] })).toHaveLength(14_000_000);
  });

  test('an executor runs there as a pool does', async () => {
    await using root = await tasksRoot({ 'numbers.ts': double });
    const transport = localstackTransport({ tasksRoot: root.directory, endpoint });
    await using executor = new LambdaExecutor({ maxWorkers: 2, transport });
    expect(await Promise.all([1, 2].map((n) => executor.submit('numbers.twice', { args: [n] })))).toEqual([2, 4]);
  });
});

describeOnLocalStack('a pool whose function somebody deletes', ({ endpoint, region, credentials }) => {
  test('says so, and what brings it back', async () => {
    await using root = await tasksRoot({ 'numbers.ts': double });
    const transport = localstackTransport({ tasksRoot: root.directory, functionName: 'short-lived', endpoint });
    await using pool = new LambdaPool({ workers: 1, transport });
    expect(await pool.apply('numbers.twice', { args: [1] })).toBe(2);
    const client = new LambdaClient({ endpoint, region, credentials });
    await client.send(new DeleteFunctionCommand({ FunctionName: 'short-lived' }));
    client.destroy();
    await expect(pool.apply('numbers.twice', { args: [1] })).rejects.toMatchObject({
      code: 'FUNCTION_NOT_FOUND',
      message: expect.stringMatching(/short-lived is not in LocalStack at .* anymore.*A new pool deploys it again/),
    });
  });
});

/** Whoever develops with a LocalStack of their own has it found, and none is started. */
const others =
  (await findLocalStack({}, {})) === undefined ? undefined : 'one runs at localhost:4566 and would be found';

describeOnLocalStack(
  'the environment variable',
  () => {
    test('LAMBDAPOOL_TRANSPORT=localstack runs the program of the README in a container of its own, and it ends', async () => {
      await using program = await readmeProgram();
      expect(await program.run({ LAMBDAPOOL_TRANSPORT: 'localstack' })).toBe(README_OUTPUT);
    });
  },
  others,
);

describeOnLocalStack('a pool whose LocalStack goes away', () => {
  // The task makes a bucket, so that the test knows that it runs.
  const hang = `export async function hang(bucket: string) {
    await fetch(process.env['AWS_ENDPOINT_URL'] + '/' + bucket, { method: 'PUT' });
    await new Promise((resolve) => setTimeout(resolve, 50_000));
  }`;

  test('rejects what runs and what comes, in a sentence, and ends', async () => {
    await using root = await tasksRoot({ 'task.ts': hang });
    await using container = await startLocalStack();
    const transport = localstackTransport({ tasksRoot: root.directory, endpoint: container.endpoint });
    await using pool = new LambdaPool({ workers: 1, transport });
    const running = pool.apply('task.hang', { args: ['it-runs'] });
    const outcome = Promise.allSettled([running]);
    await eventually(async () => {
      expect((await fetch(`${container.endpoint}/it-runs`)).status).toBe(200);
    }, 60_000);
    await container.stop();
    expect(await outcome).toMatchObject([
      {
        reason: {
          code: 'OUTCOME_UNKNOWN',
          message: expect.stringMatching(/LocalStack at http:\S+ does not answer anymore.*Nobody can tell/),
        },
      },
    ]);
    await expect(pool.apply('task.hang', { args: ['it-runs'] })).rejects.toMatchObject({
      code: 'UNREACHABLE',
      retryable: false,
      message: expect.stringContaining('A new pool starts or finds another one'),
    });
    await pool.terminate();
    expect(await containersWithLabel(container.label)).toEqual([]);
  });
});

describeOnLocalStack(
  'the container that pools start',
  () => {
    test('is one for all pools of a process, and ends with the last of them', async () => {
      await using root = await tasksRoot({ 'numbers.ts': double });
      await using program = runProgram('pools-on-localstack', ['share', root.directory]);
      expect(await program.nextJson()).toEqual({ results: [2, 4, 6], containers: 1, left: 1 });
      expect(await program.nextJson()).toEqual({ left: 0 });
      expect(await program.ended()).toBe(0);
    });

    test('keeps no program alive that forgets its pool', async () => {
      await using root = await tasksRoot({ 'numbers.ts': double });
      await using program = runProgram('pools-on-localstack', ['forget', root.directory]);
      expect(await program.nextJson()).toEqual({ result: 2 });
      const ended = program.ended();
      await eventually(() => expect(program.child.exitCode).toBe(0), 2_000);
      expect(await ended).toBe(0);
    });

    test('is nothing that terminating waits for while it starts, and ends nevertheless', async () => {
      await using root = await tasksRoot({ 'numbers.ts': double });
      await using program = runProgram('pools-on-localstack', ['terminate', root.directory]);
      const { code, waitedMs, session } = await program.nextJson<{ code: string; waitedMs: number; session: string }>();
      expect(code).toBe('POOL_TERMINATED');
      expect(waitedMs).toBeLessThan(500);
      expect(await program.ended()).toBe(0);
      // Sooner than the reaper, who waits for ten seconds.
      await eventually(async () => {
        const names = await containersWithLabel(session);
        expect(names.filter((name) => !name.startsWith('testcontainers-ryuk'))).toEqual([]);
      }, 5_000);
    });
  },
  others,
);
