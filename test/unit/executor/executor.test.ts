import { expect, test } from 'vitest';
import { LambdaPoolError } from '../../../src/shared/errors.ts';
import { settle } from '../pool/fake-clock.ts';
import { drain, rejection } from '../pool/setup.ts';
import { setup } from './setup.ts';

const refused = (option: string): unknown =>
  expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(`\`${option}\``) });

test('submit throws what is wrong with its options, and fails the future with what is wrong with the arguments', async () => {
  await using s = setup();
  expect(() => s.executor.submit('math.square', { priority: 1 } as object)).toThrow(refused('priority'));
  expect(() => s.executor.submit('math.square', { args: 3 as never })).toThrow(refused('args'));
  const future = s.executor.submit('math.square', { args: [() => 1] });
  // Its end is known already, though nobody has been told.
  expect([future.cancel(), future.abort()]).toEqual([false, false]);
  expect(await future.exception()).toMatchObject({ code: 'NOT_SERIALIZABLE' });
  expect(s.transport.seen).toEqual([]);
});

test('shutdown() and map() refuse options that they do not know', async () => {
  await using s = setup();
  await expect(s.executor.shutdown({ force: true } as object)).rejects.toEqual(refused('force'));
  await expect(s.executor.shutdown({ wait: 1 as never })).rejects.toEqual(refused('wait'));
  expect(() => s.executor.map('math.square', [1], { workers: 2 } as object)).toThrow(refused('workers'));
  expect(() => s.executor.map('math.square', [1], { timeoutMs: -1 })).toThrow(refused('timeoutMs'));
  expect(await s.executor.submit('math.square', { args: [3] })).toBe(9);
});

test.each(['THROTTLED', 'UNREACHABLE'] as const)('a call that was refused as %s can be cancelled', async (code) => {
  await using s = setup();
  s.transport.rejectNext(new LambdaPoolError(code, 'Refused.', { retryable: true }));
  const future = s.executor.submit('math.square', { args: [3] });
  expect(future.state).toBe('running');
  await settle();
  expect(future.state).toBe('pending');
  expect(future.cancel()).toBe(true);
  await s.clock.advance(60_000);
  expect(s.transport.seen).toHaveLength(1);
});

test('a call that waits for its second attempt has run, and cannot be cancelled', async () => {
  await using s = setup({ retries: 1 });
  const future = s.executor.submit('fault.ifOdd', { args: [1] });
  s.executor.submit('math.square', { args: [2] });
  s.transport.hold();
  await settle();
  expect(future.cancel()).toBe(false);
  s.transport.release();
  expect(await future.exception()).toMatchObject({ attempt: 2 });
});

test('a cancelled call is never sent, and frees nobody’s slot but its own', async () => {
  await using s = setup();
  s.transport.hold();
  const [first, second, third] = [1, 2, 3].map((n) => s.executor.submit<number>('math.square', { args: [n] }));
  expect(second?.cancel()).toBe(true);
  s.transport.release();
  expect([await first, await third]).toEqual([1, 9]);
  expect(s.transport.seen.map(({ request }) => request.calls)).toEqual([[[1]], [[3]]]);
});

test('a future can be cancelled again and again, and given up while it runs', async () => {
  await using s = setup();
  s.transport.hold();
  const [running, pending] = [1, 2].map((n) => s.executor.submit('math.square', { args: [n] }));
  expect([pending?.cancel(), pending?.cancel(), pending?.abort()]).toEqual([true, true, true]);
  expect([running?.cancel(), running?.abort(), running?.cancel()]).toEqual([false, true, true]);
  expect(s.transport.seen[0]?.signal.aborted).toBe(true);
});

test('a signal ends a submitted call with its reason, which is a failure and not a cancelling', async () => {
  await using s = setup();
  s.transport.hold();
  const controller = new AbortController();
  const future = s.executor.submit('math.square', { args: [1], signal: controller.signal });
  const reason = new Error('enough');
  controller.abort(reason);
  expect(await future.exception()).toBe(reason);
  expect(future.state).toBe('failed');
});

test('shutdown() closes the transport after the last call, once', async () => {
  const s = setup();
  s.transport.hold();
  const future = s.executor.submit('math.square', { args: [3] });
  const ended = s.executor.shutdown();
  await s.executor.shutdown({ wait: false });
  expect(s.transport.timesDisposed).toBe(0);
  s.transport.release();
  await ended;
  expect(future.state).toBe('returned');
  expect(s.transport.timesDisposed).toBe(1);
});

test('an initializer that fails fails the call with what it threw, breaks the executor, and lets it end', async () => {
  const s = setup({ initializer: 'fault.warmup' });
  const error = (await rejection(s.executor.submit('math.square', { args: [3] }))) as Error;
  expect(error).toMatchObject({ code: 'INIT_FAILED', message: expect.stringContaining('RangeError: no model') });
  const broken = expect.objectContaining({ code: 'INIT_FAILED', cause: error });
  expect(() => s.executor.submit('math.square', { args: [3] })).toThrow(broken);
  expect(() => s.executor.map('math.square', [3])).toThrow(broken);
  await s.executor.shutdown();
});

test('an initializer that fails in a map breaks the executor too', async () => {
  await using s = setup({ initializer: 'fault.warmup' });
  expect((await drain(s.executor.map('math.square', [3]))).error).toMatchObject({ code: 'INIT_FAILED' });
  expect(() => s.executor.submit('math.square')).toThrow(expect.objectContaining({ code: 'INIT_FAILED' }));
});
