import { expect, test } from 'vitest';
import { Events } from '../../../src/shared/events.ts';
import { Scope } from '../../../src/shared/scope.ts';

test('a scope runs all its steps, the last first, and then throws what they threw', async () => {
  const scope = new Scope();
  const steps: string[] = [];
  scope.defer(() => void steps.push('first'));
  scope.defer(() => {
    throw new Error('second');
  });
  scope.defer(() => Promise.reject(new Error('third')));
  expect(scope.signal.aborted).toBe(false);
  const closing = scope.close();
  await expect(closing).rejects.toMatchObject({ errors: [new Error('third'), new Error('second')] });
  expect(steps).toEqual(['first']);
  expect(scope.signal.aborted).toBe(true);
  expect(scope.close()).toBe(closing);
});

test('a listener that throws becomes a warning, and the others are still called', async () => {
  const events = new Events<{ ping: number }>();
  const heard: number[] = [];
  const warning = new Promise<Error>((resolve) => {
    process.once('warning', resolve);
  });
  const first = events.on('ping', () => {
    throw new Error('broken listener');
  });
  events.on('ping', (n) => void heard.push(n));
  events.emit('ping', 1);
  expect(heard).toEqual([1]);
  expect((await warning).message).toContain('broken listener');
  first[Symbol.dispose]();
  events.emit('ping', 2);
  expect(heard).toEqual([1, 2]);
});
