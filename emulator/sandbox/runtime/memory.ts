/** The most memory that an environment has used, sampled so seldom that it costs nothing. */

const SAMPLE_INTERVAL_MS = 100;

/** Megabytes used right now. */
export type MeasureMemory = () => number;

export function createMemoryGauge(measure: MeasureMemory): () => number {
  let peakMb = 0;
  let sampledAt = Number.NEGATIVE_INFINITY;
  return () => {
    const now = performance.now();
    if (now - sampledAt >= SAMPLE_INTERVAL_MS) {
      sampledAt = now;
      peakMb = Math.max(peakMb, Math.ceil(measure()));
    }
    return peakMb;
  };
}

const BYTES_PER_MB = 1_048_576;

export const measureProcess: MeasureMemory = () => process.memoryUsage.rss() / BYTES_PER_MB;

/** A thread shares its process: what can be told apart is its own heap and the buffers that it holds. */
export const measureThread: MeasureMemory = () => {
  const { heapTotal, external } = process.memoryUsage();
  return (heapTotal + external) / BYTES_PER_MB;
};
