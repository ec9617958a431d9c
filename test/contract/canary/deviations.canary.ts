/** A place that does nothing, with every kind of deviation: the suite must go red for those that are wrong. */
import { expect } from 'vitest';
import { describeContract } from '../contract.ts';
import { group } from '../place.ts';
import type { Deviation } from '../place.ts';

const refuse = (): Promise<void> => Promise.reject(new Error('This place cannot add.'));
const agree = async (): Promise<void> => expect(1).toBe(1);

const BEHAVIOURS = group('canaries', {
  'passes as everywhere': agree,
  'fails as its deviation says': refuse,
  'passes though a deviation says that it fails': agree,
  'fails in another way than its deviation says': refuse,
  'fails without a deviation': refuse,
});

const REASON = 'This place has no arithmetic of its own.';
const known = (title: string, more: Partial<Deviation> = {}): Deviation => ({
  test: `canaries: ${title}`,
  reason: REASON,
  fails: /cannot add/,
  ...more,
});

const RIGHT = [known('fails as its deviation says')];

const describePlace = (name: string, deviations: readonly Deviation[]): void =>
  describeContract({ name, deviations, open: refuse as never }, BEHAVIOURS);

describePlace('a place with right deviations', RIGHT);
describePlace('a place with wrong deviations', [
  ...RIGHT,
  known('passes though a deviation says that it fails'),
  known('fails in another way than its deviation says', { fails: /cannot subtract/ }),
]);
describePlace('a place with a deviation without a reason', [{ ...RIGHT[0]!, reason: ' ' }]);
describePlace('a place with a deviation that names nothing', [...RIGHT, known('has been renamed')]);
describePlace('a place with a deviation twice', [...RIGHT, ...RIGHT]);
