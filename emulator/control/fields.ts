/** Reads members of a request that came as JSON: each is what it should be, absent, or refused. Pure. */
import { ServiceError } from '../service-error.ts';

export type Fields = Readonly<Record<string, unknown>>;

export function stringIn(fields: Fields, name: string): string | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw wrongType(name, 'a string', value);
}

export function integerIn(fields: Fields, name: string): number | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined || (typeof value === 'number' && Number.isInteger(value))) return value;
  throw wrongType(name, 'an integer', value);
}

export function booleanIn(fields: Fields, name: string): boolean {
  const value = fields[name] ?? false;
  if (typeof value === 'boolean') return value;
  throw wrongType(name, 'true or false', value);
}

export function stringsIn(fields: Fields, name: string): readonly string[] | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value;
  throw wrongType(name, 'a list of strings', value);
}

export function fieldsIn(fields: Fields, name: string): Fields | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined || isFields(value)) return value;
  throw wrongType(name, 'an object', value);
}

export function stringMapIn(fields: Fields, name: string): Readonly<Record<string, string>> | undefined {
  const value = fieldsIn(fields, name);
  if (value === undefined) return undefined;
  const map: Record<string, string> = Object.create(null);
  for (const [key, each] of Object.entries(value)) {
    if (typeof each !== 'string') throw wrongType(`${name}.${key}`, 'a string', each);
    map[key] = each;
  }
  return map;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

/** AWS: the code is its own; the wording is ours. */
function wrongType(name: string, expected: string, value: unknown): ServiceError {
  const message = `Expected ${name} to be ${expected}, got ${Array.isArray(value) ? 'a list' : typeof value}.`;
  return new ServiceError('SerializationException', message, { status: 400 });
}
