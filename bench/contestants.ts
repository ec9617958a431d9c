/** The pools that are compared, behind one interface; each has two workers. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { LambdaPool, emulatorTransport } from './built.ts';
import { check, seconds } from './harness.ts';

/** What we use of Piscina. Its own types do not pass our compiler's `exactOptionalPropertyTypes`. */
interface PiscinaPool {
  run(value: unknown, options: { readonly name: string }): Promise<unknown>;
  destroy(): Promise<void>;
}
type PiscinaClass = new (options: { filename: string; minThreads: number; maxThreads: number }) => PiscinaPool;
const require = createRequire(import.meta.url);
const Piscina: PiscinaClass = require('piscina');

/** Workers of every pool: the machine that the targets were set on has two cores. */
export const WORKERS = 2;

/** A pool under test. Each method checks its results and returns what it took. */
export interface Runner extends AsyncDisposable {
  readonly name: string;
  /** Seconds of a map of `count` no-ops; with its own idea of chunks unless told. */
  map(count: number, chunksize?: number): Promise<number>;
  /** Seconds of `count` no-ops of which `inFlight` are always under way. */
  apply(count: number, inFlight: number): Promise<number>;
  /** Microseconds of each of `count` no-ops, one after the other. */
  latency(count: number): Promise<number[]>;
  /** Seconds of `count` calls, one after the other, that take and return `records`. */
  big(records: readonly unknown[], count: number): Promise<number>;
  /** Seconds of a map of `count` times fibonacci(n). */
  fibonacci(n: number, count: number): Promise<number>;
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const sum = (count: number): number => (count * (count - 1)) / 2;
const FIBONACCI: Readonly<Record<number, number>> = { 20: 6765 };

function checkRange(values: readonly unknown[], count: number): void {
  check(values.length === count && values.every((value, i) => value === i), 'map');
}

/** What is common to pools that are called one value at a time. */
type Call = (value: unknown) => PromiseLike<unknown>;

async function applyAll(call: Call, count: number, inFlight: number): Promise<number> {
  let next = 0;
  let total = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const value = await call(next++);
      total += Number(value);
    }
  };
  const taken = await seconds(() => Promise.all(Array.from({ length: inFlight }, lane)));
  check(total === sum(count), 'apply');
  return taken;
}

async function latencies(call: Call, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    const value = await call(i);
    times.push((performance.now() - start) * 1000);
    check(value === i, 'latency');
  }
  return times;
}

async function bigOnes(call: Call, records: readonly unknown[], count: number): Promise<number> {
  return seconds(async () => {
    for (let i = 0; i < count; i++) {
      const back = await call(records);
      check(Array.isArray(back) && back.length === records.length, 'big');
    }
  });
}

/** Our pool on the emulator. */
export function lambdapool(isolation: 'process' | 'thread'): Runner {
  const tasksRoot = new URL('../fixtures/tasks', import.meta.url);
  const transport = emulatorTransport({ tasksRoot, isolation, concurrency: WORKERS });
  const pool = new LambdaPool({ workers: WORKERS, transport });
  const call: Call = (value) => pool.apply('echo.echo', { args: [value] });
  return {
    name: `lambdapool, ${isolation}`,
    async map(count, chunksize) {
      const items = range(count);
      let values: unknown[] = [];
      const taken = await seconds(async () => {
        values = await pool.map('echo.echo', items, chunksize === undefined ? {} : { chunksize });
      });
      checkRange(values, count);
      return taken;
    },
    apply: (count, inFlight) => applyAll(call, count, inFlight),
    latency: (count) => latencies(call, count),
    big: (records, count) => bigOnes(call, records, count),
    fibonacci: (n, count) =>
      seconds(async () => {
        const values = await pool.map('math.fibonacci', Array<number>(count).fill(n));
        check(values.length === count && values.every((value) => value === FIBONACCI[n]), 'fibonacci');
      }),
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}

/** Piscina, as its documentation uses it: one `run` for each item; it has no chunks. */
export function piscina(): Runner {
  const filename = new URL('piscina-worker.ts', import.meta.url).href;
  const pool = new Piscina({ filename, minThreads: WORKERS, maxThreads: WORKERS });
  const call: Call = (value) => pool.run(value, { name: 'echo' });
  return {
    name: 'Piscina 5',
    async map(count) {
      const items = range(count);
      let values: unknown[] = [];
      const taken = await seconds(async () => {
        values = await Promise.all(items.map(call));
      });
      checkRange(values, count);
      return taken;
    },
    apply: (count, inFlight) => applyAll(call, count, inFlight),
    latency: (count) => latencies(call, count),
    big: (records, count) => bigOnes(call, records, count),
    fibonacci: (n, count) =>
      seconds(async () => {
        const values = await Promise.all(range(count).map(() => pool.run(n, { name: 'fibonacci' })));
        check(
          values.every((value) => value === FIBONACCI[n]),
          'fibonacci',
        );
      }),
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}

/** CPython's own pool, in a Python process that is asked line by line; null where there is no `python3`. */
export function python(): (Runner & { readonly pid: number }) | null {
  if (spawnSync('python3', ['--version']).status !== 0) return null;
  const child = spawn('python3', [fileURLToPath(new URL('python_pool.py', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (request: object): Promise<{ readonly seconds: number; readonly micros: number[] }> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await lines.next();
    if (done === true) throw new Error('python_pool.py ended early');
    return JSON.parse(value);
  };
  return {
    name: 'multiprocessing.Pool',
    pid: child.pid ?? 0,
    map: async (count, chunksize) => (await ask({ case: 'map', count, chunksize })).seconds,
    apply: async (count, inflight) => (await ask({ case: 'apply', count, inflight })).seconds,
    latency: async (count) => (await ask({ case: 'latency', count })).micros,
    big: async (records, count) => (await ask({ case: 'big', records, count })).seconds,
    fibonacci: async (n, count) => (await ask({ case: 'fibonacci', n, count, expected: FIBONACCI[n] })).seconds,
    async [Symbol.asyncDispose]() {
      const ended = child.exitCode === null ? once(child, 'exit') : Promise.resolve();
      child.stdin.end();
      await ended;
    },
  };
}
