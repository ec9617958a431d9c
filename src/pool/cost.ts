/** What invocations cost, by Lambda's own account of them: the REPORT line at the end of a log. Pure. */
import type { Billing } from '../transport/transport.ts';
import type { Prices } from './prices.ts';

const REPORT = 'REPORT RequestId: ';
// AWS: observed 2026-06 (public issue reports). A start that failed or timed out before has no Init Duration.
const FACTS = /\tDuration: ([\d.]+) ms\tBilled Duration: (\d+) ms\tMemory Size: (\d+) MB/;
const COLD_START = '\tInit Duration: ';

/** Reads the last REPORT line of a log; undefined if it has none. */
export function readReport(logTail: string): Billing | undefined {
  // The last: what stands before it is the task's own, which may print anything.
  const start = logTail.lastIndexOf(REPORT);
  if (start === -1) return undefined;
  const end = logTail.indexOf('\n', start);
  const line = logTail.slice(start, end === -1 ? undefined : end);
  const facts = FACTS.exec(line);
  if (facts === null) return undefined;
  return {
    durationMs: Number(facts[1]),
    billedMs: Number(facts[2]),
    memoryMb: Number(facts[3]),
    isColdStart: line.includes(COLD_START),
  };
}

/** Adds up what was reported. */
export class Bill {
  readonly #prices: Prices;
  #requests = 0;
  #billedMs = 0;
  #gbSeconds = 0;

  constructor(prices: Prices) {
    this.#prices = prices;
  }

  add({ billedMs, memoryMb }: Billing): void {
    this.#requests += 1;
    this.#billedMs += billedMs;
    this.#gbSeconds += (billedMs / 1000) * (memoryMb / 1024);
  }

  /** Undefined as long as nothing was reported. */
  get total(): { readonly billedMs: number; readonly costUsd: number } | undefined {
    if (this.#requests === 0) return undefined;
    const { perGbSecondUsd, perRequestUsd } = this.#prices;
    return {
      billedMs: this.#billedMs,
      costUsd: this.#gbSeconds * perGbSecondUsd + this.#requests * perRequestUsd,
    };
  }
}
