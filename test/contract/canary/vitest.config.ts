// Apart from the projects: these tests are to fail.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  resolve: { alias: { 'lambdapool/agent': fileURLToPath(new URL('../../../agent/index.ts', import.meta.url)) } },
  test: { retry: 0, include: ['*.canary.ts'], testTimeout: 20_000 },
});
