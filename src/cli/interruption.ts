/** Ctrl-C and its relatives as an AbortSignal. The second one is left to the system, which ends the process at once. */
import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Wrappers such as npm and tsx pass on a signal that the terminal has sent to us already: these are not a second one. */
const SAME_INTERRUPTION_MS = 500;

/** Why an interrupted command ended. */
export class Interrupted extends Error {
  /** As shells report it: 128 and the number of the signal. */
  readonly exitCode: number;

  constructor(signal: (typeof SIGNALS)[number]) {
    super(`Interrupted by ${signal}.`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

export interface Interruption extends Disposable {
  /** Aborts with `Interrupted`. */
  readonly signal: AbortSignal;
}

/** Listens until disposed of. */
export function listenForInterruption(): Interruption {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    clearTimeout(timer);
    for (const name of SIGNALS) process.off(name, onSignal);
  };
  const onSignal = (name: (typeof SIGNALS)[number]): void => {
    if (controller.signal.aborted) return;
    timer = setTimeout(stop, SAME_INTERRUPTION_MS).unref();
    controller.abort(new Interrupted(name));
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return { signal: controller.signal, [Symbol.dispose]: stop };
}
