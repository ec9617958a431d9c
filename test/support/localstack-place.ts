/** LocalStack as a place for the contract suite: the fixture tasks, in one function for each set of settings. */
import { fileURLToPath } from 'node:url';
import { localstackTransport, type LocalStackTransportOptions, type Transport } from '../../src/index.ts';
import type { LocalStackAccess } from './localstack.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures/tasks', import.meta.url));

/** What a test may want of the function. */
export type LocalStackSettings = Pick<LocalStackTransportOptions, 'timeoutMs' | 'memoryMb' | 'payloadBucket'>;

/** A transport to the fixture tasks in the LocalStack of the run; a new one each time. */
export function openOnLocalStack({ endpoint }: LocalStackAccess, settings: LocalStackSettings = {}): Transport {
  return localstackTransport({ tasksRoot: FIXTURES, endpoint, ...settings });
}
