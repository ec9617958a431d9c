/** Waiting for what happens outside this process, where no promise tells us. */

/**
 * Calls `check` until it no longer throws, and returns its value.
 * @throws what `check` threw last, after `withinMs`.
 */
export async function eventually<T>(check: () => T | Promise<T>, withinMs: number): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}
