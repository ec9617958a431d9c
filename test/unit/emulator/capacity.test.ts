import { describe, expect, test } from 'vitest';
import { Capacity, type Claimant } from '../../../emulator/queue/capacity.ts';

/** A function that wants `wanted` environments. */
class FakeFunction implements Claimant {
  readonly #capacity: Capacity;
  environments = 0;
  wanted = 0;
  idle = 0;

  constructor(capacity: Capacity) {
    this.#capacity = capacity;
    capacity.join(this);
  }

  evictIdle(): boolean {
    if (this.idle === 0) return false;
    this.idle -= 1;
    this.environments -= 1;
    return true;
  }

  fill(): void {
    while (this.environments < this.wanted && this.#capacity.tryTake(this)) this.environments += 1;
  }

  /** One of its environments ends. */
  end(): void {
    this.environments -= 1;
    this.#capacity.give(1);
  }
}

describe('the capacity', () => {
  test('goes up to the limit', () => {
    const capacity = new Capacity(3);
    const one = new FakeFunction(capacity);
    one.wanted = 5;
    one.fill();
    expect(one.environments).toBe(3);
    expect(capacity.mustYield(one)).toBe(false);
    one.end();
    expect(one.environments).toBe(3);
  });

  test('takes an idle environment of another function before refusing', () => {
    const capacity = new Capacity(2);
    const [one, two] = [new FakeFunction(capacity), new FakeFunction(capacity)];
    one.wanted = 2;
    one.fill();
    one.wanted = 0;
    one.idle = 2;
    two.wanted = 1;
    two.fill();
    expect([one.environments, two.environments]).toEqual([1, 1]);
  });

  test('makes a function yield to one that has none, and to it only', () => {
    const capacity = new Capacity(1);
    const [one, two, three] = [new FakeFunction(capacity), new FakeFunction(capacity), new FakeFunction(capacity)];
    one.wanted = 1;
    one.fill();
    two.wanted = 1;
    two.fill();
    three.wanted = 1;
    three.fill();
    expect(capacity.mustYield(one)).toBe(true);
    expect(capacity.mustYield(two)).toBe(false);
    one.end();
    expect([one.environments, two.environments, three.environments]).toEqual([0, 1, 0]);
    two.end();
    expect([one.environments, two.environments, three.environments]).toEqual([0, 0, 1]);
    three.end();
    expect(one.environments).toBe(1);
  });

  test('does not hold others up for one that no longer wants room', () => {
    const capacity = new Capacity(1);
    const [one, two] = [new FakeFunction(capacity), new FakeFunction(capacity)];
    one.wanted = 1;
    one.fill();
    two.wanted = 1;
    two.fill();
    two.wanted = 0;
    one.end();
    expect(one.environments).toBe(1);
    expect(capacity.mustYield(one)).toBe(false);
  });
});
