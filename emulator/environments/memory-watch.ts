/**
 * Ends environments that take more memory than their function has. Linux only: it reads /proc, as nothing else tells the
 * resident memory of another process cheaply. Elsewhere the limit of V8's heap has to do.
 */
import { readFileSync } from 'node:fs';

const INTERVAL_MS = 100;

/** What is watched: an environment. */
interface Watched {
  readonly pid: number | undefined;
  readonly busy: boolean;
  killForMemory(usedMb: number): void;
}

export interface MemoryWatch extends Disposable {
  add(watched: Watched, limitMb: number): void;
  delete(watched: Watched): void;
  /** Something runs: looks until nothing does. Costs next to nothing when called again. */
  wake(): void;
}

export function createMemoryWatch(isolation: 'process' | 'thread'): MemoryWatch {
  return isolation === 'process' && process.platform === 'linux' ? new LinuxMemoryWatch() : new NoMemoryWatch();
}

class LinuxMemoryWatch implements MemoryWatch {
  readonly #limitsMb = new Map<Watched, number>();
  #timer: NodeJS.Timeout | undefined;

  add(watched: Watched, limitMb: number): void {
    this.#limitsMb.set(watched, limitMb);
  }

  delete(watched: Watched): void {
    this.#limitsMb.delete(watched);
  }

  wake(): void {
    this.#timer ??= setInterval(() => this.#look(), INTERVAL_MS).unref();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    let anyBusy = false;
    for (const [watched, limitMb] of this.#limitsMb) {
      if (!watched.busy || watched.pid === undefined) continue;
      anyBusy = true;
      const usedMb = readResidentMb(watched.pid);
      if (usedMb > limitMb) watched.killForMemory(usedMb);
    }
    if (!anyBusy) this[Symbol.dispose]();
  }
}

class NoMemoryWatch implements MemoryWatch {
  add(): void {}
  delete(): void {}
  wake(): void {}
  [Symbol.dispose](): void {}
}

/** 0 for a process that is gone. */
function readResidentMb(pid: number): number {
  try {
    // `status` has kilobytes; `statm` has pages, whose size Node does not tell.
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return Math.ceil(Number(kilobytes ?? 0) / 1024);
  } catch {
    return 0;
  }
}
