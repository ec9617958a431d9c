/** Starts one LocalStack for all tests of a run. Without Docker they are skipped, and a line says so; in CI that is a failure. */
import type { TestProject } from 'vitest/node';
import { startLocalStack } from '../../localstack/container.ts';
import type { StartedLocalStack } from '../../localstack/running.ts';

/** The LocalStack of this run, or why there is none. */
export type ProvidedLocalStack = { readonly endpoint: string } | { readonly missing: string };

declare module 'vitest' {
  export interface ProvidedContext {
    localstack: ProvidedLocalStack;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  let started: StartedLocalStack;
  try {
    started = await startLocalStack();
  } catch (error) {
    if (process.env['CI'] === 'true') throw error;
    const missing = error instanceof Error ? error.message : String(error);
    console.warn(
      `\nSkipped: all tests on LocalStack. ${missing}\n` +
        'They need Docker (https://docs.docker.com/get-docker/), which pulls LocalStack’s image at the first run.\n',
    );
    project.provide('localstack', { missing });
    return () => Promise.resolve();
  }
  project.provide('localstack', { endpoint: started.endpoint });
  return () => started.stop();
}
