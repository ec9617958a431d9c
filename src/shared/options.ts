/** Checks for options: each names the option, what was expected, and what came with its type. */
import { inspect } from 'node:util';
import { LambdaPoolError } from './errors.ts';

/** `"abc" (string)`, `0 (number)`, `an array of 3`: how a message shows a value that was refused. */
export function show(value: unknown): string {
  if (typeof value === 'string')
    return `${JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value)} (string)`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'function') return `a function`;
  if (typeof value === 'object' && value !== null) return `an object`;
  if (value === null || value === undefined) return String(value);
  return `${inspect(value)} (${typeof value})`;
}

export function invalidOption(name: string, expected: string, value: unknown): LambdaPoolError {
  return new LambdaPoolError(
    'OPTION_INVALID',
    `Expected the option \`${name}\` to be ${expected}, got ${show(value)}.`,
    {
      details: { option: name },
    },
  );
}

/** Refuses unknown keys, and names the nearest known ones. */
export function checkKeys(what: string, options: object, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new LambdaPoolError('OPTION_INVALID', `Expected ${what} to be an object, got ${show(options)}.`);
  }
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    throw new LambdaPoolError(
      'OPTION_INVALID',
      `${what} has no option \`${key}\`. It knows ${known.map((name) => `\`${name}\``).join(', ')}.`,
      {
        details: { option: key },
      },
    );
  }
}

export function checkInteger(
  name: string,
  value: unknown,
  range: { readonly min: number; readonly max?: number },
): number {
  const max = range.max ?? Number.MAX_SAFE_INTEGER;
  if (typeof value === 'number' && Number.isInteger(value) && value >= range.min && value <= max) return value;
  const expected =
    range.max === undefined ? `an integer of at least ${range.min}` : `an integer from ${range.min} to ${max}`;
  throw invalidOption(name, expected, value);
}

export function checkString(name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw invalidOption(name, 'a non-empty string', value);
}

export function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw invalidOption(name, 'true or false', value);
}

export function checkOneOf<const T extends string>(name: string, value: unknown, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value);
  if (found !== undefined) return found;
  throw invalidOption(name, allowed.map((each) => `'${each}'`).join(' or '), value);
}

export function checkFunction<T>(name: string, value: T): T {
  if (typeof value === 'function') return value;
  throw invalidOption(name, 'a function', value);
}

export function checkSignal(name: string, value: unknown): AbortSignal {
  if (value instanceof AbortSignal) return value;
  throw invalidOption(name, 'an AbortSignal', value);
}

/** A record of strings, such as environment variables. */
export function checkStrings(name: string, value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalidOption(name, 'an object of strings', value);
  const checked: Record<string, string> = Object.create(null);
  for (const [key, each] of Object.entries(value)) {
    if (typeof each !== 'string') throw notString(`${name}.${key}`, each);
    checked[key] = each;
  }
  return checked;
}

/** Says of what type it is, not what it is: variables hold secrets. */
function notString(name: string, value: unknown): LambdaPoolError {
  const kind = typeof value === 'object' || value === undefined ? show(value) : `a ${typeof value}`;
  return new LambdaPoolError('OPTION_INVALID', `Expected the option \`${name}\` to be a string, got ${kind}.`, {
    details: { option: name },
  });
}
