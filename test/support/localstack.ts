/** The LocalStack that the run has started, for the tests of the project `localstack`. */
import { describe, inject } from 'vitest';

/** What a client of AWS needs to reach it. */
export interface LocalStackAccess {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/**
 * `describe` for tests that need LocalStack: skipped, with the reason in the title, where there is none.
 * @param obstacle another reason to skip them
 * @example
 * describeOnLocalStack('deploying', ({ endpoint }) => { test('...', ...) });
 */
export function describeOnLocalStack(
  title: string,
  define: (localstack: LocalStackAccess) => void,
  obstacle?: string,
): void {
  const provided = inject('localstack');
  const missing = 'missing' in provided ? provided.missing : obstacle;
  const why = missing === undefined ? '' : ` (skipped: ${missing})`;
  describe.skipIf(missing !== undefined)(`${title}${why}`, () => {
    define(access('endpoint' in provided ? provided.endpoint : 'http://127.0.0.1:1'));
  });
}

function access(endpoint: string): LocalStackAccess {
  return { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
}
