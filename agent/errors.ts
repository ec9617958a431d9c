/** Errors that the agent reports on its own account, and how it shows values that it refuses. */
import { inspect } from 'node:util';

const MAX_SHOWN_CHARACTERS = 100;

/** An Error with that name, which Lambda reports as `errorType`, and with facts for programs as own properties. */
export function agentError(name: string, message: string, facts: Readonly<Record<string, unknown>> = {}): Error {
  const error = Object.assign(new Error(message), facts);
  Object.defineProperty(error, 'name', { value: name, writable: true, configurable: true });
  return error;
}

/** `"abc" (string)`, `5 (number)`, `an array of 3`, `an object`: never the whole of a long value. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `${quote(value)} (string)`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (value === null || value === undefined) return String(value);
  return `${inspect(value)} (${typeof value})`;
}

/** The text in quotes, cut where it is long: it comes from the request and may be a megabyte. */
export function quote(text: string): string {
  if (text.length <= MAX_SHOWN_CHARACTERS) return JSON.stringify(text);
  return `${JSON.stringify(`${text.slice(0, MAX_SHOWN_CHARACTERS)}...`)} (${text.length} characters)`;
}
