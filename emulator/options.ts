/** Options of the emulator and of a function: meaning, defaults, checks. */
import { availableParallelism } from 'node:os';
import type { CodeSource } from '../src/bundle/code-source.ts';
import { LambdaPoolError } from '../src/shared/errors.ts';
import { DEFAULT_MEMORY_MB, DEFAULT_TIMEOUT_MS } from '../src/shared/function-defaults.ts';
import {
  checkInteger,
  checkKeys,
  checkOneOf,
  checkString,
  checkStrings,
  invalidOption,
} from '../src/shared/options.ts';
import { RESERVED_VARIABLES } from './environments/environment-variables.ts';
import {
  EVENT_RETRY_DELAYS_MS,
  INIT_TIMEOUT_MS,
  MAX_ENVIRONMENT_BYTES,
  MAX_MEMORY_MB,
  MAX_TIMEOUT_MS,
  MIN_MEMORY_MB,
} from './limits.ts';

export interface EmulatorOptions {
  /**
   * What an environment is. Processes behave as on Lambda: native modules, `process.exit`, memory, signals. Threads
   * start and answer faster, but share the working directory and native state with the emulator.
   * @default 'process'
   */
  readonly isolation?: 'process' | 'thread' | undefined;
  /**
   * How many environments this machine may run; invocations beyond it wait. During a reload the old generation's are
   * there besides. @default the available cores
   */
  readonly concurrency?: number | undefined;
  /** Twelve digits, for ARNs. @default '000000000000' */
  readonly accountId?: string | undefined;
  /** For ARNs and environment variables. @default 'us-east-1' */
  readonly region?: string | undefined;
  /**
   * Milliseconds before each retry of a failed Event invocation; as many retries as there are entries, at most 2.
   * @default [60000, 120000], as on Lambda
   */
  readonly eventRetryDelaysMs?: readonly number[] | undefined;
}

export interface FunctionOptions {
  /** @default 'lambdapool' */
  readonly functionName?: string | undefined;
  /** Where the code comes from. The emulator owns it and disposes of it. */
  readonly code: CodeSource;
  /** Megabytes from 128 to 10240; an environment that takes more is killed. @default 1769, one vCPU on Lambda */
  readonly memoryMb?: number | undefined;
  /** Milliseconds up to 900000; an environment that takes longer is killed. @default 60000 */
  readonly timeoutMs?: number | undefined;
  /** Variables besides Lambda's own. Nothing of the host's environment is passed on. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Which runtime to be: nodejs22.x knows callbacks. The Node that runs is the emulator's own. @default 'nodejs24.x' */
  readonly runtime?: 'nodejs22.x' | 'nodejs24.x' | undefined;
  /**
   * Port on 127.0.0.1 at which an environment waits for a debugger before it runs anything; `timeoutMs` does not hold
   * then. For an emulator with `isolation: 'process'` and a `concurrency` of 1, as there is but one such port.
   * @default no debugger
   */
  readonly inspectPort?: number | undefined;
}

export interface ResolvedEmulatorOptions {
  readonly isolation: 'process' | 'thread';
  readonly concurrency: number;
  readonly accountId: string;
  readonly region: string;
  readonly eventRetryDelaysMs: readonly number[];
}

export interface ResolvedFunctionOptions {
  readonly functionName: string;
  readonly code: CodeSource;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  readonly env: Readonly<Record<string, string>>;
  readonly runtime: string;
  readonly inspectPort: number | undefined;
}

/** Name of a function that is not given one. */
export const DEFAULT_FUNCTION_NAME = 'lambdapool';

const EMULATOR_KEYS = ['isolation', 'concurrency', 'accountId', 'region', 'eventRetryDelaysMs'] as const;
const FUNCTION_KEYS = ['functionName', 'code', 'memoryMb', 'timeoutMs', 'env', 'runtime', 'inspectPort'] as const;

/** As long as a timer can count, INIT included: 24 days. */
const NO_TIMEOUT_MS = 2 ** 31 - 1 - INIT_TIMEOUT_MS;
const MAX_RETRIES = 2;
const MAX_RETRY_DELAY_MS = 3_600_000;

/** @throws {LambdaPoolError} OPTION_INVALID */
export function resolveEmulatorOptions(options: EmulatorOptions): ResolvedEmulatorOptions {
  checkKeys('Emulator', options, EMULATOR_KEYS);
  return {
    isolation: checkOneOf('isolation', options.isolation ?? 'process', ['process', 'thread']),
    concurrency: checkInteger('concurrency', options.concurrency ?? availableParallelism(), { min: 1, max: 10_000 }),
    accountId: checkName('accountId', options.accountId ?? '000000000000'),
    region: checkName('region', options.region ?? 'us-east-1'),
    eventRetryDelaysMs: checkRetryDelays(options.eventRetryDelaysMs ?? EVENT_RETRY_DELAYS_MS),
  };
}

/** @throws {LambdaPoolError} OPTION_INVALID */
export function resolveFunctionOptions(options: FunctionOptions): ResolvedFunctionOptions {
  checkKeys('register', options, FUNCTION_KEYS);
  const { inspectPort } = options;
  const timeoutMs = checkInteger('timeoutMs', options.timeoutMs ?? DEFAULT_TIMEOUT_MS, { min: 1, max: MAX_TIMEOUT_MS });
  if (inspectPort !== undefined) checkInteger('inspectPort', inspectPort, { min: 1, max: 65_535 });
  return {
    functionName: checkName('functionName', options.functionName ?? DEFAULT_FUNCTION_NAME),
    code: checkCode(options.code),
    memoryMb: checkInteger('memoryMb', options.memoryMb ?? DEFAULT_MEMORY_MB, {
      min: MIN_MEMORY_MB,
      max: MAX_MEMORY_MB,
    }),
    // Who looks at a call step by step should not be hurried.
    timeoutMs: inspectPort === undefined ? timeoutMs : NO_TIMEOUT_MS,
    env: checkEnv(options.env ?? {}),
    runtime: checkOneOf('runtime', options.runtime ?? 'nodejs24.x', ['nodejs22.x', 'nodejs24.x']),
    inspectPort,
  };
}

/** @throws {LambdaPoolError} OPTION_INVALID where nobody, or more than one, could listen for a debugger. */
export function checkInspectable(options: ResolvedFunctionOptions, emulator: ResolvedEmulatorOptions): void {
  if (options.inspectPort === undefined) return;
  if (emulator.isolation === 'process' && emulator.concurrency === 1) return;
  const message = "The option `inspectPort` needs an emulator with `isolation: 'process'` and `concurrency: 1`.";
  throw new LambdaPoolError('OPTION_INVALID', message, { details: { option: 'inspectPort' } });
}

/** What names must look like: they become parts of ARNs and of paths. */
const NAMES = {
  accountId: { pattern: /^\d{12}$/, expected: 'a string of twelve digits' },
  region: { pattern: /^[a-z]{2,}(-[a-z]+)+-\d$/, expected: "a region like 'us-east-1'" },
  functionName: {
    pattern: /^[a-zA-Z0-9-_]{1,64}$/,
    expected: 'a name of up to 64 letters, digits, hyphens and underscores',
  },
} as const;

function checkName(name: keyof typeof NAMES, value: unknown): string {
  const text = checkString(name, value);
  const { pattern, expected } = NAMES[name];
  if (!pattern.test(text)) throw invalidOption(name, expected, value);
  return text;
}

function checkRetryDelays(value: unknown): readonly number[] {
  if (!Array.isArray(value) || value.length > MAX_RETRIES) {
    throw invalidOption('eventRetryDelaysMs', `an array of at most ${MAX_RETRIES} numbers`, value);
  }
  return value.map((each) => checkInteger('eventRetryDelaysMs', each, { min: 0, max: MAX_RETRY_DELAY_MS }));
}

function checkCode(code: CodeSource): CodeSource {
  const given: unknown = code;
  if (typeof given === 'object' && given !== null && 'current' in given && 'onChange' in given) return code;
  throw invalidOption('code', 'a code source', given);
}

function checkEnv(value: unknown): Readonly<Record<string, string>> {
  const env = checkStrings('env', value);
  for (const [name, text] of Object.entries(env)) {
    if (name === '' || `${name}${text}`.includes('\0') || name.includes('=')) {
      throw invalidOption('env', 'variables without NUL, and names without =', env);
    }
  }
  const reserved = RESERVED_VARIABLES.find((name) => name in env);
  if (reserved !== undefined) {
    throw new LambdaPoolError(
      'OPTION_INVALID',
      `The option \`env\` sets ${reserved}, which Lambda reserves for itself. Leave it out.`,
      { details: { option: 'env', variable: reserved } },
    );
  }
  const bytes = Buffer.byteLength(JSON.stringify(env));
  if (bytes <= MAX_ENVIRONMENT_BYTES) return env;
  throw new LambdaPoolError(
    'OPTION_INVALID',
    `The option \`env\` takes ${bytes} bytes as JSON; Lambda allows ${MAX_ENVIRONMENT_BYTES}. Move large values into a file of the code.`,
    { details: { option: 'env', bytes } },
  );
}
