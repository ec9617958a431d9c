/** What running in LocalStack takes, loaded together at the first invocation: the deployer, the bundler, the SDK. */
export { loadConfig } from '../../config/load-config.ts';
export { isLocalStack } from '../../../localstack/find.ts';
export { lambdaTransport } from '../lambda.ts';
export { leaseLocalStack } from './container-lease.ts';
export { CREDENTIALS, deployTasks } from './deploy.ts';
export { wantedFunction } from './settings.ts';
export { noticeWhenSlow } from './slow-start.ts';
