/** The sandbox that is started ahead. */
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Spares } from '../../../emulator/environments/spares.ts';
import type { Sandbox, SandboxListener } from '../../../emulator/sandbox/sandbox.ts';

/** One that ends when the test says so. */
class SlowSandbox implements Sandbox {
  readonly pid = undefined;
  isKilled = false;
  listener: SandboxListener | undefined;

  listen(listener: SandboxListener): void {
    this.listener = listener;
  }

  load(): void {}

  invoke(): void {}

  kill(): void {
    this.isKilled = true;
  }

  end(): void {
    this.listener?.exited({ reason: undefined, outOfMemory: false });
  }
}

async function spares(): Promise<{ spares: Spares; started: SlowSandbox[] }> {
  const started: SlowSandbox[] = [];
  const made = new Spares(
    () => {
      const sandbox = new SlowSandbox();
      started.push(sandbox);
      return sandbox;
    },
    { inspectPort: undefined },
  );
  made.refill();
  await setImmediate();
  return { spares: made, started };
}

async function isGone(made: Spares): Promise<boolean> {
  return Promise.race([made.gone().then(() => true), setImmediate(false)]);
}

test('spares are gone when they have ended, and not when they have been told to', async () => {
  const { spares: made, started } = await spares();
  made.renew();
  made.refill();
  await setImmediate();
  made[Symbol.dispose]();
  expect(started.map(({ isKilled }) => isKilled)).toEqual([true, true]);
  expect(await isGone(made)).toBe(false);
  started[1]?.end();
  expect(await isGone(made)).toBe(false);
  started[0]?.end();
  expect(await isGone(made)).toBe(true);
});

test('one that was taken is waited for by whoever took it', async () => {
  const { spares: made, started } = await spares();
  expect(made.take()).toBe(started[0]);
  made[Symbol.dispose]();
  expect(await isGone(made)).toBe(true);
});
