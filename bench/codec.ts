/** What the codec costs, as a multiple of JSON alone, for plain data and for data that JSON cannot carry. */
import { pathToFileURL } from 'node:url';
import { decode, encode } from '../agent/codec.ts';

/** One case: a round trip through JSON text with the codec and without it. */
export interface CodecBenchResult {
  readonly name: string;
  /** `ours / floor`. */
  readonly ratio: number;
  /** Median time of encode + JSON.stringify + JSON.parse + decode. */
  readonly ours: number;
  /** Median time of JSON.stringify + JSON.parse of the same value, or of its JSON approximation. */
  readonly floor: number;
  readonly unit: string;
}

interface Case {
  readonly name: string;
  readonly value: unknown;
  /** What JSON alone is measured with; the same as `value` unless that would lose everything. */
  readonly json: unknown;
}

const ROUNDS = 31;
const ROUND_MS = 8;

/** Measures all cases, with and without the codec by turns, and gives medians of several rounds. */
export function benchCodec(): Promise<CodecBenchResult[]> {
  return Promise.resolve(cases().map(measure));
}

function cases(): Case[] {
  const records = repeat(1000, (id) => {
    return {
      id,
      name: `user-${id}`,
      email: `user${id}@example.com`,
      score: id * 1.37,
      active: id % 2 === 0,
      tag: null,
    };
  });
  const nested = repeat(1000, (id) => ({ id, pos: { x: id, y: id * 2 }, tags: ['a', 'b'], ok: true }));
  const mixed = repeat(1000, (id) => {
    return {
      id,
      born: new Date(1.7e12 + id),
      name: `user-${id}`,
      roles: new Map([['admin', id % 2 === 0]]),
      score: id,
    };
  });
  const mixedJson = mixed.map((record) => ({ ...record, born: record.born.toJSON(), roles: [...record.roles] }));
  return [
    plain('1,000 records of 90 bytes', records),
    plain('one number', 12345.678),
    plain('arguments of a call: [10]', [10]),
    plain('1,000 records of 3 objects each', nested),
    plain('89 KB of text', 'x'.repeat(89_000)),
    plain(
      '10,000 numbers',
      repeat(10_000, (n) => n * 0.5),
    ),
    { name: '1,000 records with a Date and a Map', value: mixed, json: mixedJson },
    { name: 'Float64Array of 10,000', value: new Float64Array(10_000).fill(0.1), json: Array(10_000).fill(0.1) },
  ];
}

function plain(name: string, value: unknown): Case {
  return { name, value, json: value };
}

function repeat<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function measure({ name, value, json }: Case): CodecBenchResult {
  const withCodec = (): unknown => decode(JSON.parse(JSON.stringify(encode(value))));
  const jsonAlone = (): unknown => JSON.parse(JSON.stringify(json));
  const runs = runsPerRound(jsonAlone);
  const ours: number[] = [];
  const floor: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    floor.push(timeOf(jsonAlone, runs));
    ours.push(timeOf(withCodec, runs));
  }
  const [oursUs, floorUs] = [median(ours), median(floor)];
  return { name, ratio: oursUs / floorUs, ours: oursUs, floor: floorUs, unit: 'us' };
}

/** As many runs as fill a round, found after a warm-up. */
function runsPerRound(run: () => unknown): number {
  timeOf(run, 10);
  let runs = 1;
  while (timeOf(run, runs) * runs < ROUND_MS * 1000) runs *= 2;
  return runs;
}

/** Microseconds per run. */
function timeOf(run: () => unknown, runs: number): number {
  const start = performance.now();
  for (let done = 0; done < runs; done++) run();
  return ((performance.now() - start) * 1000) / runs;
}

/** Of the later two thirds: the earlier rounds warm the compiler up. */
function median(values: readonly number[]): number {
  const sorted = values.slice(Math.floor(values.length / 3)).sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const { name, ratio, ours, floor, unit } of await benchCodec()) {
    const times = `${ours.toFixed(3).padStart(10)} ${unit}${floor.toFixed(3).padStart(10)} ${unit}`;
    console.log(`${name.padEnd(40)}${times}   ${ratio.toFixed(2)} times JSON alone`);
  }
}
