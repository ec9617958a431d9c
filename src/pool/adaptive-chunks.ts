/** How large the next chunk of `chunksize: 'auto'` is, by what the chunks before it took. Pure. */

/** What was measured of one invocation. */
export interface ChunkSample {
  /** How many calls it ran. */
  readonly calls: number;
  /** How long they took together. */
  readonly durationMs: number;
  /** Of its request or its answer, whichever was longer. */
  readonly bytes: number;
  /** How long the function may run. */
  readonly timeoutMs: number;
}

/** What all samples together say. */
export interface Learned {
  readonly msPerCall: number;
  readonly bytesPerCall: number;
  readonly timeoutMs: number;
  /** Calls of the largest chunk so far. */
  readonly largest: number;
  /** How many calls `msPerCall` and `bytesPerCall` stand for: the weight of the past. */
  readonly weight: number;
}

/** What the next chunk is cut from. */
export interface Rest {
  /** Calls that have not been cut off. Infinity: nobody knows. */
  readonly left: number;
  readonly workers: number;
}

/** A tenth of it is what an environment takes for an invocation by Lambda's rules (ten in a second), and less is lost to overhead. */
const TARGET_MS = 1_000;
/** A chunk that takes much of the function's time puts all of its calls at risk when one of them is slow. */
const MAX_PART_OF_TIMEOUT = 1 / 4;
/** A finer cut gains nothing: Lambda lets an environment begin ten invocations in a second. */
const FINEST_MS = 100;
/** A sixth of what Lambda carries, so that calls may be six times as large as those before. */
const TARGET_BYTES = 1024 * 1024;
/** Nothing is gained beyond: reading the answer of so many takes the client milliseconds, in which others wait. */
const MAX_CALLS = 10_000;
/** Each chunk is at most this many times as large as one that has come back. */
const GROWTH = 4;
/** How far back the averages look, in chunks of the largest size. */
const MEMORY_CHUNKS = 2;

export const NOTHING_LEARNED: Learned = {
  msPerCall: 0,
  bytesPerCall: 0,
  timeoutMs: Infinity,
  largest: 0,
  weight: 0,
};

/** Adds one sample. Averages by calls: a chunk of a thousand says more than one of ten. */
export function learn(learned: Learned, { calls, durationMs, bytes, timeoutMs }: ChunkSample): Learned {
  const { msPerCall, bytesPerCall, weight } = learned;
  const total = weight + calls;
  const largest = Math.max(learned.largest, calls);
  return {
    msPerCall: (msPerCall * weight + durationMs) / total,
    bytesPerCall: (bytesPerCall * weight + bytes) / total,
    timeoutMs,
    largest,
    weight: Math.min(total, MEMORY_CHUNKS * largest),
  };
}

/**
 * Calls of the next chunk, at least 1. Begins with single calls, grows as chunks come back, and takes at most half of what
 * each worker would still get (guided self-scheduling), so that all workers are busy to the end.
 */
export function nextSize(learned: Learned, { left, workers }: Rest): number {
  if (learned.largest === 0) return 1;
  const { msPerCall, bytesPerCall, timeoutMs, largest } = learned;
  const limitMs = timeoutMs * MAX_PART_OF_TIMEOUT;
  const bound = Math.min(
    largest * GROWTH,
    Math.min(TARGET_MS, limitMs) / msPerCall,
    TARGET_BYTES / bytesPerCall,
    MAX_CALLS,
    Math.max(left / (2 * workers), Math.min(FINEST_MS, limitMs) / msPerCall),
  );
  return Math.max(1, Math.floor(Math.min(bound, left)));
}
