/** Where `apply` and `map` run their tasks: decided from flags and environment variables, nothing opened yet. */
import { isLoopback } from '../shared/loopback.ts';
import { LOCAL_REGION } from './client-lines.ts';
import { usage } from './arguments.ts';

export interface TargetFlags {
  /** `--tasks`: a tasks root to run in this process. */
  readonly tasks?: string | undefined;
  /** `--endpoint`: URL of an emulator or another service that speaks Lambda's API. */
  readonly endpoint?: string | undefined;
  /** `--function`. */
  readonly function?: string | undefined;
}

export type Target =
  | { readonly kind: 'tasks'; readonly tasksRoot: string }
  | { readonly kind: 'aws'; readonly functionName: string }
  | {
      readonly kind: 'endpoint';
      readonly functionName: string;
      readonly endpoint: string;
      readonly region: string | undefined;
      /** Use keys that mean nothing. */
      readonly dummyKeys: boolean;
      /** Nobody asked for this address: it is the one that `lambdapool dev` has by default. */
      readonly assumed: boolean;
    };

export const DEFAULT_FUNCTION = 'lambdapool';
export const DEFAULT_PORT = 3001;

/** Flags first, then LAMBDAPOOL_TRANSPORT, then AWS's variables, then the port of `lambdapool dev`. */
export function resolveTarget(flags: TargetFlags, env: Readonly<Record<string, string | undefined>>): Target {
  const functionName = flags.function ?? DEFAULT_FUNCTION;
  if (flags.tasks !== undefined) {
    if (flags.endpoint !== undefined) {
      throw usage('Give either --tasks, to run in this process, or --endpoint, to run elsewhere, not both.');
    }
    return { kind: 'tasks', tasksRoot: flags.tasks };
  }
  if (flags.endpoint !== undefined) return endpoint(flags.endpoint, { functionName, env, source: '--endpoint' });
  const transport = set(env['LAMBDAPOOL_TRANSPORT']);
  if (transport === 'emulator') return { kind: 'tasks', tasksRoot: './tasks' };
  if (transport === 'lambda') return { kind: 'aws', functionName };
  if (transport !== undefined) return endpoint(transport, { functionName, env, source: 'LAMBDAPOOL_TRANSPORT' });
  for (const source of ['AWS_ENDPOINT_URL_LAMBDA', 'AWS_ENDPOINT_URL']) {
    const url = set(env[source]);
    if (url !== undefined) return endpoint(url, { functionName, env, source });
  }
  return endpoint(`http://127.0.0.1:${DEFAULT_PORT}`, { functionName, env, source: undefined });
}

interface EndpointFacts {
  readonly functionName: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly source: string | undefined;
}

function endpoint(text: string, { functionName, env, source }: EndpointFacts): Target {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    const also = source === 'LAMBDAPOOL_TRANSPORT' ? "'lambda', 'emulator' or " : '';
    throw usage(
      `${source} must be ${also}a URL such as http://127.0.0.1:${DEFAULT_PORT}, got ${JSON.stringify(text)}.`,
    );
  }
  // Stand-ins for Lambda check no keys, and real keys are no business of an unencrypted connection.
  const isStandIn = source === 'LAMBDAPOOL_TRANSPORT' || url.protocol === 'http:' || isLoopback(url.hostname);
  return {
    kind: 'endpoint',
    functionName,
    endpoint: text.replace(/\/$/, ''),
    region: set(env['AWS_REGION']) ?? (isStandIn ? LOCAL_REGION : undefined),
    dummyKeys: isStandIn,
    assumed: source === undefined,
  };
}

/** An empty variable is none. */
function set(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
