/** What holds for a command: flags, then environment variables, then the configuration file, then defaults. Pure. */
import { CONFIG_KEYS } from '../config/check-config.ts';
import type { ConfigKey } from '../config/check-config.ts';
import type { ConfigValues, LoadedConfig } from '../config/load-config.ts';

/** Keys of the configuration, and where to run, which no file says. */
export type SettingKey = ConfigKey | 'endpoint' | 'transport';

export type SettingValues = ConfigValues & { readonly endpoint?: string; readonly transport?: string };

/** Who said it. */
export type Origin =
  | { readonly kind: 'flag'; readonly name: string }
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'file'; readonly file: string; readonly line: number | undefined }
  | { readonly kind: 'default' };

/** One value: `env` and `tags`, which are put together of several, have one for each entry: `env.STAGE`. */
interface Setting {
  readonly key: string;
  readonly value: unknown;
  readonly origin: Origin;
}

export interface Settings {
  /** All that holds. */
  readonly values: SettingValues;
  /** What somebody said: without defaults. */
  readonly explicit: SettingValues;
  readonly list: readonly Setting[];
  /** The configuration file. */
  readonly file: string | undefined;
}

/** Values that flags give; undefined: not given. */
export type FlagValues = { readonly [Key in keyof SettingValues]?: SettingValues[Key] | undefined };

export interface SettingSources {
  readonly flags: FlagValues;
  /** What a flag is called where it is not called as usual. */
  readonly flagNames?: Partial<Record<SettingKey, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly config: LoadedConfig;
  readonly defaults: SettingValues;
}

const FLAGS: Readonly<Record<SettingKey, string>> = {
  functionName: '--function',
  tasksRoot: '--tasks',
  memoryMb: '--memory',
  timeoutMs: '--timeout',
  env: '--env',
  layers: '--layers',
  external: '--external',
  assets: '--assets',
  runtime: '--runtime',
  architecture: '--architecture',
  roleArn: '--role',
  subnetIds: '--subnets',
  securityGroupIds: '--security-groups',
  tags: '--tag',
  logRetentionDays: '--log-retention',
  payloadBucket: '--payload-bucket',
  region: '--region',
  profile: '--profile',
  endpoint: '--endpoint',
  transport: '--transport',
};

/** As the AWS SDKs and our pools read them; the first that is set holds. */
const VARIABLES: Partial<Record<SettingKey, readonly string[]>> = {
  region: ['AWS_REGION', 'AWS_DEFAULT_REGION'],
  profile: ['AWS_PROFILE'],
  endpoint: ['AWS_ENDPOINT_URL_LAMBDA', 'AWS_ENDPOINT_URL'],
  transport: ['LAMBDAPOOL_TRANSPORT'],
};

const KEYS: readonly SettingKey[] = [...CONFIG_KEYS, 'transport', 'endpoint'];

/** Puts the sources together. */
export function resolveSettings(sources: SettingSources): Settings {
  const list = KEYS.flatMap((key) => (isMerged(key) ? mergedSettings(key, sources) : oneSetting(key, sources)));
  return {
    values: valuesOf(list),
    explicit: valuesOf(list.filter(({ origin }) => origin.kind !== 'default')),
    list,
    file: sources.config.file,
  };
}

type MergedKey = 'env' | 'tags';

function isMerged(key: SettingKey): key is MergedKey {
  return key === 'env' || key === 'tags';
}

function oneSetting(key: Exclude<SettingKey, MergedKey>, sources: SettingSources): Setting[] {
  const { flags, env, defaults } = sources;
  const flag = flags[key];
  if (flag !== undefined) return [{ key, value: flag, origin: flagOrigin(key, sources) }];
  for (const name of VARIABLES[key] ?? []) {
    // An empty variable is none.
    const value = env[name] ?? '';
    if (value !== '') return [{ key, value, origin: { kind: 'environment', name } }];
  }
  const inFile = fileSetting(key, sources);
  if (inFile !== undefined) return [inFile];
  return defaults[key] === undefined ? [] : [{ key, value: defaults[key], origin: { kind: 'default' } }];
}

function fileSetting(key: SettingKey, { config }: SettingSources): Setting | undefined {
  if (key === 'endpoint' || key === 'transport' || config.values[key] === undefined) return undefined;
  const { file = '', line } = config.origins[key] ?? {};
  return { key, value: config.values[key], origin: { kind: 'file', file, line } };
}

/** Flags add to what the file has, or replace single entries of it. */
function mergedSettings(key: MergedKey, sources: SettingSources): Setting[] {
  const entries = new Map<string, Setting>();
  const add = (values: Readonly<Record<string, string>> | undefined, origin: Origin): void => {
    for (const [name, value] of Object.entries(values ?? {})) {
      entries.set(name, { key: `${key}.${name}`, value, origin });
    }
  };
  const inFile = fileSetting(key, sources);
  add(sources.config.values[key], inFile?.origin ?? { kind: 'default' });
  add(sources.flags[key], flagOrigin(key, sources));
  // Nothing, said in so many words: `env: {}`.
  return entries.size === 0 && inFile !== undefined ? [inFile] : [...entries.values()];
}

function flagOrigin(key: SettingKey, { flagNames }: SettingSources): Origin {
  return { kind: 'flag', name: flagNames?.[key] ?? FLAGS[key] };
}

function valuesOf(list: readonly Setting[]): SettingValues {
  const values: Record<string, unknown> = {};
  const merged: Record<MergedKey, Record<string, unknown>> = { env: {}, tags: {} };
  for (const { key, value } of list) {
    const [, name, entry] = /^(env|tags)\.(.*)$/s.exec(key) ?? [];
    if (entry === undefined) values[key] = value;
    else merged[name === 'env' ? 'env' : 'tags'][entry] = value;
  }
  for (const [key, entries] of Object.entries(merged)) {
    if (Object.keys(entries).length > 0) values[key] = entries;
  }
  return values;
}
