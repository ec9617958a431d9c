import { expect, test } from 'vitest';
import { asCompleted } from '../../../src/executor/as-completed.ts';
import { wait } from '../../../src/executor/wait.ts';
import { settle } from '../pool/fake-clock.ts';
import { rejection } from '../pool/setup.ts';
import { setup } from './setup.ts';

const refused = (what: string): unknown =>
  expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(what) });

test('wait and asCompleted refuse what is no future, and options that they do not know', async () => {
  await using s = setup();
  const future = s.executor.submit('math.square', { args: [1] });
  await expect(wait([future, Promise.resolve(1) as never])).rejects.toEqual(refused('futures'));
  await expect(wait(future as never)).rejects.toEqual(refused('futures'));
  await expect(wait([future], { returnWhen: 'ALL' as never })).rejects.toEqual(refused('returnWhen'));
  await expect(wait([future], { timeout: 1 } as object)).rejects.toEqual(refused('timeout'));
  expect(() => asCompleted([1] as never)).toThrow(refused('futures'));
  expect(() => asCompleted([future], { timeoutMs: -1 })).toThrow(refused('timeoutMs'));
});

test('nothing to wait for is over at once', async () => {
  for (const returnWhen of ['ALL_COMPLETED', 'FIRST_COMPLETED', 'FIRST_EXCEPTION'] as const) {
    expect(await wait([], { returnWhen })).toEqual({ done: new Set(), notDone: new Set() });
  }
  expect(await asCompleted([]).next()).toEqual({ done: true, value: undefined });
});

test('requests to asCompleted that overlap each get a future of their own', async () => {
  await using s = setup();
  s.transport.hold();
  const futures = [1, 2].map((n) => s.executor.submit('math.square', { args: [n] }));
  const completed = asCompleted(futures);
  const asked = [completed.next(), completed.next(), completed.next()];
  s.transport.release();
  const values = (await Promise.all(asked)).map(({ value }) => value);
  expect(values).toEqual([...futures, undefined]);
});

test('leaving asCompleted wakes who waits, and it has ended', async () => {
  await using s = setup();
  s.transport.hold();
  const completed = asCompleted([s.executor.submit('math.square', { args: [1] })]);
  const next = completed.next();
  await settle();
  await completed.return?.();
  expect(await next).toEqual({ done: true, value: undefined });
  expect(await completed.next()).toEqual({ done: true, value: undefined });
});

test('a signal ends asCompleted with its reason', async () => {
  await using s = setup();
  s.transport.hold();
  const controller = new AbortController();
  const completed = asCompleted([s.executor.submit('math.square', { args: [1] })], { signal: controller.signal });
  const next = rejection(completed.next());
  await settle();
  const reason = new Error('enough');
  controller.abort(reason);
  expect(await next).toBe(reason);
});

test('a wait that is over has taken its callbacks off', async () => {
  await using s = setup();
  s.transport.hold();
  const [first, second] = [1, 2].map((n) => s.executor.submit('math.square', { args: [n] }));
  if (first === undefined || second === undefined) throw new Error('not submitted');
  let listening = 0;
  const add = second.addDoneCallback.bind(second);
  second.addDoneCallback = (callback) => {
    const link = add(callback);
    listening += 1;
    return {
      [Symbol.dispose]: () => {
        listening -= 1;
        link[Symbol.dispose]();
      },
    };
  };
  const waited = wait([first, second], { returnWhen: 'FIRST_COMPLETED' });
  const completed = asCompleted([first, second]);
  expect(listening).toBe(2);
  s.transport.release(0);
  expect((await waited).done).toEqual(new Set([first]));
  await completed.return?.();
  expect(listening).toBe(0);
});

test('a callback that was taken off is not called', async () => {
  await using s = setup();
  s.transport.hold();
  const future = s.executor.submit('math.square', { args: [1] });
  const seen: number[] = [];
  const link = future.addDoneCallback(() => seen.push(1));
  future.addDoneCallback(() => seen.push(2));
  link[Symbol.dispose]();
  s.transport.release();
  await future;
  expect(seen).toEqual([2]);
});
