import { expect, test } from 'vitest';
import { settle } from './fake-clock.ts';
import { range, rejection, setup } from './setup.ts';

test('failFast rejects with the first failure, aborts what is in flight and sends nothing more; the pool goes on', async () => {
  await using s = setup({ workers: 2 });
  s.transport.hold();
  const map = rejection(s.pool.map('fault.ifOdd', [0, 1, 2, 3], { chunksize: 1, onError: 'failFast' }));
  await settle();
  s.transport.release(1);
  expect(await map).toMatchObject({ code: 'TASK_THREW', index: 1 });
  expect(s.transport.seen[0]?.signal.aborted).toBe(true);
  s.transport.release();
  await settle();
  // The next had gone out before the failure was read.
  expect(s.transport.seen.length).toBeLessThanOrEqual(3);
  expect(await s.pool.apply('math.square', { args: [3] })).toBe(9);
});

test('failFast drops what its own chunk would send again', async () => {
  const task = (n: number): unknown => {
    if (n === 0) throw new RangeError('to be run again');
    return () => 'not to be sent back';
  };
  await using s = setup({ workers: 1, retries: 3 }, { 'fault.either': task });
  const map = s.pool.map('fault.either', [0, 1], { chunksize: 2, onError: 'failFast' });
  expect(await rejection(map)).toMatchObject({ code: 'RESULT_NOT_SERIALIZABLE', index: 1 });
  await settle();
  expect(s.transport.seen).toHaveLength(1);
});

test('failFast waits for the retries of a call before it counts as failed', async () => {
  await using s = setup({ workers: 1, retries: 1 });
  const map = s.pool.map('fault.ifOdd', [1], { onError: 'failFast' });
  expect(await rejection(map)).toMatchObject({ attempt: 2 });
});

test('mapSettled has an outcome for each item, in their order, also those of undefined', async () => {
  await using s = setup({}, { 'echo.nothing': () => {} });
  const outcomes = await s.pool.mapSettled<number>('fault.ifOdd', range(5), { chunksize: 2 });
  expect(outcomes.map((each) => (each.status === 'fulfilled' ? each.value : each.reason.index))).toEqual([
    0, 1, 2, 3, 4,
  ]);
  expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual([true, false, true, false, true]);
  expect(await s.pool.mapSettled('echo.nothing', [1].slice(1))).toEqual([]);
  expect(await s.pool.starmap('echo.nothing', [[]], { onError: 'settle' })).toEqual([
    { status: 'fulfilled', value: undefined },
  ]);
});

test('mapSettled rejects for what is not the failure of a call', async () => {
  await using s = setup();
  await expect(s.pool.mapSettled('math.square', [() => 1])).rejects.toMatchObject({ code: 'NOT_SERIALIZABLE' });
  const reason = new Error('enough');
  await expect(s.pool.mapSettled('math.square', [1], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  await expect(s.pool.mapSettled('math.square', [1], { onError: 'wait' } as object)).rejects.toMatchObject({
    code: 'OPTION_INVALID',
  });
});

test('onError must be one that is known', async () => {
  await using s = setup();
  await expect(s.pool.map('math.square', [1], { onError: 'ignore' as never })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringContaining('`onError`'),
  });
});
