/** An executor over a fake transport. */
import { Executor } from '../../../src/executor/executor.ts';
import type { PoolOptions } from '../../../src/pool/options.ts';
import { FakeTransport } from '../../support/fake-transport.ts';
import { FakeClock } from '../pool/fake-clock.ts';

const TASKS = {
  'math.square': (n: number) => n * n,
  'math.add': (a: number, b: number) => a + b,
  'fault.ifOdd': (n: number) => {
    if (n % 2 === 1) throw new RangeError(`${n} is odd`);
    return n;
  },
  'fault.warmup': () => {
    throw new RangeError('no model');
  },
};

export interface Setup extends AsyncDisposable {
  readonly transport: FakeTransport;
  readonly clock: FakeClock;
  readonly executor: Executor;
}

/** One worker, so that a second call waits. */
export function setup(options: Partial<PoolOptions> = {}): Setup {
  const transport = new FakeTransport(TASKS);
  const clock = new FakeClock();
  const executor = new Executor(transport, { workers: 1, ...options }, { clock, random: () => 1 });
  return { transport, clock, executor, [Symbol.asyncDispose]: () => executor.terminate() };
}
