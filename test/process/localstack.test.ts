/** What a program is told on a machine that lacks what LocalStack takes. */
import { expect, test } from 'vitest';
import { runProgram } from './run-program.ts';

test.each([
  ['docker', /no Docker answers at tcp:\/\/127\.0\.0\.1:9 \(DOCKER_HOST\)\. Start Docker, or .*transport: 'emulator'/],
  ['testcontainers', /Cannot find package 'testcontainers'\): `npm i -D testcontainers @testcontainers\/localstack`/],
])('without %s, starting LocalStack fails with what to do, and the program ends', async (missing, message) => {
  await using program = runProgram('localstack-without', [missing]);
  expect(await program.nextJson()).toMatchObject({
    code: 'UNREACHABLE',
    retryable: false,
    message: expect.stringMatching(message),
  });
  expect(await program.ended()).toBe(0);
});
