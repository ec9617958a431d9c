/** How many calls end in a second, of late. Pure: time is an argument. */

const BUCKET_MS = 500;
const BUCKETS = 20;

/** Counts of the last ten seconds, in buckets of half a second. */
export class RecentRate {
  readonly #counts = new Float64Array(BUCKETS);
  #bucket = 0;
  #total = 0;
  #since = 0;

  /** Work begins, or goes on: before that nothing could have ended. */
  begin(now: number): void {
    this.#turnTo(now);
    if (this.#total === 0) this.#since = now;
  }

  add(now: number, count: number): void {
    this.#turnTo(now);
    const at = this.#bucket % BUCKETS;
    this.#counts[at] = (this.#counts[at] ?? 0) + count;
    this.#total += count;
  }

  perSecond(now: number): number {
    this.#turnTo(now);
    if (this.#total === 0) return 0;
    // The newest bucket is half full on average, so the window ends where the oldest one still counted begins.
    const start = Math.max(this.#since, (this.#bucket - BUCKETS + 1) * BUCKET_MS);
    return (this.#total * 1000) / Math.max(1, now - start);
  }

  /** Forgets what is too old. */
  #turnTo(now: number): void {
    const bucket = Math.floor(now / BUCKET_MS);
    if (bucket <= this.#bucket) return;
    const first = Math.max(this.#bucket + 1, bucket - BUCKETS + 1);
    for (let each = first; each <= bucket; each += 1) {
      this.#total -= this.#counts[each % BUCKETS] ?? 0;
      this.#counts[each % BUCKETS] = 0;
    }
    this.#bucket = bucket;
  }
}
