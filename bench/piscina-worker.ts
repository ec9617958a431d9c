/** The least worker that Piscina can have: what it costs is Piscina. */

/** Returns its argument. */
export function echo(value: unknown): unknown {
  return value;
}

/** The same naive recursion as the task `math.fibonacci`. */
export function fibonacci(n: number): number {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}
