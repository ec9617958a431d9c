/** Makes what a task threw an instance of the class that the caller knows it by. */
import { invalidOption } from '../shared/options.ts';

/** A class of errors. */
export type ErrorClass = abstract new (...args: never[]) => Error;

/** Options about errors. */
export interface ErrorClassOptions {
  /**
   * Classes for what tasks throw, by the name of the remote error: `{ PaymentError }`. The `cause` of a TaskError, and
   * the causes and `errors` within it, are then instances of them, with the properties that the remote errors had. No
   * constructor is called, so private fields are missing.
   * @default built-in classes only; others become an Error with the remote name
   */
  readonly errors?: Readonly<Record<string, ErrorClass>> | undefined;
}

/** Classes by the name of the error. */
export type ErrorClasses = ReadonlyMap<string, ErrorClass>;

export const ERROR_CLASS_KEYS: readonly string[] = ['errors'];

/**
 * Undefined if there are none.
 * @throws {LambdaPoolError} OPTION_INVALID
 */
export function errorClasses({ errors }: ErrorClassOptions): ErrorClasses | undefined {
  if (errors === undefined) return undefined;
  if (typeof errors !== 'object' || errors === null || Array.isArray(errors)) {
    throw invalidOption('errors', 'an object of classes of errors by name', errors);
  }
  for (const [name, each] of Object.entries(errors)) {
    if (!isErrorClass(each)) throw invalidOption(`errors.${name}`, 'a class of errors', each);
  }
  return new Map(Object.entries(errors));
}

/** Gives errors of a known name, at any depth, their class. Changes `thrown`, which nobody else has seen. */
export function withClasses(thrown: unknown, classes: ErrorClasses | undefined): unknown {
  if (classes !== undefined) classify(thrown, classes, new Set());
  return thrown;
}

function classify(thrown: unknown, classes: ErrorClasses, seen: Set<unknown>): void {
  if (!(thrown instanceof Error) || thrown instanceof DOMException || seen.has(thrown)) return;
  seen.add(thrown);
  const found = classes.get(thrown.name);
  // The error itself, not a copy: it keeps its stack and its place in whatever refers to it.
  if (found !== undefined) Object.setPrototypeOf(thrown, found.prototype);
  classify(thrown.cause, classes, seen);
  const inner: unknown = 'errors' in thrown ? thrown.errors : undefined;
  if (Array.isArray(inner)) for (const each of inner) classify(each, classes, seen);
}

function isErrorClass(value: unknown): boolean {
  return typeof value === 'function' && (value === Error || value.prototype instanceof Error);
}
