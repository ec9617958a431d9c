/** Where the services of a target are: at AWS, all at one URL, or Lambda alone. Asks the SDK and the endpoint, changes nothing. */
import http from 'node:http';
import https from 'node:https';
import { LambdaPoolError } from '../../shared/errors.ts';
import { originOf } from '../../transport/lambda/sdk-origin.ts';
import { isAws } from '../../transport/lambda/service-failure.ts';

export interface Endpoint {
  /** Origin of Lambda's API, if it is not AWS's. */
  readonly lambda: string | undefined;
  /** URL of all other services, if one was given. Undefined: wherever the SDK finds each of them. */
  readonly others: string | undefined;
  readonly lambdaOnly: boolean;
  readonly isEmulator: boolean;
}

interface Given {
  readonly endpoint?: string | undefined;
  readonly profile?: string | undefined;
}

/** Our emulator sends its version with every answer. */
const EMULATOR_HEADER = 'x-lambdapool-emulator';
/** It answers within milliseconds. Whoever does not is found to be unreachable by the first real request. */
const ASK_TIMEOUT_MS = 2000;

export async function findEndpoint(given: Given, env: NodeJS.ProcessEnv): Promise<Endpoint> {
  const all = given.endpoint ?? urlOf('AWS_ENDPOINT_URL', env);
  const lambda = given.endpoint ?? urlOf('AWS_ENDPOINT_URL_LAMBDA', env) ?? all ?? (await configured(given, askLambda));
  if (lambda === undefined || isAws(new URL(lambda).origin)) {
    return { lambda, others: all, lambdaOnly: false, isEmulator: false };
  }
  const isEmulator = await isOurEmulator(lambda);
  const lambdaOnly = isEmulator || (all === undefined && !(await hasOthers(given)));
  return { lambda, others: all, lambdaOnly, isEmulator };
}

function urlOf(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const value = env[name];
  // An empty variable is none.
  if (value === undefined || value === '') return undefined;
  if (isHttpUrl(value)) return value;
  const message = `${name} must be a URL such as http://127.0.0.1:3001, got ${JSON.stringify(value)}.`;
  throw new LambdaPoolError('OPTION_INVALID', message, { details: { option: name } });
}

/** Whether a text is an absolute URL of http: or https:. */
export function isHttpUrl(text: string): boolean {
  return /^https?:$/.test(URL.parse(text)?.protocol ?? '');
}

/** Whether every other service is somewhere else than at AWS: one that is not would be called there. */
async function hasOthers(given: Given): Promise<boolean> {
  const endpoints = await Promise.all([askIam, askLogs, askS3, askSts].map((ask) => configured(given, ask)));
  return endpoints.every((endpoint) => endpoint !== undefined);
}

/** The endpoint that the SDK itself would call, if it is not AWS's own: variables and shared configuration files may name one. */
async function configured({ profile }: Given, ask: (config: object) => Promise<unknown>): Promise<string | undefined> {
  const config = {
    // Any region: what is asked is only whether the SDK would leave AWS, and nothing is sent.
    region: 'us-east-1',
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
    maxAttempts: 1,
    ...(profile !== undefined && { profile }),
  };
  const origin = await originOf((requestHandler) => ask({ ...config, requestHandler })).catch(() => undefined);
  return origin === undefined || isAws(origin) ? undefined : origin;
}

async function askLambda(config: object): Promise<unknown> {
  const { GetAccountSettingsCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  return new LambdaClient(config).send(new GetAccountSettingsCommand({}));
}

async function askIam(config: object): Promise<unknown> {
  const { IAMClient, ListAccountAliasesCommand } = await import('@aws-sdk/client-iam');
  return new IAMClient(config).send(new ListAccountAliasesCommand({}));
}

async function askLogs(config: object): Promise<unknown> {
  const { CloudWatchLogsClient, DescribeLogGroupsCommand } = await import('@aws-sdk/client-cloudwatch-logs');
  return new CloudWatchLogsClient(config).send(new DescribeLogGroupsCommand({}));
}

async function askS3(config: object): Promise<unknown> {
  const { ListBucketsCommand, S3Client } = await import('@aws-sdk/client-s3');
  return new S3Client(config).send(new ListBucketsCommand({}));
}

async function askSts(config: object): Promise<unknown> {
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  return new STSClient(config).send(new GetCallerIdentityCommand({}));
}

function isOurEmulator(endpoint: string): Promise<boolean> {
  return new Promise((resolve) => {
    const url = new URL('/', endpoint);
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      method: 'HEAD',
      timeout: ASK_TIMEOUT_MS,
    });
    request.once('response', (response) => {
      response.resume();
      resolve(response.headers[EMULATOR_HEADER] !== undefined);
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(false));
    request.once('close', () => resolve(false));
    request.end();
  });
}
