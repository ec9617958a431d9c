/** How many calls travel together. Pure. */

/** Python's rule: four chunks for each worker, so that uneven calls even out and no worker waits long for the last one. */
export function mapChunksize(length: number, workers: number): number {
  return Math.max(1, Math.ceil(length / (workers * 4)));
}

/** Two chunks for each worker: one that runs and one that is ready when it ends. */
export function imapBuffersize(workers: number, chunksize: number): number {
  return 2 * workers * chunksize;
}
