/** Reads the values of options: text to numbers, JSON and environment variables. */
import { InvalidArgumentError } from 'commander';
import { LambdaPoolError } from '../shared/errors.ts';

/** A parser for whole numbers from `min` to `max`. */
export function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
  };
}

/** Seconds, also parts of them, as milliseconds. */
export function seconds(max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Math.round(Number(text) * 1000) : NaN;
    if (value >= 1 && value <= max * 1000) return value;
    throw new InvalidArgumentError(`Expected seconds, more than 0 and at most ${max}.`);
  };
}

/** Adds one `KEY=VALUE`, or `KEY` alone, which takes its value from `host`. */
export function environmentVariable(
  text: string,
  earlier: Readonly<Record<string, string>>,
  host: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const [, key = '', value] = /^([A-Za-z_]\w*)(?:=(.*))?$/s.exec(text) ?? [];
  if (key === '') throw new InvalidArgumentError('Expected KEY=VALUE, or KEY for the value that it has here.');
  const taken = value ?? host[key];
  if (taken === undefined) throw new InvalidArgumentError(`${key} is not set here. Give it a value: ${key}=VALUE.`);
  return { ...earlier, [key]: taken };
}

/** Adds one `KEY=VALUE`. */
export function keyValue(text: string, earlier: Readonly<Record<string, string>> = {}): Record<string, string> {
  const [, key = '', value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (value === undefined) throw new InvalidArgumentError('Expected KEY=VALUE.');
  return { ...earlier, [key]: value };
}

/** Adds values that commas separate. */
export function list(text: string, earlier: readonly string[] = []): readonly string[] {
  const values = text.split(',').map((value) => value.trim());
  return [...earlier, ...values.filter((value) => value !== '')];
}

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30s`, `10m`, `2h`, `1d` as milliseconds. */
export function duration(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const unitMs = UNITS_MS[unit];
  if (unitMs === undefined) throw new InvalidArgumentError('Expected a duration such as 30s, 10m, 2h or 1d.');
  return Number(count) * unitMs;
}

export function accountId(text: string): string {
  if (/^\d{12}$/.test(text)) return text;
  throw new InvalidArgumentError('Expected the twelve digits of an AWS account.');
}

/** As it stands in ARNs: `eu-central-1`, `us-gov-west-1`. */
export function regionName(text: string): string {
  if (/^[a-z]{2,}(-[a-z]+)+-\d+$/.test(text)) return text;
  throw new InvalidArgumentError('Expected a region such as eu-central-1.');
}

/** `--args`: the JSON of an array. */
export function jsonArray(text: string): readonly unknown[] {
  const value = parseJson('--args', text, `'[10]'`);
  if (Array.isArray(value)) return value;
  throw usage(`--args must be a JSON array, such as '[10]', got ${text}.`);
}

/** `--kwds`: the JSON of an object. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> {
  const value = parseJson('--kwds', text, `'{"n":10}'`);
  if (isRecord(value)) return value;
  throw usage(`--kwds must be a JSON object, such as '{"n":10}', got ${text}.`);
}

function parseJson(option: string, text: string, example: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw usage(`${option} is not JSON (${reason(error)}). Quote it for your shell: ${option} ${example}.`, error);
  }
}

/** What JSON.parse complained of, on one line. */
export function reason(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ');
}

/** A command line that cannot be carried out. */
export function usage(message: string, cause?: unknown): LambdaPoolError {
  return new LambdaPoolError('OPTION_INVALID', message, { cause });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
