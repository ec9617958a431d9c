import { expect, test } from 'vitest';
import { range, rejection, setup } from './setup.ts';

test('next() stops waiting after its timeoutMs, and the result goes to the next who asks', async () => {
  await using s = setup({ workers: 1 });
  s.transport.hold();
  const results = s.pool.imap<number>('math.square', [3, 4]);
  expect(await rejection(results.next({ timeoutMs: 5 }))).toMatchObject({
    code: 'WAIT_TIMEOUT',
    retryable: true,
    message: expect.stringContaining('The next result of math.square did not finish within 5 ms'),
  });
  s.transport.release();
  expect(await results.next({ timeoutMs: 60_000 })).toEqual({ done: false, value: 9 });
  expect(await results.next()).toEqual({ done: false, value: 16 });
  expect(await results.next({ timeoutMs: 0 })).toEqual({ done: true, value: undefined });
});

test('next() stops waiting when its signal fires; the iteration goes on', async () => {
  await using s = setup({ workers: 1 });
  s.transport.hold();
  const results = s.pool.imap<number>('math.square', range(3));
  const abort = new AbortController();
  const first = rejection(results.next({ signal: abort.signal }));
  const second = results.next();
  abort.abort(new Error('not now'));
  expect(await first).toMatchObject({ message: 'not now' });
  s.transport.release();
  expect(await second).toEqual({ done: false, value: 0 });
  expect(await results.next()).toEqual({ done: false, value: 1 });
});

test('a wait that is given up at the moment of the result loses nothing', async () => {
  await using s = setup({ workers: 1 });
  const results = s.pool.imap<number>('math.square', range(50));
  const values: number[] = [];
  while (values.length < 50) {
    const abort = new AbortController();
    const next = results.next({ signal: abort.signal });
    if (values.length % 2 === 0) abort.abort(new Error('not now'));
    try {
      const { value } = await next;
      if (value !== undefined) values.push(value);
    } catch {
      const { value } = await results.next();
      if (value !== undefined) values.push(value);
    }
  }
  expect(values).toEqual(range(50).map((n) => n * n));
});

test('an imap whose signal fires ends, whoever waits how', async () => {
  await using s = setup({ workers: 1 });
  s.transport.hold();
  const abort = new AbortController();
  const results = s.pool.imap('math.square', range(3), { signal: abort.signal });
  const next = rejection(results.next({ timeoutMs: 60_000 }));
  abort.abort(new Error('enough'));
  expect(await next).toMatchObject({ message: 'enough' });
  expect(await results.next()).toEqual({ done: true, value: undefined });
});

test('a wait that ends with the error of a call takes no other with it', async () => {
  await using s = setup({ workers: 1 });
  s.transport.hold();
  const results = s.pool.imap<number>('fault.ifOdd', [1, 2]);
  const failing = rejection(results.next({ timeoutMs: 60_000 }));
  const next = results.next();
  s.transport.release();
  expect(await failing).toMatchObject({ code: 'TASK_THREW' });
  expect(await next).toEqual({ done: false, value: 2 });
});

test('a wrong wait is refused', async () => {
  await using s = setup();
  const results = s.pool.imap('math.square', range(3));
  expect(await rejection(results.next({ timeoutMs: -1 }))).toMatchObject({ code: 'OPTION_INVALID' });
});
