/** What a program is told on a machine that lacks what LocalStack takes. */
import { expect, test } from 'vitest';
import { Emulator, startServer } from '../../emulator/index.ts';
import { readmeProgram } from '../support/readme-program.ts';
import { runProgram } from './run-program.ts';

test.each([
  ['docker', /no Docker answers at tcp:\/\/127\.0\.0\.1:9 \(DOCKER_HOST\)\. Start Docker, or .*transport: 'emulator'/],
  [
    'testcontainers',
    /Cannot find package 'testcontainers'\): run `npm i -D testcontainers @testcontainers\/localstack`/,
  ],
])('without %s, starting LocalStack fails with what to do, and the program ends', async (missing, message) => {
  await using program = runProgram('localstack-without', [missing]);
  expect(await program.nextJson()).toMatchObject({
    code: 'UNREACHABLE',
    retryable: false,
    message: expect.stringMatching(message),
  });
  expect(await program.ended()).toBe(0);
});

test('a program that is told to run in LocalStack ends at once where there is no Docker, with what to do', async () => {
  await using program = await readmeProgram();
  const run = program.run({ LAMBDAPOOL_TRANSPORT: 'localstack', DOCKER_HOST: 'tcp://127.0.0.1:9' });
  await expect(run).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/LambdaPoolError: LocalStack runs in a container, and no Docker answers/),
  });
});

test('a program whose AWS_ENDPOINT_URL leads to something else is told so', async () => {
  await using emulator = new Emulator({ concurrency: 1 });
  await using server = await startServer({ emulator });
  await using program = await readmeProgram();
  const run = program.run({ LAMBDAPOOL_TRANSPORT: 'localstack', AWS_ENDPOINT_URL: server.url });
  await expect(run).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`What answers at ${server.url} (AWS_ENDPOINT_URL) is not LocalStack`),
  });
});
