/** How Lambda's Node runtime words errors. Follows aws-lambda-ric 3.3 (Node 22 and older) and 4.0 (Node 24). */

/** An error object as Lambda answers it. */
export interface ErrorPayload {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** An error of the runtime itself, with the name under which Lambda knows it. */
export class RuntimeError extends Error {
  constructor(name: string, message: string, stack?: string) {
    super(message);
    Object.defineProperty(this, 'name', { value: name, configurable: true, writable: true });
    this.stack = stack ?? `${name}: ${message}\n${(this.stack ?? '').split('\n').slice(1).join('\n')}`;
  }
}

// DEL breaks the header in which Lambda repeats the error.
const clean = (text: string): string => text.replaceAll('\u007F', '%7F');

const UNREADABLE =
  'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack';

interface ErrorLike {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

function isErrorLike(value: unknown): value is ErrorLike {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    typeof value.name === 'string' &&
    'message' in value &&
    typeof value.message === 'string' &&
    'stack' in value &&
    typeof value.stack === 'string'
  );
}

/**
 * @param modern Node 24: only instances of this realm's Error count as errors; before, whatever looks like one.
 */
export function formatError(thrown: unknown, modern: boolean): ErrorPayload {
  try {
    if (modern ? thrown instanceof Error : isErrorLike(thrown)) {
      const { name, message, stack } = thrown as ErrorLike;
      return { errorType: clean(name), errorMessage: clean(message), trace: clean(stack).split('\n') };
    }
    if (!modern && (thrown === undefined || thrown === null)) throw new TypeError('no toString');
    return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  } catch {
    return { errorType: 'handled', errorMessage: UNREADABLE, ...(modern ? { trace: [] } : {}) };
  }
}

/** The form in which the runtime logs an error, after a tab. */
export function formatErrorForLog(thrown: unknown, modern: boolean): string {
  try {
    return `\t${JSON.stringify(thrown, (_key, value: unknown) => (value instanceof Error ? withOwn(value) : value))}`;
  } catch {
    return `\t${JSON.stringify(formatError(thrown, modern))}`;
  }
}

function withOwn(error: Error): object {
  const code: unknown = 'code' in error ? error.code : undefined;
  return {
    errorType: error.name,
    errorMessage: error.message,
    code,
    ...Object.fromEntries(Object.entries(error)),
    ...(typeof error.stack === 'string' ? { stack: error.stack.split('\n') } : {}),
  };
}
