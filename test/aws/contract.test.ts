import { describe } from 'vitest';
import { AWS, aws } from '../contract/aws-place.ts';
import { describeContract } from '../contract/contract.ts';
import { AwsRun } from './run.ts';

const run = AwsRun.current();
const why = run === undefined ? ' (skipped: run by `npm run test:aws`)' : '';

describe.skipIf(run === undefined)(`the contract${why}`, () => {
  describeContract(run === undefined ? { ...AWS, open: () => Promise.reject(new Error('Not on AWS.')) } : aws(run));
});
