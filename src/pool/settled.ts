/** Outcomes of a map in the shape of `Promise.allSettled`. Pure. */

/** @param failures By index; a call that is not in it returned what stands in `results`. */
export function settleAll<R>(
  results: unknown[],
  failures: ReadonlyMap<number, unknown> = new Map(),
): PromiseSettledResult<R>[] {
  return results.map((value, index) =>
    failures.has(index)
      ? { status: 'rejected', reason: failures.get(index) }
      : // The task's signature is the caller's word.
        { status: 'fulfilled', value: value as R },
  );
}
