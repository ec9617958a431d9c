import { expect, test } from 'vitest';
import { findLocalStack } from '../../localstack/find.ts';
import { describeOnLocalStack } from '../support/localstack.ts';

describeOnLocalStack('the LocalStack of this run', ({ endpoint }) => {
  test('is found at the endpoint that AWS_ENDPOINT_URL names', async () => {
    expect(await findLocalStack({}, { AWS_ENDPOINT_URL: `${endpoint}/` })).toEqual({ endpoint, region: 'us-east-1' });
  });
});
