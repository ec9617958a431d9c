/** Interrupted deployments to LocalStack, in a real container. */
import { openTarget } from '../../src/deploy/target/target.ts';
import { describeInterruptions } from '../deploy/interruption.ts';
import { describeOnLocalStack } from '../support/localstack.ts';

describeOnLocalStack('interrupting deployments to LocalStack', ({ endpoint, region, credentials }) => {
  describeInterruptions({
    name: 'LocalStack',
    lambdaOnly: false,
    async open() {
      const target = await openTarget({ endpoint, region, credentials }, {});
      return { target, [Symbol.asyncDispose]: () => target[Symbol.asyncDispose]() };
    },
  });
});
