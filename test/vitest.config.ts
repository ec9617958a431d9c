// One project for each kind of test, so that `--project unit` stays fast and the slow ones have room.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const project = (name: string, testTimeout: number) => ({
  test: { name, include: [`${name}/**/*.test.ts`], testTimeout, hookTimeout: testTimeout },
});

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  resolve: { alias: { 'lambdapool/agent': fileURLToPath(new URL('../agent/index.ts', import.meta.url)) } },
  test: {
    retry: 0,
    reporters: ['default'],
    projects: [
      project('unit', 10_000),
      project('property', 60_000),
      project('emulator', 30_000),
      project('contract', 60_000),
      project('semantics', 60_000),
      project('conformance', 120_000),
      project('process', 120_000),
      project('cli', 60_000),
      project('types', 60_000),
      project('deploy', 60_000),
      project('sam', 120_000),
      // The first call of a function waits for its container; side by side they would starve each other.
      {
        test: {
          ...project('localstack', 120_000).test,
          globalSetup: fileURLToPath(new URL('./support/localstack-setup.ts', import.meta.url)),
          fileParallelism: false,
        },
      },
      // Only with `npm run test:aws`: it costs money.
      {
        test: {
          ...project('aws', 120_000).test,
          globalSetup: fileURLToPath(new URL('./aws/setup.ts', import.meta.url)),
        },
      },
      project('chaos', 300_000),
      project('package', 300_000),
    ],
  },
});
