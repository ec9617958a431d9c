/** Several invocations at once in one process, as in environments that take more than one. */
import { expect, test, vi } from 'vitest';
import { taskContext } from '../../../agent/index.ts';
import type { ChunkReply } from '../../../agent/index.ts';
import { fakeContext, handlerOf, sendChunk } from './harness.ts';

test('invocations that interleave at every await do not mix contexts, logs or results', async () => {
  vi.spyOn(console, 'info').mockImplementation(() => {});
  // Each turn lets every invocation take one step, so all of them are always in the middle of a call.
  let waiting: (() => void)[] = [];
  const turn = (): Promise<void> => new Promise((resolve) => waiting.push(resolve));
  const handler = handlerOf({
    f: async (who: string) => {
      const seen: string[] = [];
      for (let step = 0; step < 4; step += 1) {
        const { requestId, attempt, index } = taskContext();
        seen.push(`${requestId} ${attempt} ${index}`);
        console.info(`${who} ${step}`);
        await turn();
      }
      return seen;
    },
  });
  const names = ['a', 'b', 'c'];
  const all = Promise.all(
    names.map((name, at) =>
      sendChunk(
        handler,
        { task: 't.f', calls: [[`${name}0`], [`${name}1`]], attempts: [at + 1, at + 2], maxLogBytes: 999 },
        fakeContext(60_000 - at * 1000, `request-${name}`),
      ),
    ),
  );
  for (let turns = 0; turns < 8; turns += 1) {
    await new Promise(setImmediate);
    const steps = waiting;
    expect(steps).toHaveLength(names.length);
    waiting = [];
    for (const step of steps) step();
  }
  const replies: ChunkReply[] = await all;
  for (const [at, name] of names.entries()) {
    expect(replies[at]?.timeoutMs).toBe(60_000 - at * 1000);
    for (const index of [0, 1]) {
      const outcome = replies[at]?.outcomes[index];
      expect(outcome?.ok).toEqual(Array(4).fill(`request-${name} ${at + 1 + index} ${index}`));
      expect(outcome?.logs?.map((line) => line.text)).toEqual([0, 1, 2, 3].map((step) => `${name}${index} ${step}`));
    }
  }
});
