/** The environment variables of a function: Lambda's and the user's. Nothing of the host's, but where its Node is. */
import { randomUUID } from 'node:crypto';
import { delimiter, dirname } from 'node:path';
import type { AccountFacts } from '../arn.ts';

/** AWS: keys that a function may not set. https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
export const RESERVED_VARIABLES: readonly string[] = [
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_RUNTIME_API',
  'LAMBDA_TASK_ROOT',
  'LAMBDA_RUNTIME_DIR',
];

export interface VariableFacts extends AccountFacts {
  readonly functionName: string;
  readonly version: string;
  readonly memoryMb: number;
  readonly runtime: string;
  /** The user's. They may replace the credentials, which are dummies otherwise; on Lambda a role gives them. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The variables of one environment, each of which has a log stream of its own. `_HANDLER`, `LAMBDA_TASK_ROOT` and `PWD`
 * follow with the code. Left out on purpose: LD_LIBRARY_PATH and NODE_PATH, as their folders exist on Lambda only.
 */
export function environmentVariables(facts: VariableFacts): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: facts.accountId,
    AWS_SECRET_ACCESS_KEY: 'lambdapool',
    AWS_SESSION_TOKEN: 'lambdapool',
    AWS_DEFAULT_REGION: facts.region,
    AWS_REGION: facts.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${facts.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: facts.functionName,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(facts.memoryMb),
    AWS_LAMBDA_FUNCTION_VERSION: facts.version,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${facts.functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamName(new Date(), facts.version),
    AWS_LAMBDA_RUNTIME_API: '169.254.100.1:9001',
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:2000',
    _AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1',
    _AWS_XRAY_DAEMON_PORT: '2000',
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    // Ours, as other local Lambdas have one: code can tell where it runs.
    LAMBDAPOOL_EMULATOR: 'true',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    SHLVL: '0',
    // In place of /var/lang/bin, where Lambda has its Node.
    PATH: [dirname(process.execPath), '/usr/local/bin', '/usr/bin/', '/bin', '/opt/bin'].join(delimiter),
    ...facts.env,
  };
}

/** `2026/11/23/[$LATEST]f7108dfca11d48d8ba7321a9b4fe4b02`. */
function logStreamName(now: Date, version: string): string {
  const day = now.toISOString().slice(0, 10).replaceAll('-', '/');
  return `${day}/[${version}]${randomUUID().replaceAll('-', '')}`;
}
