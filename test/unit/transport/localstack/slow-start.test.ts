import { expect, onTestFinished, test } from 'vitest';
import { noticeWhenSlow } from '../../../../src/transport/localstack/slow-start.ts';
import { FakeClock } from '../../pool/fake-clock.ts';

function warnings(): string[] {
  const seen: string[] = [];
  const listen = ({ message }: Error): void => void seen.push(message);
  process.on('warning', listen);
  onTestFinished(() => void process.off('warning', listen));
  return seen;
}

test('a start that takes long is explained, once', async () => {
  const seen = warnings();
  const clock = new FakeClock();
  const start = Promise.withResolvers<string>();
  const started = noticeWhenSlow(() => start.promise, clock);
  await clock.advance(9_999);
  expect(seen).toEqual([]);
  await clock.advance(60_000);
  expect(seen).toEqual([expect.stringMatching(/LocalStack is still starting.*pulls its image/)]);
  start.resolve('up');
  expect(await started).toBe('up');
});

test('a start that does not, is not, and neither is one that fails', async () => {
  const seen = warnings();
  const clock = new FakeClock();
  expect(await noticeWhenSlow(() => Promise.resolve('up'), clock)).toBe('up');
  await expect(noticeWhenSlow(() => Promise.reject(new Error('no Docker')), clock)).rejects.toThrow('no Docker');
  await clock.advance(60_000);
  expect(seen).toEqual([]);
});
