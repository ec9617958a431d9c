/** LocalStack as a place: our own deployer brings the fixtures there. */
import { lambdaTransport } from '../../src/index.ts';
import { localstackTransport } from '../../src/transport/localstack.ts';
import type { LocalStackAccess } from '../support/localstack.ts';
import { FIXTURES } from './fixtures.ts';
import type { Deviation, Place } from './place.ts';

/** Of the image that needs no account. */
const DEVIATIONS: readonly Deviation[] = [
  {
    test: 'environments that end: a task that takes more memory than the function has ends in TASK_OUT_OF_MEMORY, and the pool goes on',
    reason: 'LocalStack gives its containers no limit of memory, whatever `memoryMb` says.',
    fails: /It succeeded with 600/,
  },
  {
    test: 'what is told: one worker needs one environment, and stats know of those that are started for more',
    reason:
      'The REPORT lines of LocalStack have no Init Duration, so nobody can tell which invocation started an environment.',
    fails: /expected \+?0 to be greater than or equal to 1/,
  },
];

export const LOCALSTACK: Pick<Place, 'name' | 'deviations'> = {
  name: 'LocalStack in a container',
  deviations: DEVIATIONS,
};

/** The LocalStack at this endpoint. Functions stay until its container goes. */
export function localStack({ endpoint, region, credentials }: LocalStackAccess): Place {
  return {
    ...LOCALSTACK,
    open: async ({ isMissing, ...settings } = {}) =>
      isMissing === true
        ? lambdaTransport({ functionName: 'nobody', endpoint, region, credentials })
        : localstackTransport({ endpoint, tasksRoot: FIXTURES, ...settings }),
  };
}
