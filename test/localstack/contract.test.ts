import { describeContract } from '../contract/contract.ts';
import { localStack } from '../contract/localstack-place.ts';
import { describeOnLocalStack } from '../support/localstack.ts';

describeOnLocalStack('the contract', (access) => {
  describeContract(localStack(access));
});
