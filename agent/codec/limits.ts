/** Bounds of the codec, the same on both sides. */

/**
 * Levels of nesting that a value may have. JSON.stringify overflows Node's default stack at about 4,250 levels
 * (measured: Node 22 and 24, main thread), and a level of ours is two of JSON at most.
 */
export const MAX_DEPTH = 1000;

/** Objects and array items that a lossy encoding takes in: a hostile proxy can make them up without end. */
export const MAX_LOSSY_VALUES = 100_000;
