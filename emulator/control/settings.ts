/** The settings of a function: what a request may say, with Lambda's checks and defaults. Pure. */
import { invalidParameter } from '../api-errors.ts';
import { MAX_MEMORY_MB, MIN_MEMORY_MB } from '../limits.ts';
import type { Constraints } from './constraints.ts';
import { type Fields, fieldsIn, integerIn, isFields, stringIn, stringMapIn, stringsIn } from './fields.ts';
import { checkLayers, constrainLayers } from './layers.ts';
import { checkRuntime } from './runtimes.ts';
import { checkVariables, constrainVariables } from './variables.ts';

export interface FunctionSettings {
  readonly architecture: string;
  readonly description: string;
  readonly env: Readonly<Record<string, string>>;
  readonly ephemeralStorageMb: number;
  readonly handler: string;
  readonly layers: readonly string[];
  readonly logging: LoggingSettings;
  readonly memoryMb: number;
  readonly role: string;
  readonly runtime: string;
  readonly snapStart: string;
  readonly timeoutSeconds: number;
  readonly tracingMode: string;
  readonly vpc: VpcSettings | undefined;
}

interface LoggingSettings {
  readonly format: string;
  readonly group: string;
  /** Both for the format JSON only. */
  readonly applicationLevel?: string;
  readonly systemLevel?: string;
}

interface VpcSettings {
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
}

/** What settings are read for. */
export interface SettingsContext {
  /** Region of the caller, in which its layers must be. */
  readonly region: string;
}

/** Settings of a new function that names none. */
export function defaultSettings(functionName: string): FunctionSettings {
  return {
    architecture: 'x86_64',
    description: '',
    env: {},
    ephemeralStorageMb: 512,
    handler: '',
    layers: [],
    logging: { format: 'Text', group: `/aws/lambda/${functionName}` },
    memoryMb: 128,
    role: '',
    runtime: '',
    snapStart: 'None',
    timeoutSeconds: 3,
    tracingMode: 'PassThrough',
    vpc: undefined,
  };
}

const ARCHITECTURES = ['x86_64', 'arm64'];
// AWS: the pattern stands verbatim in the error text, recorded 2025-11.
const ROLE_PATTERN = String.raw`arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+`;
const HANDLER_PATTERN = String.raw`[^\s]+`;
/** AWS: the model says 5400, which holds for Managed Instances only. */
const MAX_TIMEOUT_SECONDS = 900;
const LOG_LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const SYSTEM_LOG_LEVELS = ['DEBUG', 'INFO', 'WARN'];

/** Members that would make a function behave as the emulator cannot: silence would be worse than a refusal. */
const UNSUPPORTED = [
  'CapacityProviderConfig',
  'CodeSigningConfigArn',
  'DeadLetterConfig',
  'DurableConfig',
  'FileSystemConfigs',
  'ImageConfig',
  'KMSKeyArn',
  'TenancyConfig',
];

/** Notes violations of the model, which Lambda tells before all else. */
export function constrainSettings(constraints: Constraints, fields: Fields): void {
  const logging = fieldsIn(fields, 'LoggingConfig') ?? {};
  constraints.pattern('role', stringIn(fields, 'Role'), ROLE_PATTERN);
  constraints.maxLength('handler', stringIn(fields, 'Handler'), 128);
  constraints.pattern('handler', stringIn(fields, 'Handler'), HANDLER_PATTERN);
  constraints.maxLength('description', stringIn(fields, 'Description'), 256);
  constraints.range('timeout', integerIn(fields, 'Timeout'), { min: 1, max: MAX_TIMEOUT_SECONDS });
  constraints.range('memorySize', integerIn(fields, 'MemorySize'), { min: MIN_MEMORY_MB, max: MAX_MEMORY_MB });
  constraints.range('ephemeralStorage.size', integerIn(fieldsIn(fields, 'EphemeralStorage') ?? {}, 'Size'), {
    min: 512,
    max: 10_240,
  });
  constraints.oneOf('packageType', stringIn(fields, 'PackageType'), ['Image', 'Zip']);
  constraints.oneOf('tracingConfig.mode', modeOf(fields, 'TracingConfig', 'Mode'), ['Active', 'PassThrough']);
  constraints.oneOf('snapStart.applyOn', modeOf(fields, 'SnapStart', 'ApplyOn'), ['PublishedVersions', 'None']);
  constraints.oneOf('loggingConfig.logFormat', stringIn(logging, 'LogFormat'), ['JSON', 'Text']);
  constraints.oneOf('loggingConfig.applicationLogLevel', stringIn(logging, 'ApplicationLogLevel'), LOG_LEVELS);
  constraints.oneOf('loggingConfig.systemLogLevel', stringIn(logging, 'SystemLogLevel'), SYSTEM_LOG_LEVELS);
  constrainArchitectures(constraints, fields);
  constrainVariables(constraints, variablesIn(fields));
  constrainLayers(constraints, stringsIn(fields, 'Layers'));
}

/** Also those of UpdateFunctionCode, which can change the architecture. */
export function constrainArchitectures(constraints: Constraints, fields: Fields): void {
  const architectures = stringsIn(fields, 'Architectures');
  if (architectures === undefined) return;
  const shown = `[${architectures.join(', ')}]`;
  if (architectures.length > 1) {
    constraints.broken('architectures', shown, 'have length less than or equal to 1');
  } else if (architectures.length === 0) {
    constraints.broken('architectures', shown, 'have length greater than or equal to 1');
  } else if (!architectures.every((each) => ARCHITECTURES.includes(each))) {
    const each = `[Member must satisfy enum value set: [${ARCHITECTURES.join(', ')}], Member must not be null]`;
    constraints.broken('architectures', shown, `satisfy constraint: ${each}`);
  }
}

/**
 * The settings after a request that says what is to be different. To be called after `constrainSettings`.
 * @throws {ServiceError} InvalidParameterValueException
 */
export function applySettings(current: FunctionSettings, fields: Fields, context: SettingsContext): FunctionSettings {
  refuseUnsupported(fields);
  const runtime = stringIn(fields, 'Runtime') ?? current.runtime;
  const env = variablesIn(fields) ?? current.env;
  const layers = stringsIn(fields, 'Layers') ?? current.layers;
  if (stringIn(fields, 'Runtime') !== undefined) checkRuntime(runtime);
  checkVariables(env);
  if (fields['Layers'] !== undefined) checkLayers(layers, context.region);
  return {
    architecture: stringsIn(fields, 'Architectures')?.[0] ?? current.architecture,
    description: stringIn(fields, 'Description') ?? current.description,
    env,
    ephemeralStorageMb: integerIn(fieldsIn(fields, 'EphemeralStorage') ?? {}, 'Size') ?? current.ephemeralStorageMb,
    handler: stringIn(fields, 'Handler') ?? current.handler,
    layers,
    logging: loggingIn(fields, current.logging),
    memoryMb: integerIn(fields, 'MemorySize') ?? current.memoryMb,
    role: stringIn(fields, 'Role') ?? current.role,
    runtime,
    snapStart: modeOf(fields, 'SnapStart', 'ApplyOn') ?? current.snapStart,
    timeoutSeconds: integerIn(fields, 'Timeout') ?? current.timeoutSeconds,
    tracingMode: modeOf(fields, 'TracingConfig', 'Mode') ?? current.tracingMode,
    vpc: vpcIn(fields, current.vpc),
  };
}

function refuseUnsupported(fields: Fields): void {
  const named = UNSUPPORTED.find((name) => !isEmpty(fields[name]));
  if (named === undefined) return;
  throw invalidParameter(`This emulator does not support ${named}. Leave it out where you call the emulator.`);
}

/** Tools send empty members to say that there is nothing. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isFields(value) && Object.values(value).every(isEmpty);
}

function modeOf(fields: Fields, name: string, member: string): string | undefined {
  return stringIn(fieldsIn(fields, name) ?? {}, member);
}

function variablesIn(fields: Fields): Readonly<Record<string, string>> | undefined {
  const environment = fieldsIn(fields, 'Environment');
  return environment === undefined ? undefined : (stringMapIn(environment, 'Variables') ?? {});
}

function loggingIn(fields: Fields, current: LoggingSettings): LoggingSettings {
  const given = fieldsIn(fields, 'LoggingConfig');
  if (given === undefined) return current;
  const format = stringIn(given, 'LogFormat') ?? current.format;
  const group = stringIn(given, 'LogGroup') ?? current.group;
  if (format === 'Text') return { format, group };
  return {
    format,
    group,
    applicationLevel: stringIn(given, 'ApplicationLogLevel') ?? current.applicationLevel ?? 'INFO',
    systemLevel: stringIn(given, 'SystemLogLevel') ?? current.systemLevel ?? 'INFO',
  };
}

function vpcIn(fields: Fields, current: VpcSettings | undefined): VpcSettings | undefined {
  const given = fieldsIn(fields, 'VpcConfig');
  if (given === undefined) return current;
  const subnetIds = stringsIn(given, 'SubnetIds') ?? [];
  return subnetIds.length === 0
    ? undefined
    : { subnetIds, securityGroupIds: stringsIn(given, 'SecurityGroupIds') ?? [] };
}
