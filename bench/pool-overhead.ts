/** What the pool itself costs: a transport that runs nothing answers at once, so all time is the pool's and JSON's. */
import { encode } from '../agent/codec.ts';
import type { ChunkReply } from '../agent/protocol.ts';
import { Pool } from '../src/pool/pool.ts';
import type { InvokeRequest, InvokeResponse, Transport } from '../src/transport/transport.ts';

/** One measurement. */
export interface PoolOverhead {
  readonly what: string;
  readonly usPerCall: number;
  readonly callsPerSecond: number;
}

class NullTransport implements Transport {
  readonly name = 'null';
  readonly #replies = new Map<number, string>();

  invoke(request: InvokeRequest): Promise<InvokeResponse> {
    return Promise.resolve({ payload: this.#reply(count(request.payload)), requestId: 'none' });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  #reply(size: number): string {
    const known = this.#replies.get(size);
    if (known !== undefined) return known;
    const outcomes = Array.from({ length: size }, () => ({ ok: encode(1) }));
    const reply: ChunkReply = { lambdapool: 1, timeoutMs: 60_000, manifest: 'none', outcomes };
    this.#replies.set(size, JSON.stringify(reply));
    return this.#reply(size);
  }
}

/** Calls in a payload of calls with one number each, without parsing it. */
function count(payload: string): number {
  let calls = -1;
  for (let at = payload.indexOf('['); at !== -1; at = payload.indexOf('[', at + 1)) calls += 1;
  return calls;
}

async function median(what: string, calls: number, run: () => Promise<unknown>): Promise<PoolOverhead> {
  for (let warmUp = 0; warmUp < 5; warmUp += 1) await run();
  const times: number[] = [];
  for (let round = 0; round < 15; round += 1) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  const ms = times.sort((a, b) => a - b)[7] ?? Number.NaN;
  return { what, usPerCall: (ms * 1000) / calls, callsPerSecond: (calls * 1000) / ms };
}

/** Measures all ways of calling. Takes a few seconds. */
export async function measurePoolOverhead(): Promise<PoolOverhead[]> {
  await using pool = new Pool(new NullTransport(), { workers: 2 });
  const items = Array.from({ length: 20_000 }, (_, index) => index);
  const applyAll = async (): Promise<void> => {
    for (let call = 0; call < 20_000; call += 1) await pool.apply('none.none', { args: [call] });
  };
  const apply64 = async (): Promise<void> => {
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < 20_000) await pool.apply('none.none', { args: [next++] });
    };
    await Promise.all(Array.from({ length: 64 }, lane));
  };
  const imap = async (chunksize: number): Promise<void> => {
    for await (const _ of pool.imap('none.none', items, { chunksize }));
  };
  return [
    await median('map, default chunks', 20_000, () => pool.map('none.none', items)),
    await median('map, chunksize 1', 20_000, () => pool.map('none.none', items, { chunksize: 1 })),
    await median('imap, chunksize 100', 20_000, () => imap(100)),
    await median('imap, chunksize 1', 20_000, () => imap(1)),
    await median('apply, 64 in flight', 20_000, apply64),
    await median('apply, one by one', 20_000, applyAll),
  ];
}

if (import.meta.main) {
  for (const { what, usPerCall, callsPerSecond } of await measurePoolOverhead()) {
    console.log(
      `${what.padEnd(24)} ${usPerCall.toFixed(3).padStart(8)} us ${Math.round(callsPerSecond).toLocaleString('en').padStart(14)} calls/s`,
    );
  }
}
