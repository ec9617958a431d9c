/** What may be sent again, and when. Pure: time and chance are arguments. */
import { isLambdaPoolError } from '../shared/errors.ts';
import type { LambdaPoolError } from '../shared/errors.ts';

/** How long a function that has never been reached is tried without a `timeoutMs`: a restart fits, and nobody waits long. */
export const UNREACHABLE_PATIENCE_MS = 3_000;
/** Sendings in a row of a chunk of which nothing is ever started. */
export const MAX_FRUITLESS_SENDS = 3;
/** Sendings of an idempotent call whose answer is lost each time. */
export const MAX_LOST_SENDS = 10;

const PAUSES = {
  THROTTLED: { firstMs: 50, maxMs: 5_000 },
  UNREACHABLE: { firstMs: 100, maxMs: 1_000 },
} as const;
const AFTER_LOSS = { firstMs: 100, maxMs: 5_000 } as const;
const AFTER_NAMED_TIME = { firstMs: 50, maxMs: 50 } as const;

/** A refusal: the invocation is known not to have run and may succeed when sent again. */
export type Refusal = LambdaPoolError & { readonly code: keyof typeof PAUSES };

/** Whether the transport refused to send, for a reason that may pass. */
export function isRefusal(error: unknown): error is Refusal {
  if (isLambdaPoolError(error, 'THROTTLED')) return true;
  return isLambdaPoolError(error, 'UNREACHABLE') && error.retryable;
}

// AWS: ThrottleReason of the API, https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html, read 2026-11. Others say that
// too many run at once.
const RATE_REASONS: ReadonlySet<unknown> = new Set([
  'CallerRateLimitExceeded',
  'FunctionInvocationRateLimitExceeded',
  'ReservedFunctionInvocationRateLimitExceeded',
]);

/** Whether invocations come too fast, however few run at once. */
export function isRateRefusal({ code, details }: Refusal): boolean {
  return code === 'THROTTLED' && RATE_REASONS.has(details['reason']);
}

/** The time that the service asks to wait, if it names one. */
export function retryAfterMs({ details }: Refusal): number | undefined {
  const { retryAfterMs } = details;
  return typeof retryAfterMs === 'number' && retryAfterMs > 0 ? retryAfterMs : undefined;
}

/** How long a pool sends nothing of which everything was refused, `times` times in a row before. */
export function pauseMs(refusal: Refusal, times: number, random: number): number {
  return fullJitter(PAUSES[refusal.code], times, random);
}

/** How long a chunk waits whose answer was lost `times` times in a row before. */
export function lossBackoffMs(times: number, random: number): number {
  return fullJitter(AFTER_LOSS, times, random);
}

/** How long a chunk waits that is to come back after a time that the service names. */
export function namedBackoffMs(atLeastMs: number, random: number): number {
  return atLeastMs + fullJitter(AFTER_NAMED_TIME, 0, random);
}

/** A random time up to a bound that doubles: those who failed together do not come back together. */
function fullJitter(
  bound: { readonly firstMs: number; readonly maxMs: number },
  times: number,
  random: number,
): number {
  return random * Math.min(bound.maxMs, bound.firstMs * 2 ** Math.min(Math.max(times, 0), 20));
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
  'TASKS_DIFFER',
]);
