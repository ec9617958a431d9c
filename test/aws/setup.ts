/** Says, once, that the tests on AWS do not run, where nobody has asked for them. */
import { AwsRun } from './run.ts';

export function setup(): void {
  if (AwsRun.current() !== undefined) return;
  console.warn(
    '\nSkipped: all tests on AWS Lambda. They need an account and cost money, about one cent: `npm run test:aws` runs them.\n',
  );
}
