/** A progress bar with rate and time left on a terminal; nothing elsewhere. */
import { Writable } from 'node:stream';
import type { Output } from './io.ts';

export interface Progress extends Disposable {
  /** One more is done. */
  advance(failed: boolean): void;
  /** Takes the bar away so that a line can be printed; the next draw brings it back. */
  makeRoom(): void;
}

const NONE: Progress = { advance: () => undefined, makeRoom: () => undefined, [Symbol.dispose]: () => undefined };

/** `total` undefined: not known, as for standard input. */
export async function startProgress(output: Output, label: string, total: number | undefined): Promise<Progress> {
  if (!output.isTerminal) return NONE;
  const { default: cliProgress } = await import('cli-progress');
  const start = performance.now();
  const format =
    total === undefined
      ? `${label}  {value} done  {rate}/s  {failures}`
      : `${label}  {bar}  {value}/{total}  {rate}/s  {left} left  {failures}`;
  const bar = new cliProgress.SingleBar({
    format,
    stream: new BarStream(output),
    clearOnComplete: true,
    linewrap: true,
    // Ctrl-C is ours.
    gracefulExit: false,
    barsize: Math.max(8, Math.min(24, output.columns - label.length - 45)),
    barCompleteChar: '\u2588',
    barIncompleteChar: '\u2591',
  });
  let done = 0;
  let failed = 0;
  const facts = (): object => {
    const perSecond = done / Math.max(0.001, (performance.now() - start) / 1000);
    return {
      rate: showRate(perSecond),
      left: total === undefined || done === 0 ? '-' : showSeconds((total - done) / perSecond),
      failures: failed === 0 ? '' : `${failed} failed`,
    };
  };
  bar.start(total ?? 0, 0, facts());
  return {
    advance(hasFailed) {
      done += 1;
      if (hasFailed) failed += 1;
      bar.update(done, facts());
    },
    makeRoom: () => void output.write('\r\u001B[K'),
    [Symbol.dispose]: () => bar.stop(),
  };
}

const SAVE_CURSOR = '\u001B7';
const RESTORE_CURSOR = '\u001B8';

/** When cli-progress stops, it goes back to where it started: over the lines that were printed since. This keeps it here. */
class BarStream extends Writable {
  readonly isTTY = true;
  readonly #output: Output;

  constructor(output: Output) {
    super({ decodeStrings: false });
    this.#output = output;
  }

  override _write(chunk: unknown, _encoding: string, done: () => void): void {
    const text = String(chunk);
    if (text !== SAVE_CURSOR && text !== RESTORE_CURSOR) void this.#output.write(text);
    done();
  }
}

/** Three digits: `0.52`, `34.1`, `1204`. */
export function showRate(perSecond: number): string {
  return perSecond >= 100 ? String(Math.round(perSecond)) : perSecond.toPrecision(perSecond < 1 ? 2 : 3);
}

/** `45 s`, `3 min 05 s`, `2 h 10 min`. */
export function showSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const two = (value: number): string => String(value).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}
