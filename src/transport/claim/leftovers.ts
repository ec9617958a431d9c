/** Deletes objects that have served their purpose, in the background, a few at a time. What fails is told once. */
import { remove } from '../../../agent/claim-transfer.ts';
import type { PayloadBucket } from './bucket.ts';
import { objectStays } from './failures.ts';

/** More deletions at once gain nothing on one connection to S3. */
const MAX_RUNNING = 16;
const DELETE_TIMEOUT_MS = 10_000;
/** How long the end of a pool waits for the last of them. */
const CLOSE_TIMEOUT_MS = 5_000;
/** Objects that may come later, of runs that nobody waits for: only the latest are remembered. */
const MAX_LATE = 10_000;

export class Leftovers {
  readonly #bucket: PayloadBucket;
  readonly #queue: string[] = [];
  readonly #late = new Set<string>();
  readonly #closing = new AbortController();
  readonly #warn: (message: string) => void;
  #running = 0;
  #hasWarned = false;
  #onIdle: (() => void) | undefined;

  constructor(bucket: PayloadBucket, warn: (message: string) => void = warnProcess) {
    this.#bucket = bucket;
    this.#warn = warn;
  }

  /** Deletes these objects; those that are not there, too. */
  remove(...keys: readonly string[]): void {
    this.#queue.push(...keys);
    this.#next();
  }

  /** It may be put by a run that nobody waits for: deletes it at the end. */
  removeLater(key: string): void {
    this.#late.add(key);
    if (this.#late.size <= MAX_LATE) return;
    const [oldest] = this.#late;
    if (oldest !== undefined) this.#late.delete(oldest);
  }

  /** Deletes what is left, for a few seconds at most. */
  async close(): Promise<void> {
    this.remove(...this.#late);
    this.#late.clear();
    if (this.#running === 0) return;
    const timer = setTimeout(() => this.#closing.abort(new Error('there was no time left for it')), CLOSE_TIMEOUT_MS);
    await new Promise<void>((resolve) => (this.#onIdle = resolve));
    clearTimeout(timer);
  }

  #next(): void {
    while (this.#running < MAX_RUNNING) {
      const key = this.#queue.shift();
      if (key === undefined) break;
      this.#running += 1;
      void this.#remove(key);
    }
    if (this.#running === 0) this.#onIdle?.();
  }

  /** Never rejects. */
  async #remove(key: string): Promise<void> {
    try {
      this.#closing.signal.throwIfAborted();
      const url = new URL(await this.#bucket.sign('DELETE', key));
      await remove(url, { timeoutMs: DELETE_TIMEOUT_MS, signal: this.#closing.signal });
    } catch (error) {
      this.#stays(error);
    }
    this.#running -= 1;
    this.#next();
  }

  #stays(error: unknown): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.#warn(objectStays(error, this.#bucket.name));
  }
}

function warnProcess(message: string): void {
  process.emitWarning(message, 'LambdaPoolWarning');
}
