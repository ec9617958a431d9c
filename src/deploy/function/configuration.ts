/** The configuration of a function: as it is, as it is wanted, and the requests that lead from one to the other. Pure. */
import type {
  CreateFunctionCommandInput,
  FunctionConfiguration,
  Runtime,
  UpdateFunctionConfigurationCommandInput,
} from '@aws-sdk/client-lambda';
import { DEFAULT_MEMORY_MB, DEFAULT_TIMEOUT_MS } from '../../shared/function-defaults.ts';
import { markEnv, markTags, RESERVED_ENV, RESERVED_TAGS, withoutMarks } from './marks.ts';
import { DEFAULT_RUNTIME } from '../runtimes.ts';
import type { Architecture, FunctionSettings } from '../settings.ts';

type Strings = Readonly<Record<string, string>>;

/** What can be changed by UpdateFunctionConfiguration. */
export interface Configuration {
  readonly handler: string;
  readonly runtime: string;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  readonly env: Strings;
  readonly layers: readonly string[];
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly roleArn: string;
}

/** A function as it is deployed. */
export interface Present {
  readonly arn: string;
  readonly configuration: Configuration;
  readonly architecture: Architecture;
  /** Base64 of the SHA-256 of its zip. */
  readonly codeSha256: string;
  /** Undefined: not told, for want of a permission. */
  readonly tags: Strings | undefined;
  readonly state: string | undefined;
}

const HANDLER = 'index.handler';

/** Reads what GetFunction answered. */
export function readPresent(answer: FunctionConfiguration, tags: Strings | undefined): Present {
  return {
    arn: answer.FunctionArn ?? '',
    architecture: answer.Architectures?.[0] === 'arm64' ? 'arm64' : 'x86_64',
    codeSha256: answer.CodeSha256 ?? '',
    state: answer.State,
    tags: tags && Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith('aws:'))),
    configuration: {
      handler: answer.Handler ?? '',
      runtime: answer.Runtime ?? '',
      memoryMb: answer.MemorySize ?? 0,
      timeoutMs: (answer.Timeout ?? 0) * 1000,
      env: answer.Environment?.Variables ?? {},
      layers: (answer.Layers ?? []).map(({ Arn }) => Arn ?? ''),
      subnetIds: answer.VpcConfig?.SubnetIds ?? [],
      securityGroupIds: answer.VpcConfig?.SecurityGroupIds ?? [],
      roleArn: answer.Role ?? '',
    },
  };
}

interface Facts {
  readonly functionName: string;
  /** Ours, of the package that deploys. */
  readonly version: string;
  /** For a function that is not there yet, or whose role is to change. */
  readonly roleArn: string | undefined;
}

/** Settings over what is deployed over defaults. */
export function wantedConfiguration(
  settings: FunctionSettings,
  present: Configuration | undefined,
  { functionName, version, roleArn }: Facts,
): Configuration {
  const env = settings.env ?? withoutMarks(present?.env ?? {}, RESERVED_ENV);
  return {
    handler: HANDLER,
    runtime: settings.runtime ?? present?.runtime ?? DEFAULT_RUNTIME,
    memoryMb: settings.memoryMb ?? present?.memoryMb ?? DEFAULT_MEMORY_MB,
    timeoutMs: settings.timeoutMs ?? present?.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    env: { ...env, ...markEnv(functionName, version) },
    layers: settings.layers ?? present?.layers ?? [],
    subnetIds: settings.subnetIds ?? present?.subnetIds ?? [],
    securityGroupIds: settings.securityGroupIds ?? present?.securityGroupIds ?? [],
    roleArn: roleArn ?? present?.roleArn ?? '',
  };
}

export function wantedTags(settings: FunctionSettings, present: Strings | undefined, functionName: string): Strings {
  return { ...(settings.tags ?? withoutMarks(present ?? {}, RESERVED_TAGS)), ...markTags(functionName) };
}

export function createInput(wanted: Configuration): Omit<CreateFunctionCommandInput, 'FunctionName' | 'Code'> & {
  readonly Role: string;
} {
  return { ...updateInput(wanted, ALL), Role: wanted.roleArn, PackageType: 'Zip' };
}

/** The fields in which two configurations differ. */
export function changedFields(present: Configuration, wanted: Configuration): readonly ConfigurationField[] {
  return ALL.filter((field) => textOf(present, field) !== textOf(wanted, field));
}

type ConfigurationField = keyof Configuration;

const ALL: readonly ConfigurationField[] = [
  'handler',
  'runtime',
  'memoryMb',
  'timeoutMs',
  'env',
  'layers',
  'subnetIds',
  'securityGroupIds',
  'roleArn',
];

/** The members of a request that set these fields. A VPC and its groups go together. */
export function updateInput(
  wanted: Configuration,
  fields: readonly ConfigurationField[],
): Omit<UpdateFunctionConfigurationCommandInput, 'FunctionName'> {
  const has = (...names: ConfigurationField[]): boolean => names.some((name) => fields.includes(name));
  const inVpc = wanted.subnetIds.length > 0 || fields !== ALL;
  return {
    ...(has('handler') && { Handler: wanted.handler }),
    ...(has('runtime') && { Runtime: asRuntime(wanted.runtime) }),
    ...(has('memoryMb') && { MemorySize: wanted.memoryMb }),
    ...(has('timeoutMs') && { Timeout: wanted.timeoutMs / 1000 }),
    ...(has('env') && { Environment: { Variables: wanted.env } }),
    ...(has('layers') && { Layers: [...wanted.layers] }),
    ...(has('subnetIds', 'securityGroupIds') &&
      inVpc && { VpcConfig: { SubnetIds: [...wanted.subnetIds], SecurityGroupIds: [...wanted.securityGroupIds] } }),
    ...(has('roleArn') && { Role: wanted.roleArn }),
  };
}

/** The SDK names the runtimes that it knew when it was made; Lambda may know newer ones. */
function asRuntime(name: string): Runtime {
  return name as Runtime;
}

/** Equal exactly if the values are: names of variables, subnets and groups have no order, layers have. */
function textOf(configuration: Configuration, field: ConfigurationField): string {
  const value = configuration[field];
  if (field === 'subnetIds' || field === 'securityGroupIds') return JSON.stringify([...configuration[field]].sort());
  if (field === 'env') return JSON.stringify(Object.entries(configuration.env).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify(value);
}

/** What to tag and what to untag. */
export function tagChanges(
  present: Strings,
  wanted: Strings,
): { readonly set: Strings; readonly remove: readonly string[] } {
  return {
    set: Object.fromEntries(Object.entries(wanted).filter(([key, value]) => present[key] !== value)),
    remove: Object.keys(present).filter((key) => !(key in wanted)),
  };
}
