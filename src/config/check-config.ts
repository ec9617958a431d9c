/** Checks what a configuration says, key by key: kind, range and unit. What AWS alone knows is checked when deploying. Pure. */
import { suggest } from '../../agent/suggest.ts';
import { LambdaPoolError, isLambdaPoolError } from '../shared/errors.ts';
import { checkInteger, checkOneOf, checkString, checkStrings, invalidOption, show } from '../shared/options.ts';
import type { LambdaPoolConfig } from './config.ts';

/** Keys of a configuration. */
export type ConfigKey = keyof LambdaPoolConfig;

const CHECKS: { readonly [Key in ConfigKey]-?: (name: string, value: unknown) => LambdaPoolConfig[Key] } = {
  functionName: checkFunctionName,
  tasksRoot: (name, value) => (value instanceof URL ? checkFileUrl(name, value) : checkString(name, value)),
  memoryMb: (name, value) => checkInteger(name, value, { min: 128, max: 10_240 }),
  timeoutMs: checkTimeout,
  env: checkStrings,
  layers: checkList,
  external: checkList,
  assets: checkList,
  runtime: checkString,
  architecture: (name, value) => checkOneOf(name, value, ['x86_64', 'arm64']),
  roleArn: checkString,
  subnetIds: checkList,
  securityGroupIds: checkList,
  tags: checkStrings,
  logRetentionDays: (name, value) => checkInteger(name, value, { min: 1, max: 3_653 }),
  payloadBucket: checkString,
  region: checkString,
  profile: checkString,
};

/** All keys, in the order in which they are documented. */
export const CONFIG_KEYS: readonly ConfigKey[] = Object.keys(CHECKS).filter(isConfigKey);

function isConfigKey(key: string): key is ConfigKey {
  return Object.hasOwn(CHECKS, key);
}

/** What other tools call it, too far from our names to be guessed. */
const OTHER_NAMES: Readonly<Record<string, ConfigKey>> = {
  memorySize: 'memoryMb',
  environment: 'env',
  name: 'functionName',
  function: 'functionName',
  tasks: 'tasksRoot',
  role: 'roleArn',
  subnets: 'subnetIds',
  securityGroups: 'securityGroupIds',
  logRetention: 'logRetentionDays',
  bucket: 'payloadBucket',
};

/**
 * The values of a configuration that came from `place`.
 * @param placeOf Where a key stands: `lambdapool.config.ts:4`.
 * @throws {LambdaPoolError} OPTION_INVALID for an unknown key or a wrong value.
 */
export function checkConfig(value: unknown, placeOf: (key?: string) => string): LambdaPoolConfig {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const expected = 'expected the configuration to be an object such as { "memoryMb": 1769 }';
    throw new LambdaPoolError('OPTION_INVALID', `${placeOf()}: ${expected}, got ${show(value)}.`);
  }
  const checked: Record<string, unknown> = {};
  for (const [key, each] of Object.entries(value)) {
    if (!isConfigKey(key)) throw unknownKey(key, placeOf(key));
    // As in options: undefined says nothing.
    if (each !== undefined) checked[key] = atPlace(() => CHECKS[key](key, each), placeOf(key));
  }
  return checked;
}

function unknownKey(key: string, place: string): LambdaPoolError {
  const other = Object.hasOwn(OTHER_NAMES, key) ? OTHER_NAMES[key] : undefined;
  const meant = other === undefined ? suggest(key, CONFIG_KEYS) : [other];
  const advice =
    meant.length > 0
      ? `Did you mean ${meant.map((name) => `\`${name}\``).join(' or ')}?`
      : `It knows ${CONFIG_KEYS.map((name) => `\`${name}\``).join(', ')}.`;
  return new LambdaPoolError('OPTION_INVALID', `${place}: the configuration has no key \`${key}\`. ${advice}`, {
    details: { option: key },
  });
}

function atPlace<T>(check: () => T, place: string): T {
  try {
    return check();
  } catch (error) {
    if (!isLambdaPoolError(error)) throw error;
    throw new LambdaPoolError(error.code, `${place}: ${error.message}`, { cause: error, details: error.details });
  }
}

/** AWS: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html, read 2026-11 */
function checkFunctionName(name: string, value: unknown): string {
  if (typeof value === 'string' && /^[\w-]{1,64}$/.test(value)) return value;
  throw invalidOption(name, 'a name of 1 to 64 letters, digits, hyphens and underscores', value);
}

function checkFileUrl(name: string, value: URL): URL {
  if (value.protocol === 'file:') return value;
  throw invalidOption(name, 'a path or a file: URL', value.href);
}

/** Lambda counts in seconds: less is most likely a number of them. */
function checkTimeout(name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 900) {
    const meant = `\`${name}\` counts milliseconds, of which ${value} are too few. Did you mean ${value}_000?`;
    throw new LambdaPoolError('OPTION_INVALID', meant, { details: { option: name } });
  }
  const checked = checkInteger(name, value, { min: 1_000, max: 900_000 });
  if (checked % 1_000 === 0) return checked;
  throw invalidOption(name, 'whole seconds in milliseconds, such as 60000', value);
}

function checkList(name: string, value: unknown): readonly string[] {
  if (Array.isArray(value) && value.every((each) => typeof each === 'string' && each !== '')) return value;
  throw invalidOption(name, 'an array of non-empty strings', value);
}
