/** Benchmarks of single parts, without anything around them: codec, agent, pool. They run from source. */
import { benchAgent } from './agent.ts';
import { benchCodec } from './codec.ts';
import type { Result } from './harness.ts';
import { measurePoolOverhead } from './pool-overhead.ts';

/** Encode and decode beside `JSON.parse(JSON.stringify(x))`. */
export async function benchCodecAlone(): Promise<Result> {
  const cases = await benchCodec();
  return {
    title: 'Codec alone: there and back',
    baseline: 'JSON alone',
    rows: cases.map(({ name, ours, ratio, unit }, i) => {
      // The first two are the ones that the project holds itself to.
      const target = i < 2 ? { max: 1.5 } : undefined;
      return {
        name,
        value: ours,
        unit,
        ratio,
        rounds: [ours],
        ...(target !== undefined && { target, kept: ratio <= target.max }),
      };
    }),
  };
}

/** The handler, called in this process with chunks of no-ops. */
export async function benchAgentAlone(): Promise<Result> {
  const cases = await benchAgent();
  return {
    title: 'Agent alone: the handler, no transport',
    rows: cases.map(({ name, callsPerSecond }) => ({
      name,
      value: callsPerSecond,
      unit: 'calls/s',
      rounds: [callsPerSecond],
    })),
  };
}

/** The pool with a transport that answers at once. */
export async function benchPoolAlone(): Promise<Result> {
  const cases = await measurePoolOverhead();
  return {
    title: 'Pool alone: a transport that answers at once',
    rows: cases.map(({ what, callsPerSecond }) => ({
      name: what,
      value: callsPerSecond,
      unit: 'calls/s',
      rounds: [callsPerSecond],
    })),
  };
}
