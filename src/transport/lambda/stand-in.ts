/** What the SDK wants, and stand-ins for AWS on this machine do not check: a region and keys. Reads the environment. */
import type { LambdaClientConfig } from '@aws-sdk/client-lambda';
import { isLoopback } from '../../shared/loopback.ts';

/** LocalStack and emulators take them for an account of zeros. */
export const STAND_IN_CREDENTIALS: { readonly accessKeyId: string; readonly secretAccessKey: string } = {
  accessKeyId: 'test',
  secretAccessKey: 'test',
};
export const STAND_IN_REGION = 'us-east-1';

/** What says where Lambda is, and who asks. */
export interface Access {
  readonly functionName?: string;
  readonly region?: string;
  readonly credentials?: LambdaClientConfig['credentials'];
  readonly profile?: string | undefined;
  readonly endpoint?: string;
}

/** The SDK's order, but for endpoints that stand in a profile. */
export function endpointOf({ endpoint }: Access, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const { AWS_ENDPOINT_URL_LAMBDA: ofLambda, AWS_ENDPOINT_URL: ofAll } = env;
  return [endpoint, ofLambda, ofAll].find((url) => url !== undefined && url !== '');
}

/** `arn:aws:lambda:eu-central-1:123456789012:function:f` names its region. */
export function regionOf(functionName: string | undefined): string | undefined {
  return /^arn:[^:]*:lambda:([^:]+):/.exec(functionName ?? '')?.[1];
}

/**
 * `access` with a region and keys where its endpoint is on this machine and nobody has set any: there they mean nothing,
 * and none of the real ones should go there unasked.
 */
export async function withStandIns<A extends Access>(access: A, env: NodeJS.ProcessEnv = process.env): Promise<A> {
  const hostname = URL.parse(endpointOf(access, env) ?? '')?.hostname ?? '';
  if (!isLoopback(hostname)) return access;
  const credentials = hasKeys(access, env) ? {} : { credentials: STAND_IN_CREDENTIALS };
  if (access.region !== undefined || regionOf(access.functionName) !== undefined || env['AWS_REGION']) {
    return { ...access, ...credentials };
  }
  return { ...access, ...credentials, region: (await regionOfProfile(access.profile)) ?? STAND_IN_REGION };
}

/** Whether somebody has said who asks. */
export function hasKeys({ credentials, profile }: Access, env: NodeJS.ProcessEnv = process.env): boolean {
  return credentials !== undefined || profile !== undefined || Boolean(env['AWS_ACCESS_KEY_ID'] || env['AWS_PROFILE']);
}

async function regionOfProfile(profile: string | undefined): Promise<string | undefined> {
  const { LambdaClient } = await import('@aws-sdk/client-lambda');
  const client = new LambdaClient(profile === undefined ? {} : { profile });
  try {
    return await client.config.region();
  } catch {
    return undefined;
  } finally {
    client.destroy();
  }
}
