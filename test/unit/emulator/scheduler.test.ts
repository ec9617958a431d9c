import { describe, expect, test } from 'vitest';
import { Scheduler } from '../../../emulator/queue/scheduler.ts';

interface Item {
  readonly name: string;
}

const item = (name: string): Item => ({ name });

/** A scheduler whose effects are written down; at most `limit` starts. */
function create(limit: number) {
  const ran: string[] = [];
  let starts = 0;
  const scheduler = new Scheduler<string, Item>({
    run: (environment, { name }) => ran.push(`${name}@${environment}`),
    start: () => {
      if (starts === limit) return false;
      starts += 1;
      return true;
    },
  });
  return { scheduler, ran, starts: () => starts, allow: (more: number) => (limit += more) };
}

describe('a scheduler', () => {
  test('starts one environment for each item that waits, up to the limit', () => {
    const { scheduler, ran, starts } = create(2);
    for (const name of ['a', 'b', 'c']) scheduler.submit(item(name));
    expect(starts()).toBe(2);
    scheduler.started('E1');
    expect(ran).toEqual(['a@E1']);
    scheduler.started('E2');
    scheduler.release('E2');
    expect(ran).toEqual(['a@E1', 'b@E2', 'c@E2']);
    expect(scheduler.waiting).toBe(0);
  });

  test('starts none while one is idle, and takes the one used last', () => {
    const { scheduler, ran, starts } = create(9);
    for (const name of ['a', 'b']) scheduler.submit(item(name));
    scheduler.started('E1');
    scheduler.started('E2');
    scheduler.release('E2');
    scheduler.release('E1');
    scheduler.submit(item('c'));
    expect(ran.at(-1)).toBe('c@E1');
    expect(scheduler.takeOldestIdle()).toBe('E2');
    expect(scheduler.idle).toBe(0);
    expect(starts()).toBe(2);
  });

  test('does not start another when what it starts will serve the one that waits', () => {
    const { scheduler, starts } = create(9);
    scheduler.expect();
    scheduler.submit(item('a'));
    expect(starts()).toBe(0);
    scheduler.submit(item('b'));
    expect(starts()).toBe(1);
  });

  test('tells a failed start to the one that waited longest, and starts anew for the next only', () => {
    const { scheduler, starts } = create(9);
    for (const name of ['a', 'b']) scheduler.submit(item(name));
    expect(scheduler.startFailed()).toEqual(item('a'));
    scheduler.fill();
    expect(starts()).toBe(2);
    expect(scheduler.startFailed()).toEqual(item('b'));
    scheduler.fill();
    expect(starts()).toBe(2);
    expect(scheduler.waiting).toBe(0);
  });

  test('gives back items that wait, once', () => {
    const { scheduler, ran } = create(0);
    const [a, b, c] = [item('a'), item('b'), item('c')];
    for (const each of [a, b, c]) scheduler.submit(each);
    expect(scheduler.withdraw(b)).toBe(true);
    expect(scheduler.withdraw(b)).toBe(false);
    expect(scheduler.drain()).toEqual([a, c]);
    expect(ran).toEqual([]);
  });

  test('forgets an idle environment that is gone', () => {
    const { scheduler, ran } = create(1);
    scheduler.expect();
    scheduler.started('E1');
    scheduler.remove('E1');
    scheduler.submit(item('a'));
    expect(ran).toEqual([]);
    expect(scheduler.waiting).toBe(1);
  });

  test('switches generations at once: what waits runs on the new one, the old idle ones are returned', () => {
    const { scheduler, ran, starts } = create(2);
    for (const name of ['a', 'b', 'c']) scheduler.submit(item(name));
    scheduler.started('old1');
    scheduler.started('old2');
    expect(scheduler.replaceGeneration(['new1'], 0)).toEqual([]);
    expect(ran).toEqual(['a@old1', 'b@old2', 'c@new1']);
    scheduler.release('new1');
    expect(scheduler.replaceGeneration([], 1)).toEqual(['new1']);
    scheduler.submit(item('d'));
    expect(starts()).toBe(2);
    scheduler.started('newer');
    expect(ran.at(-1)).toBe('d@newer');
  });
});
