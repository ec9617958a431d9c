/** Notices pools and executors that were dropped without being closed, as Python does. */
import type { Lifecycle } from './lifecycle.ts';

const registry = new FinalizationRegistry<Lifecycle>((lifecycle) => {
  if (!lifecycle.isForgotten) return;
  process.emitWarning(
    'A LambdaPool was dropped without `close()` or `terminate()`. Use `await using pool = new LambdaPool(...)`, so that it ends with its block.',
    'ResourceWarning',
  );
  // What it still has under way finishes; then its transport is given back.
  lifecycle.close();
});

/** @param lifecycle Must not refer to `pool`. */
export function warnIfForgotten(pool: object, lifecycle: Lifecycle): void {
  registry.register(pool, lifecycle);
}

const quiet = new FinalizationRegistry<Lifecycle>((lifecycle) => lifecycle.close());

/**
 * As Python's executor: what it has under way finishes, and nothing is said.
 * @param lifecycle Must not refer to `executor`.
 */
export function closeIfForgotten(executor: object, lifecycle: Lifecycle): void {
  quiet.register(executor, lifecycle);
}
