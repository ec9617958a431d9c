/** What can be said of a function, checked in one place. Knows limits, not what is deployed. */
import { LambdaPoolError } from '../shared/errors.ts';
import {
  checkInteger,
  checkKeys,
  checkOneOf,
  checkString,
  checkStrings,
  invalidOption,
  show,
} from '../shared/options.ts';
import type { Architecture } from './package/target-platform.ts';
import { RESERVED_ENV, RESERVED_TAGS } from './function/marks.ts';
import { checkRuntime, dayOf } from './runtimes.ts';

/**
 * Settings of a deployed function. What is left out stays as it is deployed, and for a new function has its default;
 * `{}` and `[]` clear.
 */
export interface FunctionSettings {
  /**
   * Memory, in MB: 128 to 10,240.
   * @default 1769, one vCPU
   */
  readonly memoryMb?: number | undefined;
  /**
   * How long one invocation may run, in milliseconds: whole seconds, up to 900,000.
   * @default 60_000
   */
  readonly timeoutMs?: number | undefined;
  /**
   * `nodejs24.x`, `nodejs22.x` ...
   * @default the newest that AWS supports
   */
  readonly runtime?: string | undefined;
  /** @default 'x86_64'; that of this machine for the emulator */
  readonly architecture?: Architecture | undefined;
  /** ARNs of layer versions, at most 5. */
  readonly layers?: readonly string[] | undefined;
  /** Environment variables; all of them, as JSON, at most 4 KB. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Subnets of a VPC, with `securityGroupIds`. */
  readonly subnetIds?: readonly string[] | undefined;
  readonly securityGroupIds?: readonly string[] | undefined;
  /**
   * An execution role of your own. Nothing is created or changed in IAM then.
   * @default a role `lambdapool-role-NAME` that may write the function's log, and no more
   */
  readonly roleArn?: string | undefined;
  /** Tags of the function, and of its role and log group when those are made. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /**
   * How long CloudWatch keeps what the function logs, in days.
   * @default 30
   */
  readonly logRetentionDays?: number | undefined;
  /** Bucket through which packages over 50 MB travel; what is put there is deleted again. */
  readonly codeBucket?: string | undefined;
}

export type { Architecture };

const KNOWN = [
  'memoryMb',
  'timeoutMs',
  'runtime',
  'architecture',
  'layers',
  'env',
  'subnetIds',
  'securityGroupIds',
  'roleArn',
  'tags',
  'logRetentionDays',
  'codeBucket',
] as const satisfies readonly (keyof FunctionSettings)[];

// AWS: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, read 2026-11
const MAX_LAYERS = 5;
const MAX_ENV_BYTES = 4096;
const MAX_SUBNETS = 16;
const MAX_SECURITY_GROUPS = 5;
// AWS: tags of a resource are at most 50; our own are among them.
const MAX_TAGS = 50 - RESERVED_TAGS.length;
// AWS: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html, read 2026-11
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Set by Lambda itself. AWS: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html, read 2026-11 */
const LAMBDAS_ENV =
  /^(_HANDLER|_X_AMZN_TRACE_ID|LAMBDA_TASK_ROOT|LAMBDA_RUNTIME_DIR|AWS_(REGION|DEFAULT_REGION|EXECUTION_ENV|ACCESS_KEY|ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)|AWS_LAMBDA_(FUNCTION_NAME|FUNCTION_MEMORY_SIZE|FUNCTION_VERSION|INITIALIZATION_TYPE|LOG_GROUP_NAME|LOG_STREAM_NAME|RUNTIME_API))$/;

/**
 * Checks settings and returns them without what is undefined.
 * @throws {LambdaPoolError} OPTION_INVALID names the setting, what was expected and what came.
 */
export function checkSettings(settings: FunctionSettings, now: Date = new Date()): FunctionSettings {
  checkKeys('The settings of a function', settings, KNOWN);
  const given: FunctionSettings = Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined),
  );
  checkSize(given);
  if (given.runtime !== undefined) checkRuntime(given.runtime, dayOf(now));
  if (given.architecture !== undefined) checkOneOf('architecture', given.architecture, ['x86_64', 'arm64']);
  if (given.layers !== undefined) checkLayers(given.layers);
  if (given.env !== undefined) checkEnv(given.env);
  checkVpc(given);
  if (given.roleArn !== undefined) checkRoleArn(given.roleArn);
  if (given.tags !== undefined) checkTags(given.tags);
  if (given.logRetentionDays !== undefined) checkRetention(given.logRetentionDays);
  if (given.codeBucket !== undefined) checkString('codeBucket', given.codeBucket);
  return given;
}

/**
 * The name of a function, as Lambda takes it at its creation.
 * @throws {LambdaPoolError} OPTION_INVALID
 */
export function checkFunctionName(value: unknown): string {
  if (typeof value === 'string' && /^[a-zA-Z0-9-_]{1,64}$/.test(value)) return value;
  throw invalidOption('functionName', 'a name of 1 to 64 letters, digits, hyphens and underscores', value);
}

function checkSize({ memoryMb, timeoutMs }: FunctionSettings): void {
  if (memoryMb !== undefined) checkInteger('memoryMb', memoryMb, { min: 128, max: 10_240 });
  if (timeoutMs === undefined) return;
  checkInteger('timeoutMs', timeoutMs, { min: 1000, max: 900_000 });
  if (timeoutMs % 1000 !== 0) throw invalidOption('timeoutMs', 'whole seconds, as Lambda counts them', timeoutMs);
}

function checkLayers(layers: readonly string[]): void {
  checkList('layers', layers);
  if (layers.length > MAX_LAYERS) throw invalidOption('layers', `at most ${MAX_LAYERS} layers`, layers);
  layers.forEach((layer, index) => {
    if (/^arn:aws[a-zA-Z-]*:lambda:[a-z0-9-]+:\d{12}:layer:[a-zA-Z0-9-_]+:\d+$/.test(layer)) return;
    const expected = 'the ARN of a layer version such as arn:aws:lambda:eu-central-1:123456789012:layer:my-layer:3';
    throw invalidOption(`layers[${index}]`, expected, layer);
  });
}

function checkEnv(env: Readonly<Record<string, string>>): void {
  checkStrings('env', env);
  for (const name of Object.keys(env)) {
    if (!/^[a-zA-Z][a-zA-Z0-9_]+$/.test(name)) {
      throw invalidOption('env', 'names of two or more letters, digits and underscores that begin with a letter', name);
    }
    if (LAMBDAS_ENV.test(name)) throw reserved('env', name, 'Lambda sets it itself');
    if (RESERVED_ENV.includes(name)) throw reserved('env', name, 'lambdapool marks its functions with it');
  }
}

/** Of all variables that are sent, our marks among them: they count, too. */
export function checkEnvSize(env: Readonly<Record<string, string>>): void {
  const bytes = Buffer.byteLength(JSON.stringify(env));
  if (bytes <= MAX_ENV_BYTES) return;
  const message =
    `The environment variables take ${bytes} bytes as JSON, and Lambda takes ${MAX_ENV_BYTES}. ` +
    'Put large values into a file of the tasks root (`assets`) or a parameter store.';
  throw new LambdaPoolError('OPTION_INVALID', message, { details: { option: 'env', bytes } });
}

function checkVpc({ subnetIds, securityGroupIds }: FunctionSettings): void {
  const subnets = checkIds('subnetIds', subnetIds, 'subnet');
  const groups = checkIds('securityGroupIds', securityGroupIds, 'sg');
  if (subnets.length > MAX_SUBNETS) throw invalidOption('subnetIds', `at most ${MAX_SUBNETS}`, subnets);
  if (groups.length > MAX_SECURITY_GROUPS) {
    throw invalidOption('securityGroupIds', `at most ${MAX_SECURITY_GROUPS}`, groups);
  }
  if (subnets.length > 0 === groups.length > 0) return;
  const missing = subnets.length > 0 ? 'securityGroupIds' : 'subnetIds';
  const message = `A function in a VPC needs both \`subnetIds\` and \`securityGroupIds\`, and there are no \`${missing}\`.`;
  throw new LambdaPoolError('OPTION_INVALID', message, { details: { option: missing } });
}

function checkIds(name: string, ids: readonly string[] | undefined, prefix: string): readonly string[] {
  if (ids === undefined) return [];
  checkList(name, ids);
  ids.forEach((id, index) => {
    if (new RegExp(`^${prefix}-[0-9a-zA-Z]+$`).test(id)) return;
    throw invalidOption(`${name}[${index}]`, `an id such as ${prefix}-0a1b2c3d`, id);
  });
  return ids;
}

function checkRoleArn(arn: string): void {
  if (/^arn:aws[a-zA-Z-]*:iam::\d{12}:role\/[a-zA-Z_0-9+=,.@\-_/]+$/.test(arn)) return;
  throw invalidOption('roleArn', 'the ARN of a role such as arn:aws:iam::123456789012:role/my-role', arn);
}

// AWS: https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html, read 2026-11
function checkTags(tags: Readonly<Record<string, string>>): void {
  checkStrings('tags', tags);
  if (Object.keys(tags).length > MAX_TAGS) throw invalidOption('tags', `at most ${MAX_TAGS} tags`, Object.keys(tags));
  for (const [key, value] of Object.entries(tags)) {
    if (RESERVED_TAGS.includes(key)) throw reserved('tags', key, 'lambdapool marks its functions with it');
    if (/^aws:/i.test(key)) throw reserved('tags', key, 'names that begin with aws: are its own');
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u.test(key))
      throw invalidOption('tags', 'names of 1 to 128 letters, digits, spaces and _.:/=+-@', key);
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u.test(value)) {
      throw invalidOption(`tags.${key}`, 'at most 256 letters, digits, spaces and _.:/=+-@', value);
    }
  }
}

function checkRetention(days: number): void {
  if (RETENTION_DAYS.includes(days)) return;
  throw invalidOption(
    'logRetentionDays',
    `one of the numbers that CloudWatch knows (${RETENTION_DAYS.join(', ')})`,
    days,
  );
}

function checkList(name: string, value: unknown): void {
  if (!Array.isArray(value)) throw invalidOption(name, 'an array of strings', value);
  value.forEach((each: unknown, index) => checkString(`${name}[${index}]`, each));
}

function reserved(option: string, name: string, why: string): LambdaPoolError {
  return new LambdaPoolError('OPTION_INVALID', `The option \`${option}\` may not have ${show(name)}: ${why}.`, {
    details: { option: `${option}.${name}` },
  });
}
