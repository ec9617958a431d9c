/** Where `apply` and `map` run their tasks: decided from flags, environment and configuration, nothing opened yet. */
import { isLoopback } from '../shared/loopback.ts';
import { usage } from './arguments.ts';
import { LOCAL_REGION } from './client-lines.ts';
import { DEFAULT_FUNCTION, DEFAULT_PORT, DEFAULT_TASKS_ROOT } from './defaults.ts';
import type { SettingValues } from './settings.ts';

export interface TargetFlags {
  /** `--tasks`: a tasks root to run in this process. */
  readonly tasks?: string | undefined;
  /** `--endpoint`: URL of an emulator or another service that speaks Lambda's API. */
  readonly endpoint?: string | undefined;
  /** `--function`. */
  readonly function?: string | undefined;
}

/** Where to run, and the bucket through which large values travel. */
export type Target = Place & { readonly payloadBucket?: string | undefined };

type Place =
  | { readonly kind: 'tasks'; readonly tasksRoot: string }
  /** The function's name: undefined where the transport may choose. */
  | { readonly kind: 'localstack'; readonly functionName: string | undefined }
  | {
      readonly kind: 'aws';
      readonly functionName: string;
      readonly region: string | undefined;
      readonly profile: string | undefined;
    }
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

export interface TargetSources {
  readonly flags: TargetFlags;
  /** What holds, flags included. */
  readonly values: SettingValues;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Flags first, then LAMBDAPOOL_TRANSPORT, then AWS's variables, then the port of `lambdapool dev`. */
export function resolveTarget(sources: TargetSources): Target {
  const { payloadBucket } = sources.values;
  return { ...resolvePlace(sources), payloadBucket };
}

function resolvePlace({ flags, values, env }: TargetSources): Place {
  const { functionName = DEFAULT_FUNCTION, tasksRoot = DEFAULT_TASKS_ROOT, region, profile } = values;
  const facts = { functionName, region };
  if (flags.tasks !== undefined) {
    if (flags.endpoint !== undefined) {
      throw usage('Give either --tasks, to run in this process, or --endpoint, to run elsewhere, not both.');
    }
    return { kind: 'tasks', tasksRoot: flags.tasks };
  }
  if (flags.endpoint !== undefined) return endpoint(flags.endpoint, { ...facts, source: '--endpoint' });
  const { transport } = values;
  if (transport === 'emulator') return { kind: 'tasks', tasksRoot };
  if (transport === 'localstack') return { kind: 'localstack', functionName: flags.function };
  if (transport === 'lambda') return { kind: 'aws', functionName, region, profile };
  if (transport !== undefined) return endpoint(transport, { ...facts, source: 'LAMBDAPOOL_TRANSPORT' });
  for (const source of ['AWS_ENDPOINT_URL_LAMBDA', 'AWS_ENDPOINT_URL']) {
    // An empty variable is none.
    const url = env[source] ?? '';
    if (url !== '') return endpoint(url, { ...facts, source });
  }
  return endpoint(`http://127.0.0.1:${DEFAULT_PORT}`, { ...facts, source: undefined });
}

interface EndpointFacts {
  readonly functionName: string;
  readonly region: string | undefined;
  readonly source: string | undefined;
}

function endpoint(text: string, { functionName, region, source }: EndpointFacts): Place {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    const also = source === 'LAMBDAPOOL_TRANSPORT' ? "'lambda', 'localstack', 'emulator' or " : '';
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
    region: region ?? (isStandIn ? LOCAL_REGION : undefined),
    dummyKeys: isStandIn,
    assumed: source === undefined,
  };
}
