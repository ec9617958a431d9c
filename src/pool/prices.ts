/** What AWS asks for Lambda. Data only. */

/** Instruction set of a function. It changes the price, not what the pool does. */
export type Architecture = 'x86_64' | 'arm64';

export interface Prices {
  /** US dollars for one second with 1 GB of memory (2^30 bytes). */
  readonly perGbSecondUsd: number;
  /** US dollars for one invocation. */
  readonly perRequestUsd: number;
}

/**
 * AWS: on-demand prices of the region us-east-1, first tier, https://aws.amazon.com/lambda/pricing/, read 2026-11. Most
 * regions ask the same. Without the free tier, the discounts for very large volumes, and data transfer.
 */
export const PRICES: Readonly<Record<Architecture, Prices>> = {
  x86_64: { perGbSecondUsd: 0.000_016_666_7, perRequestUsd: 0.000_000_2 },
  arm64: { perGbSecondUsd: 0.000_013_333_4, perRequestUsd: 0.000_000_2 },
};
