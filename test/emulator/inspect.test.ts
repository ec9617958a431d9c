/** An environment that waits for a debugger. */
import { expect, test } from 'vitest';
import { Emulator } from '../../emulator/index.ts';
import { debugUntilThrow, freePort } from '../support/debugger.ts';
import { send } from './call.ts';
import { TestCode } from './test-code.ts';

const THROWS = `
  export const handler = async (event, context) => {
    if (event.throws) throw new RangeError('thrown for ' + event.throws);
    return context.getRemainingTimeInMillis();
  };
`;

test('it runs nothing before a debugger has attached, which sees what is thrown, and has all the time that it wants', async () => {
  await using emulator = new Emulator({ isolation: 'process', concurrency: 1 });
  const inspectPort = await freePort();
  emulator.register({ code: new TestCode(THROWS), timeoutMs: 1, inspectPort });
  const first = send(emulator, { throws: 'you' });
  expect(emulator.stats().busy).toBe(0);
  expect(await debugUntilThrow(inspectPort)).toBe('RangeError: thrown for you');
  expect(JSON.parse((await first).payload)).toMatchObject({ errorType: 'RangeError' });
  // The same environment, without waiting again.
  const { payload } = await send(emulator, {});
  expect(Number(payload)).toBeGreaterThan(1_000_000_000);
  expect(emulator.stats().pids).toHaveLength(1);
});

test.each([
  { isolation: 'thread', concurrency: 1 },
  { isolation: 'process', concurrency: 2 },
] as const)(
  'where there is not exactly one process to debug, it is refused: $isolation, $concurrency',
  async (options) => {
    await using emulator = new Emulator(options);
    expect(() => emulator.register({ code: new TestCode(THROWS), inspectPort: 9229 })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', details: { option: 'inspectPort' } }),
    );
  },
);

test('a port that is none is refused', async () => {
  await using emulator = new Emulator({ concurrency: 1 });
  expect(() => emulator.register({ code: new TestCode(THROWS), inspectPort: 0 })).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID' }),
  );
});
