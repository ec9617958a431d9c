/** What grows and what does not. */
import { expect, test } from 'vitest';
import type { ImapOptions } from '../../src/index.ts';
import { runProgram } from './run-program.ts';

interface Seen {
  readonly received: number;
  readonly wrong: number;
  readonly mostAhead: number;
  readonly grownMb: number;
}

const cases: readonly (readonly [
  string,
  { source: string; consumer: string; options: ImapOptions; buffersize: number },
])[] = [
  [
    'a generator and a fast consumer',
    { source: 'sync', consumer: 'fast', options: { chunksize: 1_000 }, buffersize: 4_000 },
  ],
  [
    'an async generator and a slow consumer',
    { source: 'async', consumer: 'slow', options: { chunksize: 1_000 }, buffersize: 4_000 },
  ],
  [
    'automatic chunks',
    { source: 'async', consumer: 'slow', options: { chunksize: 'auto', buffersize: 3_000 }, buffersize: 3_000 },
  ],
];

test.each(cases)(
  'a million items through imap, %s: the heap grows by less than 50 MB, and the source is never further ahead than the buffer',
  async (_what, { source, consumer, options, buffersize }) => {
    await using program = runProgram('million', [source, consumer, JSON.stringify(options)], ['--expose-gc']);
    const seen = await program.nextJson<Seen>();
    expect(seen.received).toBe(1_000_000);
    expect(seen.wrong).toBe(0);
    expect(seen.grownMb).toBeLessThan(50);
    // One more: the result that the consumer has been given, and has not counted yet.
    expect(seen.mostAhead).toBeLessThanOrEqual(buffersize + 1);
    expect(await program.ended()).toBe(0);
  },
);
