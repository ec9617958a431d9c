/** When a refused invocation is sent again. Pure: time and chance are arguments. */
import { isLambdaPoolError } from '../shared/errors.ts';
import type { LambdaPoolError } from '../shared/errors.ts';

/** How long a function that cannot be reached is tried again without a `timeoutMs`: a restart fits, and nobody waits long. */
export const UNREACHABLE_PATIENCE_MS = 3_000;
/** Sendings of an idempotent call whose connection is lost each time, and of a chunk of which nothing is ever started. */
export const MAX_FRUITLESS_SENDS = 3;

const BACKOFF = {
  THROTTLED: { firstMs: 50, maxMs: 5_000 },
  UNREACHABLE: { firstMs: 100, maxMs: 1_000 },
} as const;

/** A refusal: the invocation is known not to have run and may succeed when sent again. */
export type Refusal = LambdaPoolError & { readonly code: keyof typeof BACKOFF };

/** Whether the transport refused to send, for a reason that may pass. */
export function isRefusal(error: unknown): error is Refusal {
  if (isLambdaPoolError(error, 'THROTTLED')) return true;
  return isLambdaPoolError(error, 'UNREACHABLE') && error.retryable;
}

/**
 * Full jitter: a random time up to a bound that doubles with each refusal, so that many who were refused together do not
 * come back together. A time that the service names is kept.
 * @param random From 0 to 1.
 */
export function backoffMs(refusal: Refusal, refusals: number, random: number): number {
  const { firstMs, maxMs } = BACKOFF[refusal.code];
  const { retryAfterMs } = refusal.details;
  const atLeast = typeof retryAfterMs === 'number' ? retryAfterMs : 0;
  return atLeast + random * Math.min(maxMs, firstMs * 2 ** Math.min(refusals, 20));
}

/** Errors after which other calls of the same job would only fail in the same way: those not yet sent fail with it. */
export function isFatal(error: unknown): error is LambdaPoolError {
  return isLambdaPoolError(error) && FATAL.has(error.code);
}

const FATAL: ReadonlySet<string> = new Set([
  'UNREACHABLE',
  'ACCESS_DENIED',
  'FUNCTION_NOT_FOUND',
  'BUILD_FAILED',
  'OPTION_INVALID',
  'POOL_CLOSED',
]);
