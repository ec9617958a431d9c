/** Those who wait for something that happens later, all at once. */

interface Waiter {
  resolve(): void;
  reject(reason: unknown): void;
}

export class Waiters {
  #waiting: Waiter[] = [];

  get size(): number {
    return this.#waiting.length;
  }

  wait(): Promise<void> {
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  resolve(): void {
    for (const each of this.#take()) each.resolve();
  }

  reject(reason: unknown): void {
    for (const each of this.#take()) each.reject(reason);
  }

  #take(): Waiter[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    return waiting;
  }
}
