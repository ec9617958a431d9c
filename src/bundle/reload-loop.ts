/** When to build: gathers bursts of changes, and builds again what was changed during a build. No I/O, time injected. */
import type { Clock } from '../shared/clock.ts';

/** Changes are gathered until this long after the last of them ... */
const QUIET_MS = 10;
/** ... but no longer than this after the first. */
const GATHER_MS = 150;
/** An editor that truncates before it writes gets this long to write. */
const HALF_SAVED_MS = 100;
/** So many builds in a row are given up because of a newer change; then one counts, or endless saving would block. */
const MAX_GIVEN_UP = 3;

export interface ReloadLoopOptions<Outcome> {
  readonly clock: Clock;
  /** Builds what is on the disk. Never rejects. */
  build(files: readonly string[]): Promise<Outcome>;
  /** Takes what was built, unless a newer change has made it stale. */
  publish(outcome: Outcome): Promise<void>;
  /** Whether a changed file looks as if its save were not over. */
  isHalfSaved(file: string): boolean;
  /** Whether a file was written since the build of this outcome began. News of that may be late, and reads half done. */
  isStale(outcome: Outcome): boolean;
}

export class ReloadLoop<Outcome> implements AsyncDisposable {
  readonly #options: ReloadLoopOptions<Outcome>;
  #files = new Set<string>();
  #timer: Disposable | undefined;
  #firstAt: number | undefined;
  #heldAt: number | undefined;
  #changes = 0;
  #givenUp = 0;
  #dueAgain = false;
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(options: ReloadLoopOptions<Outcome>) {
    this.#options = options;
  }

  /** Something changed; `file` if it is known what. */
  touch(file?: string): void {
    if (this.#closed) return;
    if (file !== undefined) this.#files.add(file);
    this.#changes += 1;
    const now = this.#options.clock.now();
    this.#firstAt ??= now;
    this.#wait(Math.min(QUIET_MS, this.#firstAt + GATHER_MS - now));
  }

  /** Waits for a build under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#timer?.[Symbol.dispose]();
    await this.#running;
  }

  #wait(ms: number): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = this.#options.clock.after(Math.max(0, ms), () => this.#settled());
  }

  #settled(): void {
    const heldMs = this.#heldMs();
    if (heldMs > 0) return this.#wait(heldMs);
    this.#firstAt = undefined;
    this.#heldAt = undefined;
    if (this.#running === undefined) this.#running = this.#run();
    else this.#dueAgain = true;
  }

  /** How much longer to wait for files whose save is not over. */
  #heldMs(): number {
    if (![...this.#files].some((file) => this.#options.isHalfSaved(file))) return 0;
    const now = this.#options.clock.now();
    this.#heldAt ??= now;
    return this.#heldAt + HALF_SAVED_MS - now;
  }

  async #run(): Promise<void> {
    do {
      this.#dueAgain = false;
      const changes = this.#changes;
      const outcome = await this.#options.build([...this.#files]);
      if (this.#closed) break;
      if (this.#isOutdated(outcome, changes)) {
        // The change has set its timer: its own build comes, and knows the files of this one too.
        this.#givenUp += 1;
      } else {
        this.#givenUp = 0;
        if (changes === this.#changes) this.#files = new Set();
        await this.#options.publish(outcome);
      }
    } while (this.#dueAgain);
    this.#running = undefined;
  }

  #isOutdated(outcome: Outcome, changes: number): boolean {
    if (this.#givenUp >= MAX_GIVEN_UP) return false;
    if (changes === this.#changes && this.#options.isStale(outcome)) this.touch();
    return changes !== this.#changes;
  }
}
