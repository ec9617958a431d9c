/** How far an imap is, for its pool's meter and for whoever watches it. */
import { warn } from './observers.ts';
import type { ImapProgress } from './options.ts';
import type { Meter } from './stats.ts';

export class ImapTally {
  /** Items taken from the source. */
  taken = 0;
  /** Calls that have returned or failed. */
  settled = 0;
  failed = 0;
  readonly #meter: Meter;
  /** What the meter knows of. */
  readonly #told = { taken: 0, settled: 0, failed: 0, isOpen: false };

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  /**
   * Tells the meter what it does not know yet.
   * @param isOpen More items may come.
   */
  tell(isOpen: boolean): void {
    const meter = this.#meter;
    const { taken, settled, failed } = this;
    const told = this.#told;
    if (isOpen && !told.isOpen) meter.open();
    if (!isOpen && told.isOpen) meter.shut();
    if (taken > told.taken) meter.expect(taken - told.taken);
    if (settled > told.settled) meter.end(settled - told.settled, failed - told.failed);
    told.taken = taken;
    told.settled = settled;
    told.failed = failed;
    told.isOpen = isOpen;
  }

  /** What has not settled never will. */
  giveUp(): void {
    this.tell(false);
    this.#meter.withdraw(this.taken - this.settled);
  }

  /** @param isExhausted All items have been taken. */
  report(onProgress: ((progress: ImapProgress) => void) | undefined, isExhausted: boolean): void {
    if (onProgress === undefined) return;
    const { taken, settled, failed } = this;
    const total = isExhausted ? { total: taken } : {};
    try {
      onProgress({ done: settled - failed, failed, taken, ...total, stats: this.#meter.snapshot() });
    } catch (error) {
      warn('onProgress', error);
    }
  }
}
