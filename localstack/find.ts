/** Looks for a LocalStack that runs already. */
import { LambdaPoolError } from '../src/shared/errors.ts';
import { invalidOption } from '../src/shared/options.ts';
import type { RunningLocalStack } from './running.ts';

/** Where LocalStack listens unless told otherwise. */
const USUAL_ENDPOINT = 'http://localhost:4566';
/** LocalStack does not care, and its own tools use this one. */
export const REGION = 'us-east-1';
/** On this machine a healthy LocalStack answers in milliseconds; one that starts up answers late. */
const PATIENCE_MS = 5_000;

/** Who says where it is: an option, or the variable that moves all AWS SDKs. */
export interface FindOptions {
  readonly endpoint?: string | undefined;
}

/**
 * The LocalStack at `endpoint`; else at AWS_ENDPOINT_URL; else at localhost:4566, if one is there.
 * @returns undefined if nobody says where it is and there is none at the usual place.
 * @throws {LambdaPoolError} UNREACHABLE if there is none where somebody says that it is.
 */
export async function findLocalStack(
  { endpoint }: FindOptions = {},
  env: NodeJS.ProcessEnv = process.env,
): Promise<RunningLocalStack | undefined> {
  const fromEnv = env['AWS_ENDPOINT_URL'];
  if (endpoint !== undefined) return expectLocalStack(endpoint, '`endpoint`');
  if (fromEnv !== undefined && fromEnv !== '') return expectLocalStack(fromEnv, 'AWS_ENDPOINT_URL');
  const usual = await askHealth(USUAL_ENDPOINT);
  return usual.kind === 'localstack' ? { endpoint: USUAL_ENDPOINT, region: REGION } : undefined;
}

/** Whether LocalStack still answers at `endpoint`. */
export async function isLocalStack(endpoint: string): Promise<boolean> {
  return (await askHealth(endpoint)).kind === 'localstack';
}

async function expectLocalStack(endpoint: string, origin: string): Promise<RunningLocalStack> {
  const url = URL.parse(endpoint);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw invalidOption(origin.replaceAll('`', ''), 'an http: or https: URL', endpoint);
  }
  const health = await askHealth(url.origin);
  if (health.kind === 'localstack') return { endpoint: url.origin, region: REGION };
  const next = `Start LocalStack there, or leave ${origin} out to have one started in a container.`;
  const message =
    health.kind === 'other'
      ? `What answers at ${url.origin} (${origin}) is not LocalStack (${health.said}). ${next}`
      : `No LocalStack answers at ${url.origin} (${origin}: ${health.said}). ${next}`;
  throw new LambdaPoolError('UNREACHABLE', message, { details: { endpoint: url.origin } });
}

type Health =
  | { readonly kind: 'localstack' }
  /** `other`: somebody else listens there. `silent`: nobody does, or he does not answer. */
  | { readonly kind: 'other' | 'silent'; readonly said: string };

async function askHealth(endpoint: string): Promise<Health> {
  let body: unknown;
  try {
    const answer = await fetch(`${endpoint}/_localstack/health`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    const text = await answer.text();
    if (!answer.ok) return { kind: 'other', said: `status ${answer.status}` };
    body = parse(text);
  } catch (error) {
    return { kind: 'silent', said: reason(error) };
  }
  const isHealth = typeof body === 'object' && body !== null && 'services' in body && 'version' in body;
  return isHealth ? { kind: 'localstack' } : { kind: 'other', said: 'its health report is not LocalStack’s' };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `fetch failed` says nothing; its cause does. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof AggregateError) return reason(cause.errors[0]);
  return cause instanceof Error ? cause.message : error.message;
}
