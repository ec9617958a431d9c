import { expect, test } from 'vitest';
import { sleep, waitFor } from '../../../src/shared/abort.ts';

test('waitFor settles as the promise does', async () => {
  await expect(waitFor(Promise.resolve(1), { timeoutMs: 1_000 }, 'it')).resolves.toBe(1);
  await expect(waitFor(Promise.reject(new Error('no')), { timeoutMs: 1_000 }, 'it')).rejects.toThrow('no');
});

test('waitFor names what it waited for, and for how long', async () => {
  const never = new Promise(() => {});
  await expect(waitFor(never, { timeoutMs: 5 }, 'apply')).rejects.toMatchObject({
    code: 'WAIT_TIMEOUT',
    message: expect.stringMatching(/apply.*5 ms/),
    details: { timeoutMs: 5 },
  });
});

test('waitFor rejects with the reason of a signal, of one that has fired already too', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const waiting = waitFor(new Promise(() => {}), { signal: controller.signal }, 'it');
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  await expect(waitFor(new Promise(() => {}), { signal: controller.signal }, 'it')).rejects.toBe(reason);
});

test('a failure after waitFor gave up is not an unhandled rejection', async () => {
  const unhandled: unknown[] = [];
  const listener = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', listener);
  try {
    const late = Promise.withResolvers<never>();
    await expect(waitFor(late.promise, { signal: AbortSignal.abort(new Error('before')) }, 'it')).rejects.toThrow(
      'before',
    );
    late.reject(new Error('late'));
    await sleep(5);
    expect(unhandled).toEqual([]);
  } finally {
    process.off('unhandledRejection', listener);
  }
});

test('sleep ends early with the reason of its signal', async () => {
  const controller = new AbortController();
  const sleeping = sleep(60_000, controller.signal);
  controller.abort(new Error('woken'));
  await expect(sleeping).rejects.toThrow('woken');
  await expect(sleep(60_000, controller.signal)).rejects.toThrow('woken');
});
