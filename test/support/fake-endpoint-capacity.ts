/** How many environments a fake endpoint has, and how many requests a second each of them takes. */

interface Environment {
  busy: boolean;
  tokens: number;
  at: number;
}

export class Capacity {
  readonly #environments: Environment[];
  readonly #perSecond: number;
  running = 0;
  mostRunning = 0;

  constructor(concurrency: number, requestsPerSecond: number) {
    this.#perSecond = requestsPerSecond;
    this.#environments = Number.isFinite(concurrency)
      ? Array.from({ length: concurrency }, () => ({ busy: false, tokens: requestsPerSecond, at: 0 }))
      : [];
  }

  /** An environment for one request, or Lambda's reason for having none. */
  take(): Disposable | string {
    if (this.#environments.length === 0) return this.#occupy(undefined);
    let isBusy = true;
    for (const environment of this.#environments) {
      if (environment.busy) continue;
      isBusy = false;
      if (this.#refill(environment) >= 1) return this.#occupy(environment);
    }
    return isBusy ? 'ConcurrentInvocationLimitExceeded' : 'FunctionInvocationRateLimitExceeded';
  }

  #refill(environment: Environment): number {
    if (this.#perSecond === Infinity) return Infinity;
    const now = performance.now();
    const gained = ((now - environment.at) / 1000) * this.#perSecond;
    environment.tokens = Math.min(this.#perSecond, environment.tokens + gained);
    environment.at = now;
    return environment.tokens;
  }

  #occupy(environment: Environment | undefined): Disposable {
    if (environment !== undefined) {
      environment.busy = true;
      environment.tokens -= 1;
    }
    this.running += 1;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    return {
      [Symbol.dispose]: () => {
        this.running -= 1;
        if (environment !== undefined) environment.busy = false;
      },
    };
  }
}
