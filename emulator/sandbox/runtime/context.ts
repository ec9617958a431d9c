/** The second argument of a handler, with the members of each runtime in their order. */
import type { SandboxInvocation } from '../messages.ts';

/** What is the same for all invocations of an environment. */
export interface FunctionFacts {
  readonly functionName: string;
  readonly functionVersion: string;
  readonly memoryLimitInMB: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
}

/** The ways to complete an invocation that Node 22 and older know. */
export interface LegacyCompletion {
  callbackWaitsForEmptyEventLoop: boolean;
  readonly succeed: (result?: unknown) => void;
  readonly fail: (error?: unknown) => void;
  readonly done: (error?: unknown, result?: unknown) => void;
}

export function factsFrom(env: NodeJS.ProcessEnv): FunctionFacts {
  return {
    functionName: env['AWS_LAMBDA_FUNCTION_NAME'] ?? '',
    functionVersion: env['AWS_LAMBDA_FUNCTION_VERSION'] ?? '',
    memoryLimitInMB: env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'] ?? '',
    logGroupName: env['AWS_LAMBDA_LOG_GROUP_NAME'] ?? '',
    logStreamName: env['AWS_LAMBDA_LOG_STREAM_NAME'] ?? '',
  };
}

/** AWS: aws-lambda-ric 4.0.2. No members for completion: there are no callbacks. */
export function createModernContext(job: SandboxInvocation, facts: FunctionFacts): object {
  return {
    clientContext: parseClientContext(job),
    identity: undefined,
    invokedFunctionArn: job.functionArn,
    awsRequestId: job.requestId,
    tenantId: undefined,
    xRayTraceId: job.traceId === '' ? undefined : job.traceId,
    getRemainingTimeInMillis: () => job.deadlineMs - Date.now(),
    functionName: facts.functionName,
    functionVersion: facts.functionVersion,
    memoryLimitInMB: facts.memoryLimitInMB,
    logGroupName: facts.logGroupName,
    logStreamName: facts.logStreamName,
  };
}

/** AWS: aws-lambda-ric 3.3.0. */
export function createLegacyContext(
  job: SandboxInvocation,
  facts: FunctionFacts,
  completion: LegacyCompletion,
): object {
  return {
    get callbackWaitsForEmptyEventLoop(): boolean {
      return completion.callbackWaitsForEmptyEventLoop;
    },
    set callbackWaitsForEmptyEventLoop(value: boolean) {
      completion.callbackWaitsForEmptyEventLoop = value;
    },
    succeed: completion.succeed,
    fail: completion.fail,
    done: completion.done,
    functionVersion: facts.functionVersion,
    functionName: facts.functionName,
    memoryLimitInMB: facts.memoryLimitInMB,
    logGroupName: facts.logGroupName,
    logStreamName: facts.logStreamName,
    clientContext: parseClientContext(job),
    identity: undefined,
    invokedFunctionArn: job.functionArn,
    awsRequestId: job.requestId,
    tenantId: undefined,
    getRemainingTimeInMillis: () => job.deadlineMs - Date.now(),
  };
}

function parseClientContext(job: SandboxInvocation): unknown {
  return job.clientContext === '' ? undefined : (JSON.parse(job.clientContext) as unknown);
}
