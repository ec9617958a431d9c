/** One program, unchanged, wherever the environment says. LocalStack is in `test/localstack`. */
import { expect, test } from 'vitest';
import { Emulator, startServer } from '../../emulator/index.ts';
import { tasksSource } from '../../src/bundle/tasks-source.ts';
import { README_OUTPUT, readmeProgram } from '../support/readme-program.ts';

interface Served extends AsyncDisposable {
  readonly url: string;
  readonly invocations: () => number;
}

/** `lambdapool dev` for that tasks root. */
async function serve(functionName: string, tasksRoot: string): Promise<Served> {
  const emulator = new Emulator({ concurrency: 2 });
  let invocations = 0;
  const invoke = emulator.invoke.bind(emulator);
  emulator.invoke = (call) => {
    invocations += 1;
    return invoke(call);
  };
  emulator.register({ functionName, code: tasksSource({ tasksRoot }) });
  const server = await startServer({ emulator });
  return {
    url: server.url,
    invocations: () => invocations,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await emulator[Symbol.asyncDispose]();
    },
  };
}

test('the program of the README runs in the emulator in its own process', async () => {
  await using program = await readmeProgram();
  expect(await program.run({ LAMBDAPOOL_TRANSPORT: 'emulator' })).toBe(README_OUTPUT);
});

test('the program of the README runs in the emulator that `lambdapool dev` serves', async () => {
  await using program = await readmeProgram();
  await using served = await serve('lambdapool', program.tasks.directory);
  expect(await program.run({ LAMBDAPOOL_TRANSPORT: served.url })).toBe(README_OUTPUT);
  expect(served.invocations()).toBeGreaterThanOrEqual(4);
});

test('a program that names no function calls the one that the configuration names, as `lambdapool dev` serves it', async () => {
  await using program = await readmeProgram();
  await program.tasks.write('../lambdapool.config.ts', "export default { functionName: 'math-helpers' };\n");
  await using served = await serve('math-helpers', program.tasks.directory);
  expect(await program.run({ LAMBDAPOOL_TRANSPORT: served.url })).toBe(README_OUTPUT);
  expect(served.invocations()).toBeGreaterThanOrEqual(4);
});

test('a program for production talks to the emulator where AWS_ENDPOINT_URL_LAMBDA says so', async () => {
  const forProduction = (text: string): string =>
    text.replace("tasksRoot: './tasks'", "lambdaEntrypoint: 'math-helpers'");
  await using program = await readmeProgram(forProduction);
  await using served = await serve('math-helpers', program.tasks.directory);
  const env = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
  expect(await program.run({ ...env, AWS_ENDPOINT_URL_LAMBDA: served.url })).toBe(README_OUTPUT);
  expect(served.invocations()).toBeGreaterThanOrEqual(4);
});
